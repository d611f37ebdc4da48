import Tensors
import Testing

@Suite struct TokenWindowTests {
    private static let grid = TokenGrid(
        of: PatchSize(time: 1, height: 1, width: 1), frames: 3, height: 5, width: 7)

    @Test func textIsFramesRowsAndColumns() throws {
        let window = try #require(TokenWindow("1x12x400"))
        #expect(window.axes == [1, 12, 400] && window.tokens == 4800 && window.description == "1x12x400")
        for text in ["", "1x2", "1x2x3x4", "0x2x2", "01x2x2", "1x2x10000", "1X2X2", "1x2x-2", "1x2x2 "] {
            #expect(TokenWindow(text) == nil, "\(text)")
        }
    }

    @Test func multiplesGoByEachSide() {
        let tile = TokenWindow(frames: 2, rows: 8, columns: 12)
        #expect(tile.isMultiple(of: TokenWindow(frames: 1, rows: 4, columns: 3)))
        #expect(!tile.isMultiple(of: TokenWindow(frames: 1, rows: 3, columns: 3)))
    }

    /// A token belongs to the window of its place, and stands there in the order of the grid.
    @Test(arguments: ["1x1x1", "1x2x2", "2x2x3", "3x5x7", "1x9x2", "2x5x4"])
    func windowsCoverTheGrid(text: String) throws {
        let window = try #require(TokenWindow(text))
        let windows = Self.grid.tokens(inWindows: window)
        let counts = Self.grid.windowAxes(window)
        #expect(windows.count == counts.reduce(1, *))
        var expected = [[Int]](repeating: [], count: windows.count)
        for frame in 0..<3 {
            for row in 0..<5 {
                for column in 0..<7 {
                    let (t, y, x) = (frame / window.frames, row / window.rows, column / window.columns)
                    expected[(t * counts[1] + y) * counts[2] + x].append((frame * 5 + row) * 7 + column)
                }
            }
        }
        #expect(windows == expected)
    }

    /// The two middle tokens have the centre of the window between them, and lie next to each other.
    @Test(arguments: ["1x1x1", "1x2x2", "2x2x3", "3x5x7", "1x4x4"])
    func middlesAreAroundTheCentre(text: String) throws {
        let window = try #require(TokenWindow(text))
        let place = { (token: Int) in [token / 35, token / 7 % 5, token % 7] }
        let windows = Self.grid.tokens(inWindows: window)
        for (tokens, middles) in zip(windows, Self.grid.middles(ofWindows: window)) {
            let (low, high) = (place(middles.0), place(middles.1))
            for axis in 0..<3 {
                let sum = tokens.reduce(0) { $0 + place($1)[axis] }
                #expect(2 * sum == (low[axis] + high[axis]) * tokens.count)
                #expect((0...1).contains(high[axis] - low[axis]))
            }
        }
    }
}
