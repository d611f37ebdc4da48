import Kernels
import Synchronization
import Tensors
import Zoetrope

/// What a run asks for, by the books, in a form that is compared with a table of bounds. Times are never in it: counts and
/// bytes are the same on every machine, but for widened weights, which only some levels of kernels need.
struct AllocationFigures: Equatable {
    /// Tensors, operands and scratch: of each sampling step, of each latent frame.
    var steps: [Int]
    var frames: [Int]
    /// Bytes of large blocks that the system gave, of the same.
    var freshInSteps: [Int]
    var freshInFrames: [Int]
    /// Bytes.
    var peaks: [Stage: Int]
}

/// Notes the counts of a run's ledger at the end of each step and of each frame.
final class AllocationLog: Sendable {
    let recorder = RunRecorder()
    private let marks = Mutex<(steps: [AllocationCounts], frames: [AllocationCounts])>(([], []))

    func add(_ event: GenerationEvent) {
        let counts = recorder.counts
        marks.withLock { marks in
            switch event {
            // From here on nothing but steps and frames asks for memory.
            case .stage(.sample): marks.steps = [counts]
            case .stage(.decode): marks.frames = [counts]
            case .step: marks.steps.append(counts)
            case .frame: marks.frames.append(counts)
            case .started, .note, .warning, .stage: break
            }
        }
    }

    /// - Parameter framesPerLatent: of all latent frames but the first
    func figures(framesPerLatent: Int, _ memory: [StageMemory]) -> AllocationFigures {
        let (steps, pictures) = marks.withLock { ($0.steps, $0.frames) }
        // Before the first picture, after it, and after those of each further latent frame.
        let frames =
            pictures.prefix(1) + stride(from: 1, to: pictures.count, by: framesPerLatent).map { pictures[$0] }
        let (inSteps, inFrames) = (differences(steps), differences(Array(frames)))
        return AllocationFigures(
            steps: inSteps.map(\.allocations), frames: inFrames.map(\.allocations),
            freshInSteps: inSteps.map(\.freshBytes), freshInFrames: inFrames.map(\.freshBytes),
            peaks: Dictionary(uniqueKeysWithValues: memory.map { ($0.stage, $0.peakBytes) }))
    }

    private func differences(_ counts: [AllocationCounts]) -> [AllocationCounts] {
        zip(counts.dropFirst(), counts).map { $0 - $1 }
    }
}

/// A line of the table: a run, and what it may ask for.
struct AllocationBound: Sendable {
    let precision: Zoetrope.Precision
    /// Width and height.
    let side: Int
    /// The most of any step or latent frame; the first of each, which sets things up, has its own.
    let firstStep: Int
    let step: Int
    let firstFrame: Int
    let frame: Int
    /// Bytes, to be met within 1 % in both directions: what has become less is written down as well.
    let peaks: [Stage: Int]
    /// Of sampling, where kernels take weights as they lie in their file; nil where that is the same.
    var samplePeakOfStored: Int? = nil
    /// Bytes of fresh memory in each of steps 2 and 3, in which the solver's history grows.
    var history = 0
    /// Bytes of fresh memory in the fourth latent frame.
    var fourthFrame = 0

    private func peak(_ stage: Stage) -> Int? {
        let stored = stage == .sample && Machine.multipliesStored ? samplePeakOfStored : nil
        return stored ?? peaks[stage]
    }

    /// What a run asks for above this, in words; empty where it keeps within it.
    func violations(of found: AllocationFigures) -> [String] {
        var violations: [String] = []
        func expect(_ condition: Bool, _ text: String) { if !condition { violations.append(text) } }
        for (index, count) in found.steps.enumerated() {
            let most = index == 0 ? firstStep : step
            expect(count <= most, "step \(index + 1): \(count) allocations, \(most) allowed")
        }
        for (index, count) in found.frames.enumerated() {
            let most = index == 0 ? firstFrame : frame
            expect(count <= most, "latent frame \(index + 1): \(count) allocations, \(most) allowed")
        }
        // The first step, and three latent frames, bring what waits for later ones.
        for (index, bytes) in found.freshInSteps.enumerated().dropFirst(1) {
            let most = index < 3 ? history : 0
            expect(bytes <= most, "step \(index + 1): \(bytes) bytes of fresh memory, \(most) allowed")
        }
        for (index, bytes) in found.freshInFrames.enumerated().dropFirst(3) {
            let most = index == 3 ? fourthFrame : 0
            expect(
                bytes <= most, "latent frame \(index + 1): \(bytes) bytes of fresh memory, \(most) allowed")
        }
        for stage in Stage.allCases {
            let (bytes, expected) = (found.peaks[stage], peak(stage))
            let isNear = abs(Double(bytes ?? 0) - Double(expected ?? 0)) <= 0.01 * Double(expected ?? 0)
            expect(
                (bytes == nil) == (expected == nil) && isNear,
                "\(stage.rawValue): peak of \(bytes ?? 0) bytes, \(expected ?? 0) within 1 % expected")
        }
        return violations
    }

    /// The entry of the table that this run would have, to be pasted.
    func entry(for found: AllocationFigures) -> String {
        let peaks = Stage.allCases.compactMap { stage in
            found.peaks[stage].map { ".\(stage.rawValue): \($0)" }
        }
        return """
            AllocationBound(
                precision: .\(precision.rawValue), side: \(side),
                firstStep: \(found.steps.first ?? 0), step: \(found.steps.dropFirst().max() ?? 0), \
            firstFrame: \(found.frames.first ?? 0), frame: \(found.frames.dropFirst().max() ?? 0),
                peaks: [\(peaks.joined(separator: ", "))]),
            """
    }
}
