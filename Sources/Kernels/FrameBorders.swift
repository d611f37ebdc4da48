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

/// How a convolution sees a frame: each pixel as a square of equal ones, and zeros around them.
package struct FrameView: Equatable, Sendable {
    package let border: FrameBorder
    /// Height and width of the square that a pixel becomes, at least 1.
    package let magnification: Int

    package init(border: FrameBorder = .none, magnification: Int = 1) {
        precondition(magnification >= 1, "a pixel is seen once at least")
        self.border = border
        self.magnification = magnification
    }

    /// Rows that are seen of a frame of so many.
    func rows(_ rows: Int) -> Int { border.top + rows * magnification + border.bottom }

    func columns(_ columns: Int) -> Int { border.left + columns * magnification + border.right }
}

/// The frame as it is seen, in memory of its own; shares memory where it is seen as it lies.
///
/// - Parameter frame: `[rows, columns, channels]`
/// - Returns: `[rows, columns, channels]`, border included
package func seen(_ frame: Tensor, as view: FrameView, on workers: Workers) -> Tensor {
    guard view != FrameView() else { return frame }
    let (border, step, channels) = (view.border, view.magnification, frame.width)
    let (rows, columns) = (frame.shape[0] * step, frame.shape[1])
    var result = Tensor(uninitialized: [view.rows(frame.shape[0]), view.columns(columns), channels])
    let pitch = result.shape[1] * channels
    let timer = RunScope.begin(.rows, result.count)
    defer { timer.end() }
    frame.read { source in
        result.write { target in
            workers.run(over: rows + border.top + border.bottom, grain: max(1, 16_384 / max(1, pitch))) {
                for line in $0 {
                    let (start, row) = (target.pointer + line * pitch, line - border.top)
                    start.update(repeating: 0, count: pitch)
                    guard row >= 0, row < rows else { continue }
                    for column in 0..<columns * step {
                        let pixel = source.pointer + (row / step * columns + column / step) * channels
                        (start + (border.left + column) * channels).update(from: pixel, count: channels)
                    }
                }
            }
        }
    }
    return result
}
