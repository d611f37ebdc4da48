internal import CKernels
import Tensors

/// Convolution by 3x3 over space in step 1, and over any number of frames, by Winograd's F(4x4, 3x3): a tile of
/// 4x4 results needs 36 products for each pair of channels and each frame instead of 144.
///
/// Windows of all frames are transformed side by side, so that one product sums over time too. Weights are
/// transformed anew in each call, some columns at a time: that costs little and keeps no memory.
///
/// - Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308
struct WinogradConvolution: Sendable {
    /// `[rows, columns, channels]` each, oldest first.
    let frames: [Tensor]
    let view: FrameView
    /// `[taps, channels, outputChannels]`
    let weight: Tensor
    let bias: Tensor
    let rows: Int
    let columns: Int
    /// Taps in time whose frames are missing at the front.
    let missing: Int

    private typealias Window = InlineArray<6, Int>
    private static let tileSide = 4
    private static let positions = 36
    private static let panelWidth = 16
    /// Values of transformed weights that live at a time: 32 MiB.
    private static let mostWeights = 8 << 20
    private static let mostTilesPerPanel = Int(CKERNELS_PANEL)
    private static let mostTilesPerTask = 4 * mostTilesPerPanel
    private static let leastTilesPerTask = 8
    private static let tasksPerFrame = 4

    private var channels: Int { frames[0].width }
    private var outputChannels: Int { weight.shape[2] }
    private var depth: Int { frames.count * channels }
    private var tilesAcross: Int { (columns + Self.tileSide - 1) / Self.tileSide }
    private var tiles: Int { tilesAcross * ((rows + Self.tileSide - 1) / Self.tileSide) }

    private var tasks: Int {
        let (most, least) = (Self.mostTilesPerTask, Self.leastTilesPerTask)
        return max((tiles + most - 1) / most, min(Self.tasksPerFrame, (tiles + least - 1) / least))
    }

    /// - Parameter target: `[rows, columns, outputChannels]`
    func run(into target: Shared<UnsafeMutablePointer<Float>>, on workers: Workers) {
        let panels = (outputChannels + Self.panelWidth - 1) / Self.panelWidth
        let most = max(1, Self.mostWeights / (Self.positions * depth * Self.panelWidth))
        let groups = (panels + most - 1) / most
        for group in 0..<groups {
            let range = panels * group / groups..<panels * (group + 1) / groups
            let transformed = transformedWeight(range, on: workers)
            transformed.read { weight in
                let most = (tiles + tasks - 1) / tasks
                let scratch = Self.positions * (windowValues(of: most) + most * range.count * Self.panelWidth)
                workers.run(tasks: tasks, scratch: scratch) { task, scratch in
                    compute(
                        tiles: tiles * task / tasks..<tiles * (task + 1) / tasks, panels: range,
                        weight: weight.pointer, scratch, into: target.pointer)
                }
            }
        }
    }

    /// - Returns: `[positions, panels, depth, panelWidth]`
    private func transformedWeight(_ panels: Range<Int>, on workers: Workers) -> Tensor {
        var result = RunScope.with(use: .scratch) {
            Tensor(uninitialized: [Self.positions, panels.count, depth, Self.panelWidth])
        }
        let panel = depth * Self.panelWidth
        weight.read { weight in
            result.write { target in
                workers.run(tasks: panels.count * frames.count) { task in
                    let (index, frame) = (task / frames.count, task % frames.count)
                    let column = (panels.lowerBound + index) * Self.panelWidth
                    let taps = 9 * (missing + frame) * channels * outputChannels
                    simd.winograd_taps(
                        weight.pointer + taps + column, channels * outputChannels, outputChannels, channels,
                        outputChannels - column,
                        target.pointer + index * panel + frame * channels * Self.panelWidth,
                        panels.count * panel)
                }
            }
        }
        return result
    }

    private func compute(
        tiles range: Range<Int>, panels: Range<Int>, weight: UnsafePointer<Float>,
        _ windows: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>
    ) {
        let width = panels.count * Self.panelWidth
        let (windowsSize, sumsSize) = (windowValues(of: range.count), range.count * width)
        let sums = windows + Self.positions * windowsSize
        transformWindows(range, into: windows)
        for position in 0..<Self.positions {
            simd.multiply_panels(
                range.count, panels.count, depth, windows + position * windowsSize,
                weight + position * panels.count * depth * Self.panelWidth, depth * Self.panelWidth,
                sums + position * sumsSize, width)
        }
        write(sums, tiles: range, firstChannel: panels.lowerBound * Self.panelWidth, width, target)
    }

    /// Values of the transformed windows of some tiles, for each position.
    private func windowValues(of tiles: Int) -> Int { tiles * roundedUp(depth, Self.panelWidth) }

    /// Transforms the windows of some tiles into `[positions]` times the panels of rows that ``compute(tiles:panels:weight:_:into:)``
    /// multiplies, `[frames, channels]` deep.
    private func transformWindows(_ range: Range<Int>, into target: UnsafeMutablePointer<Float>) {
        let zeros = [Float](repeating: 0, count: channels)
        let panels = (range.count + Self.mostTilesPerPanel - 1) / Self.mostTilesPerPanel
        zeros.withUnsafeBufferPointer { zeros in
            var pixels = [UnsafePointer<Float>?](repeating: nil, count: Self.positions)
            for panel in 0..<panels {
                let rows = range.count * panel / panels..<range.count * (panel + 1) / panels
                for row in rows {
                    transformWindow(
                        under: range.lowerBound + row, zeros: zeros.baseAddress, &pixels,
                        into: target + windowValues(of: rows.lowerBound)
                            + (row - rows.lowerBound) * Self.panelWidth,
                        line: rows.count * Self.panelWidth, stride: windowValues(of: range.count))
                }
            }
        }
    }

    /// The windows of all frames under a tile. Pixels of the border, and those beyond it, under tiles that reach over its edge, are
    /// zeros.
    private func transformWindow(
        under tile: Int, zeros: UnsafePointer<Float>?, _ pixels: inout [UnsafePointer<Float>?],
        into target: UnsafeMutablePointer<Float>, line: Int, stride: Int
    ) {
        let side = Self.tileSide + 2
        let places = places(under: tile)
        for (index, frame) in frames.enumerated() {
            frame.read { frame in
                for position in 0..<Self.positions {
                    let (row, column) = (places.rows[position / side], places.columns[position % side])
                    pixels[position] = row >= 0 && column >= 0 ? frame.pointer + row + column : zeros
                }
                simd.winograd_window(pixels, channels, target, index * channels, line, stride)
            }
        }
    }

    /// Where the rows of a tile's window begin in a frame, and its columns in a row; -1 where there are zeros.
    private func places(under tile: Int) -> (rows: Window, columns: Window) {
        let (height, width) = (frames[0].shape[0], frames[0].shape[1])
        let top = tile / tilesAcross * Self.tileSide - view.border.top
        let left = tile % tilesAcross * Self.tileSide - view.border.left
        func place(_ index: Int, of count: Int, pitch: Int) -> Int {
            index >= 0 && index < count * view.magnification ? index / view.magnification * pitch : -1
        }
        return (
            Window { place(top + $0, of: height, pitch: width * channels) },
            Window { place(left + $0, of: width, pitch: channels) }
        )
    }

    private func write(
        _ sums: UnsafePointer<Float>, tiles range: Range<Int>, firstChannel: Int, _ width: Int,
        _ target: UnsafeMutablePointer<Float>
    ) {
        let count = min(width, outputChannels - firstChannel)
        bias.read { bias in
            for tile in range {
                let top = tile / tilesAcross * Self.tileSide
                let left = tile % tilesAcross * Self.tileSide
                let pixel = (top * columns + left) * outputChannels + firstChannel
                simd.winograd_sums(
                    sums + (tile - range.lowerBound) * width, range.count * width, count,
                    bias.pointer + firstChannel, target + pixel, min(Self.tileSide, rows - top),
                    min(Self.tileSide, columns - left), columns * outputChannels, outputChannels)
            }
        }
    }
}
