internal import Checkpoints
internal import Kernels
internal import Layers
package import Tensors

/// Two linear layers with a GELU between them, on each token by itself.
package struct FeedForward: Sendable {
    private let up: Linear
    private let down: Linear
    private let rowsAtOnce: Int
    private let workers: Workers

    init(_ weights: WeightScope, config: DiTConfig, rowsAtOnce: Int, on workers: Workers) throws {
        up = try Linear(weights["net.0.proj"], from: config.width, to: config.hiddenWidth, on: workers)
        down = try Linear(weights["net.2"], from: config.hiddenWidth, to: config.width, on: workers)
        self.rowsAtOnce = rowsAtOnce
        self.workers = workers
    }

    /// One run of rows after another, so that the hidden values, several times as wide as `x`, never exist as
    /// a whole.
    ///
    /// - Parameter x: `[L, C]`
    /// - Returns: `[L, C]`
    /// - Throws: `CancellationError`
    package func callAsFunction(_ x: consuming Tensor) throws -> Tensor {
        let count = x.shape[0]
        for first in stride(from: 0, to: count, by: rowsAtOnce) {
            try workers.checkCancellation()
            var hidden = up(x.rows(first..<min(first + rowsAtOnce, count)))
            gelu(&hidden, on: workers)
            x.replaceRows(from: first, with: down(hidden))
        }
        return x
    }
}
