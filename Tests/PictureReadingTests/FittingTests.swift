import PictureReading
import Pictures
import Tensors
import TestSupport
import Testing

@Suite struct FittingTests {
    private func picture(_ width: Int, _ height: Int) -> Frame {
        let pixels = seeded([height, width, 3]).values.map { UInt8(($0 + 1) * 127) }
        return Frame(width: width, height: height, pixels: pixels)
    }

    @Test func aPictureOfTheClipsSizeStaysAsItIs() {
        let frame = picture(32, 16)
        #expect(frame.fitted(width: 32, height: 16) == frame)
    }

    @Test(arguments: [
        ((100, 50), (64, 64), [25, 0, 50, 50]), ((50, 100), (64, 64), [0, 25, 50, 50]),
        ((64, 64), (832, 480), [0, 13, 64, 37]), ((1, 1000), (16, 16), [0, 499, 1, 1]),
        ((1000, 1), (16, 32), [499, 0, 1, 1]), ((128, 64), (64, 32), [0, 0, 128, 64]),
    ])
    func theMiddleIsKept(picture: (Int, Int), target: (Int, Int), part: [Int]) {
        let fitting = Fitting(
            (width: picture.0, height: picture.1), to: (width: target.0, height: target.1))
        #expect([fitting.left, fitting.top, fitting.width, fitting.height] == part)
        let fitted = self.picture(picture.0, picture.1).fitted(width: target.0, height: target.1)
        #expect(fitted.width == target.0 && fitted.height == target.1)
    }

    @Test func valuesAreThoseOfDiffusers() {
        let frame = Frame(width: 2, height: 1, pixels: [0, 255, 51, 128, 1, 254])
        #expect(frame.values.shape == [1, 2, 3])
        let expected: [Float] = [-1, 1, -0.6, 0.003921628, -0.99215686, 0.99215686]
        #expect(largestDifference(frame.values, Tensor(expected, shape: [1, 2, 3])) <= 1e-7)
    }
}
