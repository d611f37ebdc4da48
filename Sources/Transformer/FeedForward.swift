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

    init(
        _ weights: WeightScope, config: DiTConfig, settings: TransformerSettings, on workers: Workers
    ) throws {
        let (width, hidden, precision) = (config.width, config.hiddenWidth, settings.precision)
        up = try Linear(weights["net.0.proj"], from: width, to: hidden, precision: precision, on: workers)
        down = try Linear(weights["net.2"], from: hidden, to: width, precision: precision, on: workers)
        rowsAtOnce = settings.feedForwardRows
        self.workers = workers
    }

    var matrices: [Linear] { [up, down] }

    /// `x += down(gelu(up(tokens))) * gate`, one run of rows after another, so that the hidden values, several times as
    /// wide as `x`, never exist as a whole.
    ///
    /// - Parameters:
    ///   - tokens: `[L, C]`
    ///   - x: `[L, C]`
    ///   - gate: `[C]`
    /// - Throws: `CancellationError`
    package func callAsFunction(_ tokens: Tensor, addedTo x: inout Tensor, gatedBy gate: Tensor?) throws {
        let count = tokens.shape[0]
        for first in stride(from: 0, to: count, by: rowsAtOnce) {
            try workers.checkCancellation()
            let hidden = up(tokens.rows(first..<min(first + rowsAtOnce, count)), activation: .gelu)
            down.add(hidden, to: &x, fromRow: first, gatedBy: gate)
        }
    }
}
