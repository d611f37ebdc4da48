internal import Checkpoints
internal import Layers
internal import Tensors

/// Linear layer on the channels of each pixel; in files a convolution whose window is one pixel.
struct PixelLinear: Sendable {
    private let linear: Linear

    /// - Parameter kernelAxes: axes of length 1 that the weight has in the file: 2 for `Conv2d`, 3 for
    ///   `Conv3d`
    init(_ weights: WeightScope, from: Int, to: Int, kernelAxes: Int, on workers: Workers) throws {
        let shape = [to, from] + Array(repeating: 1, count: kernelAxes)
        linear = try Linear(weights, weightShape: shape, on: workers)
    }

    /// - Parameter x: `[H, W, from]`
    /// - Returns: `[H, W, to]`
    func callAsFunction(_ x: Tensor) -> Tensor {
        let (rows, columns) = (x.shape[0], x.shape[1])
        let result = linear(x.reshaped(to: [rows * columns, x.shape[2]]))
        return result.reshaped(to: [rows, columns, result.shape[1]])
    }
}
