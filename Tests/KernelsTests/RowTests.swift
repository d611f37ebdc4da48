import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

@Suite(.serialized) struct RowTests {
    static let widths = [1, 15, 16, 17, 100]
    let workers = Workers(threads: 2)

    @Test(arguments: widths)
    func layerNormMatchesReference(width: Int) {
        let x = seeded([5, width])
        let scale = seeded([width], seed: 2)
        let shift = seeded([width], seed: 3)
        let expected = mapRows(x) { row in
            let mean = row.reduce(0, +) / Double(width)
            let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(width)
            return row.enumerated().map { index, value in
                (value - mean) / (variance + 1e-6).squareRoot() * Double(scale.values[index])
                    + Double(shift.values[index])
            }
        }
        let found = layerNorm(x, epsilon: 1e-6, scale: scale, shift: shift, on: workers)
        #expect(largestDifference(found, expected) <= 2e-5)
        let ones = Tensor(repeating: 1, shape: [width])
        let zeros = Tensor(shape: [width])
        let plain = layerNorm(x, epsilon: 1e-6, scale: nil, shift: nil, on: workers)
        let withOnes = layerNorm(x, epsilon: 1e-6, scale: ones, shift: zeros, on: workers)
        #expect(largestDifference(plain, withOnes) <= 1e-6)
    }

    @Test(arguments: widths)
    func rmsAndLengthNormsMatchReference(width: Int) {
        let x = seeded([3, width])
        let weight = seeded([width], seed: 2)
        let weights = weight.values.map(Double.init)
        let rms = mapRows(x) { row in
            let mean = row.map { $0 * $0 }.reduce(0, +) / Double(width)
            return zip(row, weights).map { $0 / (mean + 1e-6).squareRoot() * $1 }
        }
        let length = mapRows(x) { row in
            let norm = row.map { $0 * $0 }.reduce(0, +).squareRoot()
            return zip(row, weights).map { $0 / max(norm, 1e-12) * $1 }
        }
        #expect(largestDifference(rmsNorm(x, epsilon: 1e-6, weight: weight, on: workers), rms) <= 1e-5)
        #expect(largestDifference(l2Norm(x, gain: weight, on: workers), length) <= 1e-6)
        #expect(l2Norm(Tensor(shape: [1, width]), gain: weight, on: workers).values.allSatisfy { $0 == 0 })
    }

    @Test func activationsMatchReferenceFarOut() {
        let points: [Float] = [-100, -87.5, -20, -5, -1, -1e-4, 0, 1e-4, 0.5, 1, 3, 20, 90, 1000]
        var gelus = Tensor(points, shape: [1, points.count])
        var silus = gelus
        var exact = gelus
        var quick = gelus
        exactGELU(&exact, on: workers)
        quickGELU(&quick, on: workers)
        gelu(&gelus, on: workers)
        silu(&silus, on: workers)
        for (index, point) in points.enumerated() {
            let x = Double(point)
            let expectedGelu = 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
            #expect(abs(Double(gelus.values[index]) - expectedGelu) <= 1e-6 * max(1, abs(x)))
            let expectedExact = 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
            #expect(abs(Double(exact.values[index]) - expectedExact) <= 1e-6 * max(1, abs(x)))
            #expect(abs(Double(quick.values[index]) - x / (1 + exp(-1.702 * x))) <= 1e-6 * max(1, abs(x)))
            #expect(abs(Double(silus.values[index]) - x / (1 + exp(-x))) <= 1e-6 * max(1, abs(x)))
        }
        var broken = Tensor([.nan, 1], shape: [1, 2])
        silu(&broken, on: workers)
        #expect(broken.values[0].isNaN && !broken.values[1].isNaN)
    }

    @Test func rotationTurnsPairs() {
        var x = Tensor([1, 0, 0, 1, 2, 0, 0, 2], shape: [1, 8])
        let quarter = Tensor([0, 1], shape: [1, 2])
        x.rotate(heads: 2, cosine: quarter, sine: Tensor([1, 0], shape: [1, 2]), on: workers)
        #expect(x.values == [0, 1, 0, 1, 0, 2, 0, 2])
    }

    @Test func gatedAdditionAndProduct() {
        var x = Tensor([1, 2, 3, 4], shape: [2, 2])
        x.add(Tensor([1, 1, 2, 2], shape: [2, 2]), gatedBy: Tensor([10, 0], shape: [2]), on: workers)
        #expect(x.values == [11, 2, 23, 4])
        x.multiply(by: Tensor([1, 2, 0, -1], shape: [2, 2]), on: workers)
        #expect(x.values == [11, 4, 0, -4])
    }

    private func mapRows(_ x: Tensor, _ body: ([Double]) -> [Double]) -> Tensor {
        let width = x.width
        let values = stride(from: 0, to: x.count, by: width).flatMap { start in
            body(x.values[start..<start + width].map(Double.init)).map { Float($0) }
        }
        return Tensor(values, shape: x.shape)
    }
}
