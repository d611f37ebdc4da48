import Foundation
import Patching
import Tensors
import TestSupport
import Testing

/// One latent and how it is cut.
struct PatchCase: CustomTestStringConvertible {
    var channels = 3
    let patch: PatchSize
    let grid: (frames: Int, rows: Int, columns: Int)
    /// Cells that the latent lacks along each axis for whole tokens.
    var lacks = (frames: 0, rows: 0, columns: 0)

    var latentShape: [Int] {
        [
            channels, grid.frames * patch.time - lacks.frames, grid.rows * patch.height - lacks.rows,
            grid.columns * patch.width - lacks.columns,
        ]
    }
    var patchifier: Patchifier {
        Patchifier(patch, frames: latentShape[1], height: latentShape[2], width: latentShape[3])
    }
    var testDescription: String { "\(latentShape) in \(patch)" }

    static let all = [
        PatchCase(channels: 1, patch: PatchSize(time: 1, height: 1, width: 1), grid: (1, 1, 1)),
        PatchCase(patch: PatchSize(time: 1, height: 1, width: 1), grid: (2, 3, 5)),
        PatchCase(channels: 16, patch: PatchSize(time: 1, height: 2, width: 2), grid: (3, 3, 5)),
        PatchCase(patch: PatchSize(time: 1, height: 2, width: 2), grid: (1, 7, 1)),
        PatchCase(patch: PatchSize(time: 2, height: 2, width: 2), grid: (3, 1, 3)),
        PatchCase(patch: PatchSize(time: 1, height: 4, width: 4), grid: (2, 3, 3)),
        PatchCase(channels: 5, patch: PatchSize(time: 3, height: 1, width: 2), grid: (2, 5, 7)),
        PatchCase(channels: 36, patch: PatchSize(time: 2, height: 3, width: 5), grid: (1, 2, 3)),
        PatchCase(patch: PatchSize(time: 2, height: 2, width: 2), grid: (3, 4, 2), lacks: (1, 1, 0)),
        PatchCase(patch: PatchSize(time: 2, height: 4, width: 4), grid: (1, 1, 1), lacks: (1, 3, 3)),
        PatchCase(
            channels: 5, patch: PatchSize(time: 3, height: 1, width: 4), grid: (2, 3, 2), lacks: (2, 0, 1)),
    ]
}

/// The slow twin: takes the six coordinates of each value apart and puts them together in another order.
/// `isInside` says whether a value of a token is one of the latent or repeats the last one of an axis.
private func eachPlace(
    _ test: PatchCase,
    _ body: (_ latent: Int, _ token: Int, _ channelOuter: Int, _ channelInner: Int, _ isInside: Bool) -> Void
) {
    let (patch, grid, channels) = (test.patch, test.grid, test.channels)
    let sides = [patch.time, patch.height, patch.width]
    for token in 0..<grid.frames * grid.rows * grid.columns {
        let place = coordinates(of: token, in: [grid.frames, grid.rows, grid.columns])
        for outer in 0..<channels * patch.cells {
            let value = coordinates(of: outer, in: [channels] + sides)
            let cell = (0..<3).map { place[$0] * sides[$0] + value[$0 + 1] }
            let inside = (0..<3).map { min(cell[$0], test.latentShape[$0 + 1] - 1) }
            body(
                index(of: [value[0]] + inside, in: test.latentShape), token, outer,
                index(of: value[1...] + [value[0]], in: sides + [channels]), cell == inside)
        }
    }
}

private func coordinates(of index: Int, in shape: [Int]) -> [Int] {
    var rest = index
    return shape.reversed().map { side in
        defer { rest /= side }
        return rest % side
    }.reversed()
}

private func index(of coordinates: some Sequence<Int>, in shape: [Int]) -> Int {
    zip(coordinates, shape).reduce(0) { $0 * $1.1 + $1.0 }
}

@Test(arguments: PatchCase.all)
func patchifyPutsTheChannelOutermost(test: PatchCase) {
    let latent = seeded(test.latentShape)
    let (tokens, width) = (test.patchifier.grid.tokens, test.channels * test.patch.cells)
    var expected = [Float](repeating: .nan, count: tokens * width)
    let values = latent.values
    eachPlace(test) { index, token, outer, _, _ in expected[token * width + outer] = values[index] }
    let found = test.patchifier.patchify(latent)
    #expect(largestDifference(found, Tensor(expected, shape: [tokens, width])) == 0)
}

@Test(arguments: PatchCase.all)
func unpatchifyTakesTheChannelInnermost(test: PatchCase) {
    let width = test.channels * test.patch.cells
    let tokens = seeded([test.patchifier.grid.tokens, width])
    var expected = [Float](repeating: .nan, count: test.latentShape.reduce(1, *))
    let values = tokens.values
    eachPlace(test) { index, token, _, inner, isInside in
        if isInside { expected[index] = values[token * width + inner] }
    }
    let found = test.patchifier.unpatchify(tokens)
    #expect(largestDifference(found, Tensor(expected, shape: test.latentShape)) == 0)
}

/// What an ideal transformer does between the two ends: it moves the channel from the outside to the inside.
@Test(arguments: PatchCase.all)
func aLatentComesBackWhenTheChannelMovesInside(test: PatchCase) {
    let latent = seeded(test.latentShape, seed: 3)
    let tokens = test.patchifier.patchify(latent)
    let (channels, cells) = (test.channels, test.patch.cells)
    let outer = tokens.values
    let inner = outer.indices.map { index in
        let (token, value) = index.quotientAndRemainder(dividingBy: channels * cells)
        return outer[token * channels * cells + value % channels * cells + value / channels]
    }
    let back = test.patchifier.unpatchify(Tensor(inner, shape: tokens.shape))
    #expect(largestDifference(back, latent) == 0)
}

@Test func aGridCountsTokens() {
    let grid = TokenGrid(of: PatchSize(time: 1, height: 2, width: 2), frames: 21, height: 60, width: 104)
    #expect((grid.frames, grid.rows, grid.columns) == (21, 30, 52))
    #expect(grid.tokens == 32_760)
}

@Test func aGridCoversWhatThePatchSizeDoesNotDivide() {
    let grid = TokenGrid(of: PatchSize(time: 2, height: 4, width: 4), frames: 5, height: 7, width: 9)
    #expect((grid.frames, grid.rows, grid.columns) == (3, 2, 3))
    let one = TokenGrid(of: PatchSize(time: 2, height: 4, width: 4), frames: 1, height: 1, width: 1)
    #expect(one.tokens == 1)
}

/// By hand: three cells in patches of two, of which the last is repeated.
@Test func theLastCellIsRepeatedAndDroppedAgain() {
    let patchifier = Patchifier(PatchSize(time: 1, height: 1, width: 2), frames: 1, height: 1, width: 3)
    let tokens = patchifier.patchify(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 1, 1, 3]))
    #expect(tokens.shape == [2, 4] && tokens.values == [1, 2, 4, 5, 3, 3, 6, 6])
    let latent = patchifier.unpatchify(Tensor([1, 4, 2, 5, 3, 6, .nan, .nan], shape: [2, 4]))
    #expect(latent.shape == [2, 1, 1, 3] && latent.values == [1, 2, 3, 4, 5, 6])
}
