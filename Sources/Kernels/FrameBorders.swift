internal import CKernels
package import Tensors

/// Zeros around a frame, in pixels.
package struct FrameBorder: Equatable, Sendable {
    package let top: Int
    package let bottom: Int
    package let left: Int
    package let right: Int

    package init(top: Int, bottom: Int, left: Int, right: Int) {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
    }

    package static let none = FrameBorder(top: 0, bottom: 0, left: 0, right: 0)

    /// The border that lets a window of odd size keep the size of a frame.
    package static func centring(_ window: ConvolutionWindow) -> FrameBorder {
        FrameBorder(
            top: window.height / 2, bottom: window.height / 2, left: window.width / 2, right: window.width / 2
        )
    }
}

/// The frame with its border around it; shares memory when there is no border.
///
/// - Parameter frame: `[rows, columns, channels]`
/// - Returns: `[top + rows + bottom, left + columns + right, channels]`
package func bordered(_ frame: Tensor, by border: FrameBorder, on workers: Workers) -> Tensor {
    guard border != .none else { return frame }
    let rowCount = frame.shape[1] * frame.width
    return frame.read { source in
        bordered(rows: frame.shape[0], columns: frame.shape[1], channels: frame.width, border, on: workers) {
            $1.update(from: source.pointer + $0 * rowCount, count: rowCount)
        }
    }
}

/// `silu(x / max(|x|, 1e-12) * gain)` of each pixel, with a border around the frame: one pass for what stands
/// between two convolutions.
///
/// - Parameters:
///   - frame: `[rows, columns, channels]`
///   - gain: `[channels]`
package func borderedActivation(
    _ frame: Tensor, gain: Tensor, by border: FrameBorder, on workers: Workers
) -> Tensor {
    let (columns, channels) = (frame.shape[1], frame.width)
    precondition(gain.count == channels, "gain \(gain.shape) for \(frame.shape)")
    return frame.read { source in
        gain.read { gain in
            bordered(rows: frame.shape[0], columns: columns, channels: channels, border, on: workers) {
                row, target in
                for column in 0..<columns {
                    let pixel = (row * columns + column) * channels
                    simd.l2_norm(source.pointer + pixel, target + column * channels, channels, gain.pointer)
                }
                simd.silu(target, columns * channels)
            }
        }
    }
}

/// The frame at twice its height and width, each pixel four times, with a border around the result.
package func borderedUpsampling(_ frame: Tensor, by border: FrameBorder, on workers: Workers) -> Tensor {
    let (columns, channels) = (frame.shape[1], frame.width)
    return frame.read { source in
        bordered(rows: 2 * frame.shape[0], columns: 2 * columns, channels: channels, border, on: workers) {
            row, target in
            for column in 0..<columns {
                let pixel = source.pointer + (row / 2 * columns + column) * channels
                (target + 2 * column * channels).update(from: pixel, count: channels)
                (target + (2 * column + 1) * channels).update(from: pixel, count: channels)
            }
        }
    }
}

/// A frame whose inner rows `fill` writes: (row, its first inner value).
private func bordered(
    rows: Int, columns: Int, channels: Int, _ border: FrameBorder, on workers: Workers,
    _ fill: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
) -> Tensor {
    let shape = [border.top + rows + border.bottom, border.left + columns + border.right, channels]
    var result = Tensor(uninitialized: shape)
    let pitch = shape[1] * channels
    let timer = RunScope.begin(.rows, result.count)
    defer { timer.end() }
    result.write { target in
        workers.run(over: shape[0], grain: max(1, 16_384 / max(1, pitch))) { part in
            for row in part {
                let start = target.pointer + row * pitch
                if row < border.top || row >= border.top + rows {
                    start.update(repeating: 0, count: pitch)
                } else {
                    start.update(repeating: 0, count: border.left * channels)
                    fill(row - border.top, start + border.left * channels)
                    (start + (border.left + columns) * channels).update(
                        repeating: 0, count: border.right * channels)
                }
            }
        }
    }
    return result
}
