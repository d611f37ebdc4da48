package import Tensors

/// Size and step of a convolution over time, rows and columns.
package struct ConvolutionWindow: Equatable, Sendable {
    package let time: Int
    package let height: Int
    package let width: Int
    /// Step over time, and over rows and columns; 1 is an ordinary convolution.
    package let timeStride: Int
    package let spaceStride: Int

    package init(_ time: Int, _ height: Int, _ width: Int, timeStride: Int = 1, spaceStride: Int = 1) {
        self.time = time
        self.height = height
        self.width = width
        self.timeStride = timeStride
        self.spaceStride = spaceStride
    }

    package var taps: Int { time * height * width }

    /// Whether Winograd's products serve it.
    var isSquareOfThree: Bool { height == 3 && width == 3 && spaceStride == 1 }
}

/// Convolution over frames, channels last.
///
/// Windows of 3x3 in step 1 go through ``WinogradConvolution``. Of others, each tap is one matrix product of a run of
/// neighbouring pixels with that tap's weights, added to the result: no patches are gathered. Runs span several rows;
/// what they compute on the border columns is not copied out.
///
/// - Parameters:
///   - frames: `window.time + (outputs - 1) * window.timeStride` frames `[rows, columns, channels]`; fewer than
///     `window.time` are preceded by frames of zeros, which cost nothing
///   - view: how the window sees each frame; takes no memory for windows of 3x3 in step 1
///   - weight: `[taps, channels, outputChannels]`, taps in the order time, row, column
///   - bias: `[outputChannels]`
/// - Returns: `[outputs, outputRows, outputColumns, outputChannels]`
package func convolve(
    _ frames: [Tensor], weight: Tensor, bias: Tensor, window: ConvolutionWindow,
    seen view: FrameView = .init(),
    on workers: Workers
) -> Tensor {
    guard window.isSquareOfThree || view == FrameView() else {
        let frames = frames.map { seen($0, as: view, on: workers) }
        return convolve(frames, weight: weight, bias: bias, window: window, on: workers)
    }
    let work = ConvolutionWork(frames: frames, weight: weight, bias: bias, window: window, view: view)
    let timer = RunScope.begin(.convolution, work.operations)
    defer { timer.end() }
    return work.result(on: workers)
}

/// Lays out a convolution's weight as ``convolve(_:weight:bias:window:on:)`` takes it, in fp32; what was read of the file
/// is let go.
///
/// - Parameter weight: `[outputChannels, channels]` and then the axes of the window, as files have it
/// - Returns: `[taps, channels, outputChannels]`
package func tapsFirst(_ weight: StoredTensor, on workers: Workers) -> Tensor {
    let (outputs, channels) = (weight.shape[0], weight.shape[1])
    let taps = weight.shape.dropFirst(2).reduce(1, *)
    var result = RunScope.with(use: .weights) { Tensor(uninitialized: [taps, channels, outputs]) }
    weight.willRead()
    let timer = RunScope.begin(.loading, weight.count)
    defer { timer.end() }
    weight.readFloats { source in
        result.write { target in
            // A line of the result at a time, from runs of the source that stay in the cache meanwhile.
            workers.run(over: outputs, grain: 16) { line in
                for channel in 0..<channels {
                    for tap in 0..<taps {
                        let values = source.pointer + channel * taps + tap
                        let start = target.pointer + (tap * channels + channel) * outputs
                        for output in line { start[output] = values[output * channels * taps] }
                    }
                }
            }
        }
    }
    weight.letGo(on: workers)
    return result
}

private struct ConvolutionWork: Sendable {
    let frames: [Tensor]
    let weight: Tensor
    let bias: Tensor
    let window: ConvolutionWindow
    let view: FrameView
    let channels: Int
    let outputChannels: Int
    let borderedColumns: Int
    let rows: Int
    let columns: Int
    let outputs: Int
    /// Frames of zeros before the first.
    let missing: Int

    /// Pixels of one run, about: enough for an efficient product, few enough to stay in the cache.
    private static let pixelsPerTask = 384
    /// Tasks of a small frame, at least, as far as it has rows: so that no thread waits long for another.
    private static let tasksPerFrame = 8

    init(frames: [Tensor], weight: Tensor, bias: Tensor, window: ConvolutionWindow, view: FrameView) {
        let frame = frames[0].shape
        precondition(
            frames.allSatisfy { $0.shape == frame } && frame.count == 3, "frames of one size: \(frame)")
        precondition(weight.shape.count == 3 && weight.shape[0] == window.taps && weight.shape[1] == frame[2])
        self.frames = frames
        self.weight = weight
        self.bias = bias
        self.window = window
        self.view = view
        channels = frame[2]
        outputChannels = weight.shape[2]
        borderedColumns = view.columns(frame[1])
        rows = (view.rows(frame[0]) - window.height) / window.spaceStride + 1
        columns = (borderedColumns - window.width) / window.spaceStride + 1
        missing = max(0, window.time - frames.count)
        outputs = (missing + frames.count - window.time) / window.timeStride + 1
    }

    /// Of the window's plain sums, however they are computed.
    var operations: Int {
        2 * outputs * rows * columns * outputChannels * channels * (window.taps - missingTaps)
    }

    private var missingTaps: Int { missing * window.height * window.width }

    func result(on workers: Workers) -> Tensor {
        var result = Tensor(uninitialized: [outputs, rows, columns, outputChannels])
        guard !window.isSquareOfThree else {
            result.write { target in
                for output in 0..<outputs {
                    winograd(output: output).run(into: place(output, in: target), on: workers)
                }
            }
            return result
        }
        _ = BLAS.core
        let bands = (rows + rowsPerTask - 1) / rowsPerTask
        result.write { target in
            workers.run(tasks: outputs * bands, scratch: scratchCount) { task, scratch in
                let first = task % bands * rowsPerTask
                run(
                    output: task / bands, rows: first..<min(rows, first + rowsPerTask), scratch,
                    into: target.pointer)
            }
        }
        return result
    }

    func winograd(output: Int) -> WinogradConvolution {
        let first = output * window.timeStride - missing
        let seen = frames[max(0, first)..<first + window.time]
        return WinogradConvolution(
            frames: Array(seen), view: view, weight: weight, bias: bias, rows: rows, columns: columns,
            missing: window.time - seen.count)
    }

    func place(_ output: Int, in target: Shared<UnsafeMutablePointer<Float>>)
        -> Shared<UnsafeMutablePointer<Float>>
    {
        Shared(pointer: target.pointer + output * rows * columns * outputChannels)
    }

    var rowsPerTask: Int {
        let share = (rows + Self.tasksPerFrame - 1) / Self.tasksPerFrame
        return max(1, min(Self.pixelsPerTask / borderedColumns, share))
    }

    /// Computes some rows of one output frame in scratch that includes the border columns, then copies what
    /// is wanted.
    func run(
        output: Int, rows range: Range<Int>, _ sums: UnsafeMutablePointer<Float>,
        into target: UnsafeMutablePointer<Float>
    ) {
        bias.read { bias in
            for pixel in 0..<pixels(rows: range.count) {
                (sums + pixel * outputChannels).update(from: bias.pointer, count: outputChannels)
            }
        }
        for tap in 0..<window.taps { add(tap: tap, output: output, rows: range, pitch: pitch, to: sums) }
        for row in range {
            let start = ((output * rows + row) * columns) * outputChannels
            (target + start).update(
                from: sums + (row - range.lowerBound) * pitch * outputChannels,
                count: columns * outputChannels)
        }
    }

    /// Pixels from one row of a task's result to the next.
    private var pitch: Int { window.spaceStride == 1 ? borderedColumns : columns }

    private func pixels(rows: Int) -> Int { (rows - 1) * pitch + columns }

    var scratchCount: Int { pixels(rows: min(rows, rowsPerTask)) * outputChannels }

    private func add(
        tap: Int, output: Int, rows range: Range<Int>, pitch: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        let frame = output * window.timeStride + tap / (window.height * window.width) - missing
        guard frame >= 0 else { return }
        let down = tap / window.width % window.height
        let across = tap % window.width
        let step = window.spaceStride
        frames[frame].read { frame in
            weight.read { weight in
                let kernel = BLAS.Matrix(
                    base: weight.pointer + tap * channels * outputChannels, stride: outputChannels)
                let runs = step == 1 ? range.lowerBound..<range.lowerBound + 1 : range
                let pixels = step == 1 ? (range.count - 1) * pitch + columns : columns
                for row in runs {
                    let first = (row * step + down) * borderedColumns + across
                    BLAS.multiply(
                        (rows: pixels, columns: outputChannels, depth: channels),
                        BLAS.Matrix(base: frame.pointer + first * channels, stride: step * channels), kernel,
                        transposed: false, beta: 1,
                        into: sums + (row - range.lowerBound) * pitch * outputChannels, stride: outputChannels
                    )
                }
            }
        }
    }
}
