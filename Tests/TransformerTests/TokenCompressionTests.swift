import Patching
import Tensors
import TestSupport
import Testing
import Transformer

/// A forward that leaves out work against its slow twin, over grids that windows and tiles do not divide.
@Suite struct TokenCompressionTests {
    private static let name = "patch-1x2x2"
    /// 3 x 5 x 7 tokens.
    private static let latent = seeded([16, 3, 10, 14])

    private static func golden(_ precision: Precision = .float32, threads: Int = 2) throws
        -> GoldenTransformer
    {
        try GoldenTransformer(
            name, latent: latent, settings: TransformerSettings(precision: precision),
            on: Workers(threads: threads))
    }

    private static func window(_ text: String) throws -> TokenWindow { try #require(TokenWindow(text)) }

    private static func merging(_ ratio: Double, _ text: String, _ blocks: IndexRange = .all) throws
        -> TokenMerging
    { TokenMerging(ratio: ratio, window: try window(text), blocks: blocks) }

    private static func window(_ size: String, _ tile: String, _ blocks: IndexRange = .all) throws
        -> AttentionWindow
    { AttentionWindow(size: try window(size), tile: try window(tile), blocks: blocks) }

    private func check(_ compression: TokenCompression) throws {
        let golden = try Self.golden()
        let found = try golden.velocity(leavingOut: compression)
        let expected = try CompressionTwin(Self.name, golden: golden, leavingOut: compression).velocity()
        #expect(relativeError(found, expected) <= 1e-5, "\(relativeError(found, expected))")
        let plain = try golden.velocity()
        #expect(relativeError(found, plain) > 1e-3, "nothing was left out")
        // 8 bits round what is left out alike, so they stay as near to their own twin as to the plain forward.
        // So does half, ten times as near.
        for (precision, unit) in [(Precision.float16, 0.1), (.int8, 1)] {
            let rounded = try Self.golden(precision).velocity(leavingOut: compression)
            let error = relativeError(rounded, expected) / unit
            #expect(
                error > 1e-4 && error < (compression.merging == nil ? 0.03 : 0.1), "\(precision): \(error)")
        }
    }

    @Test(arguments: [
        (0.1, "1x2x2"), (0.5, "1x2x2"), (0.75, "1x2x2"), (0.5, "3x1x1"), (0.6, "2x3x4"), (0.3, "1x1x2"),
    ])
    func mergedTokensMatchTheTwin(ratio: Double, window: String) throws {
        var compression = TokenCompression()
        compression.merging = try Self.merging(ratio, window)
        try check(compression)
    }

    @Test(arguments: ["1x2x2", "2x1x1", "3x3x3", "1x1x2", "3x5x7"])
    func pooledKeysMatchTheTwin(window: String) throws {
        var compression = TokenCompression()
        compression.keyPooling = KeyPooling(window: try Self.window(window))
        try check(compression)
    }

    @Test(arguments: [
        ("1x5x7", "1x5x7"), ("3x2x4", "1x2x4"), ("1x1x1", "1x1x1"), ("2x3x3", "2x2x3"), ("3x4x4", "3x4x4"),
        ("1x3x5", "1x1x2"),
    ])
    func attentionWindowsMatchTheTwin(size: String, tile: String) throws {
        var compression = TokenCompression()
        compression.window = try Self.window(size, tile)
        try check(compression)
    }

    @Test func rangesOfBlocksAndCombinationsMatchTheTwin() throws {
        let (first, second) = (IndexRange(first: 0, last: 0), IndexRange(first: 1, last: nil))
        var compression = TokenCompression()
        compression.merging = try Self.merging(0.5, "1x2x2", first)
        try check(compression)
        compression.window = try Self.window("1x4x4", "1x2x4", second)
        try check(compression)
        compression.keyPooling = KeyPooling(window: try Self.window("1x2x2"))
        try check(compression)
        compression.merging = nil
        compression.window = try Self.window("3x2x4", "1x2x4")
        try check(compression)
    }

    @Test(arguments: ["0", "1", "0-"])
    func skippedBlocksMatchTheTwin(blocks: String) throws {
        var compression = TokenCompression()
        compression.skippedBlocks = try #require(IndexRange(blocks))
        let golden = try Self.golden()
        let found = try golden.velocity(leavingOut: compression)
        let expected = try CompressionTwin(Self.name, golden: golden, leavingOut: compression).velocity()
        #expect(relativeError(found, expected) <= 1e-5)
        #expect(relativeError(found, try golden.velocity()) > 1e-3, "nothing was left out")
    }

    /// What leaves out nothing is the plain forward, to the byte.
    @Test func leavingOutNothingIsThePlainForward() throws {
        for precision in Precision.allCases {
            let golden = try Self.golden(precision)
            let plain = try golden.velocity().values
            var compression = TokenCompression()
            compression.merging = try Self.merging(0, "1x2x2")
            compression.keyPooling = KeyPooling(window: try Self.window("1x1x1"))
            compression.window = try Self.window("3x5x7", "1x2x2")
            #expect(try golden.velocity(leavingOut: compression).values == plain)
            compression.merging = try Self.merging(0.5, "1x1x1")
            compression.window = nil
            #expect(try golden.velocity(leavingOut: compression).values == plain)
        }
    }

    @Test(arguments: Precision.allCases)
    func bytesDoNotDependOnThreads(precision: Precision) throws {
        var compression = TokenCompression()
        compression.merging = try Self.merging(0.5, "1x2x2", IndexRange(first: 0, last: 0))
        compression.keyPooling = KeyPooling(window: try Self.window("1x2x2"))
        compression.window = try Self.window("1x4x4", "1x2x4", IndexRange(first: 1, last: 1))
        let one = try Self.golden(precision, threads: 1).velocity(leavingOut: compression).values
        let three = try Self.golden(precision, threads: 3).velocity(leavingOut: compression).values
        #expect(one == three)
    }

    @Test func aNotANumberStaysVisible() throws {
        var broken = Self.latent
        broken.withMutableValues { $0[5] = .nan }
        let golden = try GoldenTransformer(Self.name, latent: broken)
        var compression = TokenCompression()
        compression.merging = try Self.merging(0.5, "1x2x2")
        #expect(try golden.velocity(leavingOut: compression).values.contains { $0.isNaN })
    }

    /// The number of tokens follows from ratio and grid, rests at the edges included.
    @Test func countsAreKnownFromTheGrid() throws {
        let grid = try Self.golden().patchifier.grid  // 3 x 5 x 7
        for (ratio, window, tokens) in [
            (0.0, "1x2x2", 105), (0.5, "1x2x2", 105 - 53), (0.75, "1x2x2", 3 * 3 * 4), (0.1, "1x2x2", 94),
            (0.75, "3x5x7", 26), (0.5, "1x1x1", 105),
        ] {
            #expect(
                try Self.merging(ratio, window).tokens(afterMerging: grid) == tokens, "\(ratio) \(window)")
        }
        #expect(KeyPooling(window: try Self.window("2x2x2")).keys(afterPooling: grid) == 2 * 3 * 4)
        #expect(try Self.window("1x4x4", "1x2x4").keysSeen(in: grid) == 9...16)
        #expect(try Self.window("9x9x9", "1x2x4").keysSeen(in: grid) == 105...105)
    }

    /// Every tile meets equally many, itself among them, also at the edges.
    @Test(arguments: [("1x3x5", "1x1x2"), ("2x2x2", "1x1x1"), ("3x4x4", "3x2x2")])
    func everyTileMeetsAsMany(size: String, tile: String) throws {
        let grid = try Self.golden().patchifier.grid
        let window = try Self.window(size, tile)
        let seen = try #require(window.tilesSeen(in: grid))
        #expect(Set(seen.map(\.count)).count == 1)
        for (index, tiles) in seen.enumerated() { #expect(tiles.contains(index) && tiles == tiles.sorted()) }
    }
}
