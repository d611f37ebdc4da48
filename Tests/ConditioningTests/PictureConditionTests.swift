import Conditioning
import Tensors
import TestSupport
import Testing

@Suite struct PictureConditionTests {
    private let latent = seeded([3, 4, 2, 5])

    private func value(_ tensor: Tensor, _ channel: Int, _ frame: Int, _ row: Int, _ column: Int) -> Float {
        tensor.values[
            ((channel * tensor.shape[1] + frame) * tensor.shape[2] + row) * tensor.shape[3] + column]
    }

    @Test func withoutPicturesAllIsZero() {
        let condition = PictureCondition(withoutPictures: [3, 4, 2, 5], maskChannels: 4)
        #expect(condition.values.shape == [7, 4, 2, 5])
        #expect(condition.values.values.allSatisfy { $0 == 0 })
    }

    @Test(arguments: [false, true])
    func theMaskIsOneWhereFramesAreGiven(hasLast: Bool) {
        let values = PictureCondition(of: latent, hasLast: hasLast, maskChannels: 4).values
        #expect(values.shape == [7, 4, 2, 5])
        for channel in 0..<4 {
            for frame in 0..<4 {
                let isGiven = frame == 0 || hasLast && frame == 3 && channel == 3
                for cell in 0..<10 {
                    #expect(value(values, channel, frame, cell / 5, cell % 5) == (isGiven ? 1 : 0))
                }
            }
        }
        #expect(values.rows(4..<7).values == latent.values)
    }

    @Test func theVideoIsGreyBetweenItsEnds() {
        let (first, last) = (seeded([2, 2, 3]), seeded([2, 2, 3], seed: 2))
        let grey = Tensor(shape: [2, 2, 3])
        let both = Array(conditionVideo(first: first, last: last, frames: 5))
        #expect(both.map(\.values) == [first, grey, grey, grey, last].map(\.values))
        let one = Array(conditionVideo(first: first, last: nil, frames: 3))
        #expect(one.map(\.values) == [first, grey, grey].map(\.values))
        #expect(Array(conditionVideo(first: first, last: nil, frames: 1)).map(\.values) == [first.values])
    }

    @Test func tracksCopyTheFirstFrameAndLeaveTheMask() {
        let condition = PictureCondition(of: latent, hasLast: false, maskChannels: 4)
        let a: [Cell?] = [Cell(row: 0, column: 0), Cell(row: 1, column: 2), nil, Cell(row: 0, column: 4)]
        let b: [Cell?] = [Cell(row: 1, column: 1), Cell(row: 1, column: 2), Cell(row: 0, column: 3), nil]
        let unseen: [Cell?] = [nil, Cell(row: 0, column: 1), nil, nil]
        for (order, winner) in [([0, 1, 2], b), ([2, 1, 0], a)] {
            let drawn = condition.drawing([a, b, unseen], order: order).values
            var expected = condition.values.values
            func copy(_ from: Cell?, _ frame: Int, _ row: Int, _ column: Int) {
                guard let from else { return }
                for channel in 4..<7 {
                    expected[((channel * 4 + frame) * 2 + row) * 5 + column] = value(
                        condition.values, channel, 0, from.row, from.column)
                }
            }
            copy(winner[0], 1, 1, 2)
            copy(a[0], 3, 0, 4)
            copy(b[0], 2, 0, 3)
            #expect(drawn.values == expected)
        }
    }

    @Test func theOrderDependsOnTheSeedAlone() {
        #expect(drawingOrder(count: 20, seed: 3) == drawingOrder(count: 20, seed: 3))
        #expect(drawingOrder(count: 20, seed: 3) != drawingOrder(count: 20, seed: 4))
        for count in [0, 1, 2, 15, 16, 17, 256] {
            #expect(drawingOrder(count: count, seed: 9).sorted() == Array(0..<count))
        }
    }
}
