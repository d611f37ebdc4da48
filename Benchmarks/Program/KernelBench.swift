import Foundation
import Kernels
import Tensors

/// The kernels at the sizes that Wan 2.1 1.3B gives them.
struct KernelBench {
    let repeats: Int
    let workers: Workers
    /// Billions of operations a second.
    let ceilings: [Precision: Double]
    /// Of fp32 without tiles, which convolutions do not use.
    let vectorCeiling: Double

    func products() -> [KernelRow] {
        [(1536, 1536), (8960, 1536), (1536, 8960)].flatMap { columns, depth in
            let weight = stored(noise([columns, depth], seed: 3))
            return Precision.allCases.flatMap { precision in
                let weight = ProductWeight(weight, precision: precision, on: workers)
                return [320, 1280, 4096].map { rows in
                    let x = noise([rows, depth])
                    let name = "product \(precision.rawValue) \(rows) x \(columns) x \(depth)"
                    return row(
                        name, operations: 2 * rows * columns * depth,
                        ceiling: ceilings[precision]
                    ) { _ = linear(weight.rows(of: x, on: workers), weight, bias: nil, on: workers) }
                }
            }
        }
    }

    func attentions() -> [KernelRow] {
        Precision.allCases.flatMap { precision in
            [320, 1280, 4096, 16384].map { tokens in
                let body = selfAttention(
                    tokens: tokens, heads: 12, headWidth: 128, precision: precision, on: workers)
                return row(
                    "attention \(precision.rawValue) \(tokens)", operations: 4 * tokens * tokens * 12 * 128,
                    ceiling: ceilings[precision], body)
            }
        }
    }

    /// Shares above 1 come from Winograd's products, which multiply less than is counted. Those of the decoder's finest and coarsest level, for one clip of 256 x 256.
    func convolutions() -> [KernelRow] {
        [(96, 256, 1), (384, 32, 1)].map { channels, side, outputs in
            let frames = (0..<outputs + 2).map { noise([side + 2, side + 2, channels], seed: UInt64($0)) }
            let weight = noise([27, channels, channels], seed: 5), bias = noise([channels])
            return row(
                "convolution 3x3x3, \(channels) channels, \(side) x \(side)",
                operations: 2 * 27 * channels * channels * side * side * outputs, ceiling: vectorCeiling
            ) {
                _ = convolve(
                    frames, weight: weight, bias: bias, window: ConvolutionWindow(3, 3, 3), on: workers)
            }
        }
    }

    func rowWork() -> [KernelRow] {
        let x = noise([1280, 1536]), weight = noise([1536])
        var hidden = noise([1280, 8960])
        return [
            row("layer norm 1280 x 1536", operations: x.count * 8, ceiling: nil) {
                _ = layerNorm(x, epsilon: 1e-6, scale: weight, shift: weight, on: workers)
            },
            row("rms norm 1280 x 1536", operations: x.count * 8, ceiling: nil) {
                _ = rmsNorm(x, epsilon: 1e-6, weight: weight, on: workers)
            },
            row("gelu 1280 x 8960", operations: hidden.count * 8, ceiling: nil) {
                gelu(&hidden, on: workers)
            },
        ]
    }

    private func row(
        _ name: String, operations: Int, ceiling: Double?, _ body: () -> Void
    ) -> KernelRow {
        let times = seconds(repeats: repeats, body)
        let rate = Double(operations) / median(times) / 1e9
        return KernelRow(
            name: name, milliseconds: times.map { $0 * 1e3 }, rate: rate,
            share: ceiling.flatMap { $0 > 0 ? rate / $0 : nil })
    }

    /// The tensor as an fp32 file would hold it.
    private func stored(_ tensor: Tensor) -> StoredTensor {
        let owner = FloatOwner(tensor.values)
        return StoredTensor(
            shape: tensor.shape, type: .float32, bytes: UnsafeRawBufferPointer(owner.memory), owner: owner)
    }
}

private final class FloatOwner {
    let memory: UnsafeMutableRawBufferPointer

    init(_ values: [Float]) {
        memory = .allocate(byteCount: max(1, values.count * 4), alignment: 64)
        values.withUnsafeBytes { memory.copyMemory(from: $0) }
    }

    deinit { memory.deallocate() }
}
