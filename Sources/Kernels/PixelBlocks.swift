internal import CKernels
package import Tensors

// Trading pixels against channels: a block is `block x block` pixels of the wide frame and one pixel of the
// narrow one.

/// Which value of a block, and of which frame, goes into a channel.
package struct BlockValue: Equatable, Sendable {
    package let frame: Int
    package let row: Int
    package let column: Int
    package let channel: Int

    package init(frame: Int = 0, row: Int, column: Int, channel: Int) {
        self.frame = frame
        self.row = row
        self.column = column
        self.channel = channel
    }
}

/// Each channel of the result is the mean of the same number of values of a block.
///
/// - Parameters:
///   - frames: `[rows, columns, channels]` each, of one size; nil stands for a frame of zeros
///   - block: height and width of a block; divides rows and columns
///   - sources: the values of each channel in turn, `channels of the result * averaged` of them
///   - averaged: values that one channel is the mean of
/// - Returns: `[rows / block, columns / block, sources.count / averaged]`
package func gatherBlocks(
    _ frames: [Tensor?], block: Int, sources: [BlockValue], averaged: Int, on workers: Workers
) -> Tensor {
    guard let shape = frames.compactMap({ $0?.shape }).first else {
        preconditionFailure("no frame to gather from")
    }
    precondition(shape[0] % block == 0 && shape[1] % block == 0, "blocks of \(block) do not fill \(shape)")
    var result = Tensor(repeating: 0, shape: [shape[0] / block, shape[1] / block, sources.count / averaged])
    let (columns, channels) = (result.shape[1], result.width)
    for (index, frame) in frames.enumerated() {
        guard let frame else { continue }
        // (position within the block, channel of the result)
        let taken = sources.enumerated().filter { $0.element.frame == index }.map {
            (
                ($0.element.row * shape[1] + $0.element.column) * shape[2] + $0.element.channel,
                $0.offset / averaged
            )
        }
        frame.read { source in
            result.changeRows(on: workers) { pixel, target in
                let first = (pixel / columns * block * shape[1] + pixel % columns * block) * shape[2]
                for (offset, channel) in taken { target[channel] += source.pointer[first + offset] }
            }
        }
    }
    if averaged > 1 { result.changeRows(on: workers) { simd.scale($1, 1 / Float(averaged), channels) } }
    return result
}

/// Each pixel of the frame becomes a block of pixels.
///
/// - Parameters:
///   - frame: `[rows, columns, channels]`
///   - block: height and width of a block
///   - sources: for each row, column and channel of a block, the channel of `frame` that it is a copy of
/// - Returns: `[rows * block, columns * block, sources.count / block²]`
package func spreadBlocks(_ frame: Tensor, block: Int, sources: [Int], on workers: Workers) -> Tensor {
    let shape = frame.shape
    precondition(
        sources.count % (block * block) == 0 && sources.allSatisfy { $0 < shape[2] }, "blocks of \(shape)")
    var result = Tensor(uninitialized: [shape[0] * block, shape[1] * block, sources.count / (block * block)])
    let (columns, channels) = (result.shape[1], result.width)
    frame.read { source in
        result.changeRows(on: workers) { pixel, target in
            let (row, column) = (pixel / columns, pixel % columns)
            let values = source.pointer + (row / block * shape[1] + column / block) * shape[2]
            let first = (row % block * block + column % block) * channels
            for channel in 0..<channels { target[channel] = values[sources[first + channel]] }
        }
    }
    return result
}

extension Tensor {
    /// The rows cut into `parts` of equal width: `[..., width]` becomes `parts` times `[..., width / parts]`.
    package func splitChannels(into parts: Int, on workers: Workers) -> [Tensor] {
        precondition(width % parts == 0, "\(shape) has no \(parts) equal parts")
        let (whole, width) = (self.width, self.width / parts)
        return (0..<parts).map { part in
            var result = Tensor(uninitialized: shape.dropLast() + [width])
            read { source in
                result.changeRows(on: workers) { row, target in
                    target.update(from: source.pointer + row * whole + part * width, count: width)
                }
            }
            return result
        }
    }
}
