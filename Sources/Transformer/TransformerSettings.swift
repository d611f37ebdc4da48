package import Kernels

/// What a forward pass may hold in memory at once; results differ by rounding alone.
package struct TransformerSettings: Codable, Equatable, Sendable {
    package var attention = AttentionTiles()
    /// Tokens whose hidden values the feed-forward part holds at a time, at least 1.
    package var feedForwardRows = 1024

    package init() {}
}
