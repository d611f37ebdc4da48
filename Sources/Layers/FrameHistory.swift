package import Tensors

/// What the layers of a causal model remember of the frames that they have seen: the state of one stream.
///
/// Layers hold no state themselves, so one model serves several streams at a time.
package struct FrameHistory {
    private var kept: [String: [Tensor]] = [:]

    package init() {}

    /// The frames that a layer has kept, oldest first; none before its first frame.
    package func frames(of layer: String) -> [Tensor] { kept[layer] ?? [] }

    /// Replaces what a layer has kept.
    package mutating func keep(_ frames: some Sequence<Tensor>, of layer: String) {
        kept[layer] = frames.map { $0.charged(to: .caches) }
    }

    /// True when a layer asks for the first time, that is at its first frame.
    package mutating func meetsFirstFrame(of layer: String) -> Bool {
        guard kept[layer] == nil else { return false }
        kept[layer] = []
        return true
    }

    /// Values that all layers keep, for tests of memory.
    package var valueCount: Int { kept.values.joined().reduce(0) { $0 + $1.count } }
}
