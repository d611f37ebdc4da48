internal import Checkpoints
package import Layers
package import Tensors

/// What the time does around one part of a block, each `[C]`: the part sees `norm(x) * scale + shift`, and
/// what it finds is added times `gate`.
package struct Modulation: Sendable {
    package let shift: Tensor
    package let scale: Tensor
    /// Nil where nothing is added.
    package let gate: Tensor?

    /// - Parameter rows: `[2 or 3, C]`: shift, scale less 1, and gate
    init(_ rows: Tensor) {
        let width = [rows.shape[1]]
        shift = rows.rows(0..<1).reshaped(to: width)
        let change = rows.rows(1..<2).reshaped(to: width)
        scale = Tensor.sum([(1, change), (1, Tensor(repeating: 1, shape: width))])
        gate = rows.shape[0] == 3 ? rows.rows(2..<3).reshaped(to: width) : nil
    }
}

extension LayerNorm {
    package func callAsFunction(_ x: Tensor, by modulation: Modulation) -> Tensor {
        self(x, scale: modulation.scale, shift: modulation.shift)
    }
}

/// A block's own offsets to the modulation that all blocks get from the time.
package struct BlockModulation: Sendable {
    private let table: Tensor  // [6, C]

    init(_ weights: WeightScope, width: Int) throws {
        table = try weights.values("scale_shift_table", shape: [1, 6, width]).reshaped(to: [6, width])
    }

    /// - Parameter timeProjection: `[6, C]`
    package func callAsFunction(
        _ timeProjection: Tensor
    ) -> (attention: Modulation, feedForward: Modulation) {
        let rows = Tensor.sum([(1, table), (1, timeProjection)])
        return (Modulation(rows.rows(0..<3)), Modulation(rows.rows(3..<6)))
    }
}
