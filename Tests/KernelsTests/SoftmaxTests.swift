import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

/// Each level's softmax of one row of scores, a tile of keys at a time.
@Suite struct SoftmaxTests {
    private static let factor: Float = 0.7

    /// Around the edges of what is computed at once; scores far enough apart for weights of e^-50. A score is rounded some times
    /// before the highest is taken from it, which its weight has for its error.
    @Test(arguments: [1, 3, 15, 16, 17, 63, 64, 65, 80, 130, 512], [false, true])
    func weightsMatchReference(count: Int, isBiased: Bool) {
        let first = seeded([count], seed: 5).values.map { $0 * 20 }
        let second = seeded([count], seed: 6).values.map { $0 * 20 + 5 }
        let bias = isBiased ? seeded([count], seed: 7).values : nil
        for level in kernelLevels() {
            let name = String(cString: level.name)
            var (maximum, sum, total, top) = (-Float.infinity, Float(0), 0.0, -Double.infinity)
            for scores in [first, second] {
                let logits = logits(scores, bias)
                let highest = max(top, logits.max() ?? top)
                let wanted = logits.map { exp($0 - highest) }
                total = total * exp(top - highest) + wanted.reduce(0, +)
                var weights = scores
                let rescale = level.softmax_step(&weights, bias, count, Self.factor, &maximum, &sum)
                #expect(abs(Double(rescale) - exp(top - highest)) <= 2e-6, "\(name)")
                for (index, logit) in logits.enumerated() {
                    let bound = 2e-7 * (1 + abs(highest) + abs(logit)) * wanted[index] + 1e-37
                    #expect(
                        abs(Double(weights[index]) - wanted[index]) <= bound, "\(name), \(logit - highest)")
                }
                top = highest
            }
            #expect(abs(Double(maximum) * log(2) - top) <= 1e-5, "\(name)")
            #expect(abs(Double(sum) / total - 1) <= 1e-5, "\(name)")
        }
    }

    /// So that a mean of equal values is that value; wherever the largest stands.
    @Test(arguments: [1, 16, 70, 100])
    func theLargestScoreWeighsOne(count: Int) {
        for level in kernelLevels() {
            for place in 0...count {
                var (weights, maximum, sum) = (
                    [Float](repeating: 3.3, count: count), -Float.infinity, Float(0)
                )
                if place < count { weights[place] = 30 }
                _ = level.softmax_step(&weights, nil, count, Self.factor, &maximum, &sum)
                let ones = place < count ? [place] : Array(0..<count)
                #expect(
                    weights.indices.filter { weights[$0] == 1 } == ones,
                    "\(String(cString: level.name)), \(place)")
                #expect(abs(sum - Float(ones.count)) <= 1e-5)
            }
        }
    }

    @Test func keysThatAreOutWeighNothing() {
        let count = 40
        let bias = (0..<count).map { $0 % 3 == 0 ? -Float.infinity : 0 }
        for level in kernelLevels() {
            var (weights, maximum, sum) = (seeded([count], seed: 8).values, -Float.infinity, Float(0))
            _ = level.softmax_step(&weights, bias, count, Self.factor, &maximum, &sum)
            for (weight, bias) in zip(weights, bias) {
                #expect(bias == 0 ? weight > 0.01 : weight <= 1e-37, "\(String(cString: level.name))")
            }
        }
    }

    @Test(arguments: [0, 17, 39])
    func notANumberStaysVisible(place: Int) {
        for level in kernelLevels() {
            var (weights, maximum, sum) = (seeded([40], seed: 9).values, -Float.infinity, Float(0))
            weights[place] = .nan
            _ = level.softmax_step(&weights, nil, weights.count, Self.factor, &maximum, &sum)
            #expect(weights[place].isNaN && sum.isNaN, "\(String(cString: level.name))")
        }
    }

    private func logits(_ scores: [Float], _ bias: [Float]?) -> [Double] {
        scores.indices.map { Double(scores[$0]) * Double(Self.factor) + Double(bias?[$0] ?? 0) }
    }
}
