public import Foundation

/// A setting that the model cannot take. Thrown before any weight is loaded.
public enum SettingsError: Error, Equatable, Sendable {
    /// A size in pixels that is no multiple of what the model's patches and autoencoder need.
    case size(name: String, found: Int, multiple: Int, nearest: [Int])
    /// A number of frames that the autoencoder's compression in time cannot give.
    case frames(found: Int, step: Int, offset: Int, nearest: [Int])
    /// A size that is larger than the model has positions for.
    case tooLarge(name: String, found: Int, largest: Int)
    case outOfRange(name: String, found: String, range: String)
    /// A patch schedule that cannot be read.
    case patchText(found: String, part: String)
    /// A patch schedule in which a size before the last has no number of steps.
    case patchWithoutSteps(found: String, part: String)
    case unknownPatch(found: String, known: [String])
    /// A size that the model was not trained with and that is too large to be resized to.
    case untrainedPatchTooLarge(found: String, cells: Int, most: Int)
    /// A patch schedule whose steps do not fit those of the run; in an open one the last size takes the rest.
    case patchSteps(found: String, sum: Int, steps: Int, isOpen: Bool)
    /// A level of kernels that does not exist or that this CPU does not run.
    case unknownKernels(found: String, available: [String])
}

extension SettingsError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .size(name, found, multiple, nearest):
            "--\(name) \(found): this model needs a multiple of \(multiple). Take \(Self.list(nearest))."
        case let .frames(found, step, offset, nearest):
            "--frames \(found): this model makes \(step)k+\(offset) frames. Take \(Self.list(nearest))."
        case let .tooLarge(name, found, largest):
            "--\(name) \(found): this model has positions for \(largest) at the most. Take \(largest) or less."
        case let .outOfRange(name, found, range):
            "--\(name) \(found): it has to be \(range)."
        case let .patchText(found, part):
            "--patch \(found): '\(part)' is no patch size. Write time x height x width as in 1x4x4, with a number "
                + "of steps where another size follows, as in 2x4x4:8,1x2x2."
        case let .patchWithoutSteps(found, part):
            "--patch \(found): \(part) has no number of steps, but only the last size takes what is left. "
                + "Write \(part):8 for 8 steps."
        case let .unknownPatch(found, known):
            "--patch \(found): this model has no such patch size. Take \(known.joined(separator: " or ")); "
                + "or add --untrained-patch, an experiment that resizes the model's own patches."
        case let .untrainedPatchTooLarge(found, cells, most):
            "--patch \(found): a size that the model was not trained with may have \(most) cells at the most, not "
                + "\(cells). Take a smaller one."
        case let .patchSteps(found, sum, steps, isOpen: true):
            "--patch \(found): \(sum) steps come before the last size, but the run has only \(steps). "
                + "Give fewer, or take --steps \(sum + 1) or more."
        case let .patchSteps(found, sum, steps, isOpen: false):
            "--patch \(found): its steps add up to \(sum), but the run has \(steps). "
                + "Leave out the last number, or take --steps \(sum)."
        case let .unknownKernels(found, available):
            "ZOETROPE_KERNELS=\(found): this CPU runs \(available.joined(separator: ", ")). Take one of them, or leave "
                + "the variable unset for the fastest."
        }
    }

    public var errorDescription: String? { description }

    private static func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: " or ") }
}
