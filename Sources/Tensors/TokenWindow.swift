/// A box of neighbouring tokens of a grid: frames, rows and columns of it; `1x2x2` in text.
package struct TokenWindow: Hashable, Sendable {
    package let frames: Int
    package let rows: Int
    package let columns: Int

    /// What a side may be; more than any grid has.
    private static let sides = 1...9999

    /// - Precondition: every side is from 1 to 9999
    package init(frames: Int, rows: Int, columns: Int) {
        precondition(
            [frames, rows, columns].allSatisfy(Self.sides.contains),
            "\(frames)x\(rows)x\(columns) is no window")
        self.frames = frames
        self.rows = rows
        self.columns = columns
    }

    package var axes: [Int] { [frames, rows, columns] }

    package var tokens: Int { frames * rows * columns }

    /// Whether every side is a multiple of the other's.
    package func isMultiple(of other: TokenWindow) -> Bool {
        zip(axes, other.axes).allSatisfy { $0.isMultiple(of: $1) }
    }
}

extension TokenWindow: LosslessStringConvertible {
    package var description: String { "\(frames)x\(rows)x\(columns)" }

    /// Reads `1x2x2`: frames, rows and columns, each from 1 to 9999 and without leading zeros; nil for all else.
    package init?(_ text: String) {
        let axes = text.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard axes.count == 3, axes.allSatisfy(Self.sides.contains) else { return nil }
        self.init(frames: axes[0], rows: axes[1], columns: axes[2])
        if description != text { return nil }
    }
}

extension TokenGrid {
    package var axes: [Int] { [frames, rows, columns] }

    /// How many windows cover the grid along each axis; the last of an axis may be cut off.
    package func windowAxes(_ window: TokenWindow) -> [Int] {
        zip(axes, window.axes).map { ($0 + $1 - 1) / $1 }
    }

    /// The tokens of each window, in the order of the grid: windows cover the grid from its first token on, and those
    /// at its end hold what is left.
    package func tokens(inWindows window: TokenWindow) -> [[Int]] {
        boxes(of: window).map { box in
            box[0].flatMap { frame in
                box[1].flatMap { row in box[2].map { token(frame, row, $0) } }
            }
        }
    }

    /// Two tokens of each window with its centre between them, neighbours along every axis; one token twice where
    /// every side is odd.
    package func middles(ofWindows window: TokenWindow) -> [(Int, Int)] {
        boxes(of: window).map { box in
            let (low, high) = (
                box.map { $0.lowerBound + ($0.count - 1) / 2 }, box.map { $0.lowerBound + $0.count / 2 }
            )
            return (token(low[0], low[1], low[2]), token(high[0], high[1], high[2]))
        }
    }

    private func token(_ frame: Int, _ row: Int, _ column: Int) -> Int {
        (frame * rows + row) * columns + column
    }

    /// Frames, rows and columns of each window.
    private func boxes(of window: TokenWindow) -> [[Range<Int>]] {
        let counts = windowAxes(window)
        return (0..<counts.reduce(1, *)).map { index in
            let place = [index / (counts[1] * counts[2]), index / counts[2] % counts[1], index % counts[2]]
            return (0..<3).map { axis in
                let first = place[axis] * window.axes[axis]
                return first..<min(axes[axis], first + window.axes[axis])
            }
        }
    }
}
