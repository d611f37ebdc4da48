internal import Tensors

/// Memory of one stage of a run at the moment when it held most.
public struct StageMemory: Codable, Equatable, Sendable {
    public var stage: Stage
    /// Bytes of all tensors, and of the weights that had been read in their files.
    public var peakBytes: Int
    /// The same by what they are held for, the largest first; earlier stages' included as far as they stay.
    public var parts: [MemoryPart]
}

/// Bytes held for one thing.
public struct MemoryPart: Codable, Equatable, Sendable {
    /// weights, mapped, activations, attention, caches, frames, scratch or waiting.
    public var use: String
    public var bytes: Int
    /// Bytes of the parts of the model that hold most of it, such as `blocks.7`; empty where none is named.
    public var owners: [String: Int]
}

extension LedgerReport {
    /// By stage, in the order of a run; what happens outside of a stage is left out.
    var stageMemory: [StageMemory] {
        stages.compactMap { peak in
            Stage(rawValue: peak.name).map {
                StageMemory(stage: $0, peakBytes: peak.peakBytes, parts: Self.parts(peak.atPeak))
            }
        }.sorted { Self.order($0.stage) < Self.order($1.stage) }
    }

    private static func order(_ stage: Stage) -> Int { Stage.allCases.firstIndex(of: stage) ?? 0 }

    private static func parts(_ entries: [Entry]) -> [MemoryPart] {
        Dictionary(grouping: entries, by: \.label.use).map { use, entries in
            let owners = Dictionary(entries.map { ($0.label.owner, $0.bytes) }, uniquingKeysWith: +)
            let largest = owners.filter { !$0.key.isEmpty }.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
                .prefix(3)
            return MemoryPart(
                use: use.rawValue, bytes: entries.reduce(0) { $0 + $1.bytes },
                owners: Dictionary(uniqueKeysWithValues: Array(largest)))
        }.sorted { ($0.bytes, $1.use) > ($1.bytes, $0.use) }
    }
}
