package import Tensors

/// What the layers of a causal model remember of the frames that they have seen: the state of one stream.
///
/// Layers hold no state themselves, so one model serves several streams at a time. With a file, frames lie there, and are
/// in memory only while their layer works with them.
package struct FrameHistory {
    private enum KeptFrame {
        case inMemory(Tensor)
        case inFile(StoredFrame)
    }

    private let file: FrameFile?
    private var kept: [String: [KeptFrame]] = [:]

    /// - Parameter file: where frames lie; nil keeps them in memory
    package init(in file: FrameFile? = nil) { self.file = file }

    /// The frames that a layer has kept, oldest first; none before its first frame.
    ///
    /// - Throws: ``FrameFileError``
    package func frames(of layer: String) throws(FrameFileError) -> [Tensor] {
        var frames: [Tensor] = []
        for frame in kept[layer] ?? [] {
            switch frame {
            case let .inMemory(tensor): frames.append(tensor)
            case let .inFile(stored): frames.append(try stored.read())
            }
        }
        return frames
    }

    /// Adds a frame to what a layer has kept; of all of them the newest stay.
    ///
    /// - Parameter count: frames that stay
    /// - Throws: ``FrameFileError``
    package mutating func keep(_ frame: Tensor, of layer: String, newest count: Int) throws(FrameFileError) {
        // Older ones first, because the new frame takes their room.
        var frames = kept.removeValue(forKey: layer) ?? []
        frames.removeFirst(max(0, min(frames.count, frames.count + 1 - count)))
        if count > 0 {
            if let file {
                frames.append(.inFile(try file.keep(frame)))
            } else {
                frames.append(.inMemory(frame.charged(to: .caches)))
            }
        }
        kept[layer] = frames
    }

    /// Drops what a layer has kept.
    package mutating func forget(_ layer: String) { kept[layer] = [] }

    /// True when a layer asks for the first time, that is at its first frame.
    package mutating func meetsFirstFrame(of layer: String) -> Bool {
        guard kept[layer] == nil else { return false }
        kept[layer] = []
        return true
    }

    /// Values that all layers keep, for tests of memory.
    package var valueCount: Int {
        kept.values.joined().reduce(0) { sum, frame in
            switch frame {
            case let .inMemory(tensor): sum + tensor.count
            case let .inFile(stored): sum + stored.count
            }
        }
    }
}
