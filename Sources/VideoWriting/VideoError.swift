/// What can go wrong between frames and a file. `path` is the output or input as the caller named it.
package enum VideoError: Error, Equatable, Sendable {
    case unknownFormat(path: String)
    case missingDirectory(path: String, directory: String)
    case directoryInTheWay(path: String)
    case fileInTheWay(path: String)
    case foreignFile(name: String, directory: String)
    case unusableName(path: String)
    case oddSize(width: Int, height: Int, format: VideoFormat)
    case frameRateOutOfRange(found: Int, highest: Int, format: VideoFormat)
    case missingEncoder(name: String, format: VideoFormat, possible: [VideoFormat])
    case encoderRefused(name: String, width: Int, height: Int, reason: String)
    case cannotCreate(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    case wrongFrameSize(width: Int, height: Int, expectedWidth: Int, expectedHeight: Int)
    case noFrames(path: String)
    case notFinite(value: Float, row: Int, column: Int)
    case cannotRead(path: String, reason: String)
    case notAVideo(path: String)
    case broken(path: String, reason: String)
    case noRecipe(path: String)
}

extension VideoError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownFormat, .missingDirectory, .directoryInTheWay, .fileInTheWay, .foreignFile,
            .unusableName,
            .cannotCreate, .cannotWrite:
            outputDescription
        case .oddSize, .frameRateOutOfRange, .missingEncoder, .encoderRefused:
            settingsDescription
        case .wrongFrameSize, .noFrames, .notFinite:
            frameDescription
        case .cannotRead, .notAVideo, .broken, .noRecipe:
            inputDescription
        }
    }

    private var outputDescription: String {
        switch self {
        case let .unknownFormat(path):
            "'\(path)' names no format that can be written. "
                + "Let it end in .mp4, .webm or .gif, or in / for a directory of PNG frames."
        case let .missingDirectory(path, directory):
            "'\(path)' cannot be written: there is no directory '\(directory)'. "
                + "Make it first, or correct the path."
        case let .directoryInTheWay(path):
            "'\(path)' is a directory, but a file of that name is to be written. "
                + "Choose another name, or end the path in / for a directory of PNG frames."
        case let .fileInTheWay(path):
            "'\(path)' is a file, but a directory of PNG frames of that name is to be written. "
                + "Choose another name."
        case let .foreignFile(name, directory):
            "'\(directory)' holds '\(name)', which no run has written, so it is not replaced. "
                + "Choose another directory, or empty this one."
        case let .unusableName(path):
            "'\(path)' cannot be replaced by a new directory. Name the directory itself, such as frames/."
        case let .cannotCreate(path, reason):
            "'\(path)' cannot be written: no file can be made beside it (\(reason)). "
                + "Choose a directory that you may write to."
        case let .cannotWrite(path, reason):
            "Writing '\(path)' failed: \(reason). Nothing was left under that name by this run. "
                + "Check the free space and the permissions there, or choose another directory."
        default: ""
        }
    }

    private var settingsDescription: String {
        switch self {
        case let .oddSize(width, height, format):
            "\(format.name) needs an even width and an even height, but the clip is \(width)x\(height). "
                + "Ask for \(width + width % 2)x\(height + height % 2), or write .gif or PNG frames."
        case let .frameRateOutOfRange(found, highest, format):
            "\(found) frames per second cannot be written as \(format.name): 1 to \(highest) can. "
                + "Choose a rate in that range or another format."
        case let .missingEncoder(name, format, possible):
            "The FFmpeg libraries on this machine lack the encoder '\(name)' that \(format.name) needs; they "
                + "can write \(possible.isEmpty ? "nothing" : possible.map(\.name).joined(separator: ", ")). "
                + (possible.first.map { "Write \($0.name) instead, or install" } ?? "Install")
                + " FFmpeg libraries with '\(name)'."
        case let .encoderRefused(name, width, height, reason):
            "The encoder '\(name)' does not take \(width)x\(height) frames: \(reason). "
                + "Try another size or another format."
        default: ""
        }
    }

    private var frameDescription: String {
        switch self {
        case let .wrongFrameSize(width, height, expectedWidth, expectedHeight):
            "A frame has \(width)x\(height) pixels, but the clip was opened for "
                + "\(expectedWidth)x\(expectedHeight). All frames of a clip have one size."
        case let .noFrames(path):
            "'\(path)' was not written: the clip has no frame. Ask for at least one frame."
        case let .notFinite(value, row, column):
            "The decoder gave \(value) at row \(row), column \(column) of a frame, so the picture is broken. "
                + "Check the weights, or run with the portable kernels to find the layer."
        default: ""
        }
    }

    private var inputDescription: String {
        switch self {
        case let .cannotRead(path, reason):
            "'\(path)' cannot be read: \(reason). Check the path and the permissions."
        case let .notAVideo(path):
            "'\(path)' is no video that can be read here. "
                + "Give a .mp4, .webm, .gif or .png file, or a directory of frame-0000.png and so on."
        case let .broken(path, reason):
            "'\(path)' is broken: \(reason). Make it again, or fetch it again."
        case let .noRecipe(path):
            "'\(path)' carries no recipe. Only files written here have one, and other programs drop it when "
                + "they convert or edit a clip."
        default: ""
        }
    }
}
