public import Foundation

/// Pictures or tracks that a model cannot take, or that do not go together.
public enum PictureRequestError: Error, Equatable, Sendable {
    case modelTakesNone(model: String)
    case modelNeedsFirst(model: String)
    case modelNeedsLast(model: String)
    case modelTakesNoLast(model: String)
    case lastWithoutFirst
    case lastNeedsFrames(found: Int, fewest: Int)
    case trajectoryWithoutPicture
    case ownWithPicture
    case modelTakesNotItsOwn(model: String)
    case gone(path: String, option: String)
    case changed(path: String, option: String, expected: String, found: String)
}

extension PictureRequestError: CustomStringConvertible, LocalizedError {
    public var description: String {
        switch self {
        case let .modelTakesNone(model):
            "'\(model)' makes video from text only, so it takes no --image. Leave it out, or name another "
                + "model, such as the embedded --model world; `zoetrope inspect` says what a model can do."
        case let .modelNeedsFirst(model):
            "'\(model)' animates a picture and makes nothing without one. Name the first frame with --image."
        case let .modelNeedsLast(model):
            "'\(model)' goes from a first to a last frame and needs both. Name the last one with --last-image."
        case let .modelTakesNoLast(model):
            "'\(model)' takes a first frame only. Leave out --last-image, or take a model for first and last frames."
        case .lastWithoutFirst:
            "--last-image needs --image: models go from a first frame to a last one. Name the first frame too."
        case let .lastNeedsFrames(found, fewest):
            "--frames \(found): with --last-image a clip has at least \(fewest) frames. Take \(fewest) or more."
        case .trajectoryWithoutPicture:
            "--trajectory needs --image: its tracks move what lies under them in the first frame. "
                + "Name the picture they were drawn on."
        case .ownWithPicture:
            "--own-image takes the first frame from a first clip, and --image from a file. Leave one of them out."
        case let .modelTakesNotItsOwn(model):
            "'\(model)' makes video from text only, so it cannot be given a first frame of its own. Leave out --own-image, or "
                + "name a model with which pictures are optional, such as the embedded --model world."
        case let .gone(path, option):
            "The picture '\(path)' is not there any more, but the clip is made from it. "
                + "Name its new place with \(option)."
        case let .changed(path, option, expected, found):
            "'\(path)' is not the picture that the clip is made from: its SHA-256 is \(found.prefix(16))..., not "
                + "\(expected.prefix(16))... Name the right one with \(option)."
        }
    }

    public var errorDescription: String? { description }
}
