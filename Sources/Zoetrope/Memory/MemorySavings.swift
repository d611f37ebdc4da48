internal import Tensors

/// Ways to hold less memory that change no pixel; each costs time.
public struct MemorySavings: Codable, Equatable, Sendable {
    /// The transformer's weights leave memory block by block and are read from the file again at each pass.
    public var streamsWeights = false
    /// Memory that a tensor leaves goes back to the system at once instead of waiting for the next tensor.
    public var keepsNoBlocks = false
    /// What the autoencoder remembers of earlier frames lies in a file beside the output and is read when it is needed.
    public var cachesOnDisk = false

    package init(streamsWeights: Bool = false, keepsNoBlocks: Bool = false, cachesOnDisk: Bool = false) {
        (self.streamsWeights, self.keepsNoBlocks) = (streamsWeights, keepsNoBlocks)
        self.cachesOnDisk = cachesOnDisk
    }

    static let all = MemorySavings(streamsWeights: true, keepsNoBlocks: true, cachesOnDisk: true)

    /// All combinations, the cheapest first.
    package static let choices: [MemorySavings] = [false, true].flatMap { streamsWeights in
        [false, true].flatMap { cachesOnDisk in
            [false, true].map { keepsNoBlocks in
                MemorySavings(
                    streamsWeights: streamsWeights, keepsNoBlocks: keepsNoBlocks, cachesOnDisk: cachesOnDisk)
            }
        }
    }

    /// What is done, in words.
    ///
    /// - Parameters:
    ///   - fileBytes: of what the autoencoder remembers, where that lies in a file
    ///   - streamedBytes: of the transformer's files, where they are read anew
    package func ways(fileBytes: Int, streamedBytes: Int) -> [String] {
        (streamsWeights
            ? ["the transformer's \(byteText(streamedBytes)) of weights are read anew at each pass"] : [])
            + (cachesOnDisk
                ? ["earlier frames lie in a file of \(byteText(fileBytes)) beside the output"] : [])
            + (keepsNoBlocks ? ["freed memory is given back at once"] : [])
    }

    /// What is done under a cap, for the user; nil without a cap.
    ///
    /// - Parameters: as of ``ways(fileBytes:streamedBytes:)``
    func note(cap: Int?, fileBytes: Int, streamedBytes: Int = 0) -> String? {
        guard let cap else { return nil }
        let ways = ways(fileBytes: fileBytes, streamedBytes: streamedBytes)
        return "memory up to \(byteText(cap)): "
            + (ways.isEmpty ? "nothing has to be saved" : ways.joined(separator: ", "))
    }
}

extension MemoryLedger {
    convenience init(_ savings: MemorySavings, isPlan: Bool = false, keepsTimeline: Bool = false) {
        if savings.keepsNoBlocks {
            self.init(isPlan: isPlan, waitingBytes: 0, keepsTimeline: keepsTimeline)
        } else {
            self.init(isPlan: isPlan, keepsTimeline: keepsTimeline)
        }
    }
}
