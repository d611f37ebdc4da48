internal import Kernels
internal import Tensors

/// What a compression means for the tokens of one grid: made once a forward pass.
struct CompressionPlan: Sendable {
    private let compression: TokenCompression
    private let matcher: TokenMatcher?

    init(_ compression: TokenCompression, of layout: TokenLayout) {
        self.compression = compression
        matcher = compression.merging.flatMap { TokenMatcher($0, in: layout.grid) { $0 } }
    }

    /// What block `index` leaves out.
    subscript(index: Int) -> BlockCompression {
        BlockCompression(matcher: compression.merging?.blocks.contains(index) == true ? matcher : nil)
    }
}

/// What one block leaves out.
struct BlockCompression: Sendable {
    var matcher: TokenMatcher?
}
