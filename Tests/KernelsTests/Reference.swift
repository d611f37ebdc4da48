import Foundation
import Kernels
import Tensors

/// The slow twins: plain loops in double precision.
enum Reference {
    static func linear(_ x: Tensor, _ weight: Tensor, bias: Tensor) -> Tensor {
        let (rows, depth, columns) = (x.shape[0], x.shape[1], weight.shape[0])
        let (xs, ws, bs) = (x.values, weight.values, bias.values)
        var result: [Float] = []
        for row in 0..<rows {
            for column in 0..<columns {
                var sum = Double(bs[column])
                for k in 0..<depth { sum += Double(xs[row * depth + k]) * Double(ws[column * depth + k]) }
                result.append(Float(sum))
            }
        }
        return Tensor(result, shape: [rows, columns])
    }

    /// The product of rows and weights that were rounded to 255 levels each, between minus and plus the largest.
    static func int8Linear(_ x: Tensor, _ weight: Tensor, bias: Tensor) -> Tensor {
        linear(rounded(x), rounded(weight), bias: bias)
    }

    private static func rounded(_ x: Tensor) -> Tensor {
        let (width, all) = (x.shape[1], x.values)
        let values = (0..<x.shape[0]).flatMap { row -> [Float] in
            let line = all[row * width..<(row + 1) * width]
            let largest = line.reduce(0) { max($0, abs($1)) }
            guard largest > 0 else { return Array(line) }
            return line.map { ($0 * (127 / largest)).rounded(.toNearestOrEven) * (largest / 127) }
        }
        return Tensor(values, shape: x.shape)
    }

    /// The product of rows and weights that were rounded to half, each divided by its power of two before.
    ///
    /// - Parameter inHalf: whether sums of 32 products are made in half, each addition rounded, as levels do that multiply
    ///   halves; those of all products are exact in either case
    static func halfLinear(
        _ x: Tensor, _ weight: Tensor, bias: Tensor, inHalf: Bool = Machine.multipliesHalf
    ) -> Tensor {
        guard inHalf else { return linear(halved(x), halved(weight), bias: bias) }
        let (rows, columns) = (halves(x), halves(weight))
        let values = rows.flatMap { row in
            zip(columns, bias.values).map { column, bias in
                Float(sumOfRuns(row.values, column.values) * row.scale * column.scale) + bias
            }
        }
        return Tensor(values, shape: [rows.count, columns.count])
    }

    /// A sum of two halves' product and a half is exact in fp64, so that it is rounded once, as by a fused multiplication.
    private static func sumOfRuns(_ a: [Double], _ b: [Double]) -> Double {
        stride(from: 0, to: a.count, by: 32).reduce(0) { total, first in
            let run = (first..<min(first + 32, a.count)).reduce(Float16(0)) {
                Float16(Double($0) + a[$1] * b[$1])
            }
            return total + Double(run)
        }
    }

    /// Each row divided by its scale and rounded to half.
    private static func halves(_ x: Tensor) -> [(values: [Double], scale: Double)] {
        let width = x.shape[1]
        return (0..<x.shape[0]).map { row in
            let values = Array(x.values[row * width..<(row + 1) * width])
            let scale = halfScale(values)
            return (values.map { Double(Float16($0 / scale)) }, Double(scale))
        }
    }

    private static func halfScale(_ values: [Float]) -> Float {
        let largest = values.reduce(0) { max($0, abs($1)) }
        return largest > 0 ? Float(sign: .plus, exponent: largest.exponent - 3, significand: 1) : 1
    }

    private static func halved(_ x: Tensor) -> Tensor {
        let width = x.shape[1]
        let values = x.values
        let rows = (0..<x.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
        return Tensor(rows.flatMap { halved($0) }, shape: x.shape)
    }

    private static func halved(_ values: [Float]) -> [Float] {
        let scale = halfScale(values)
        return values.map { Float(Float16($0 / scale)) * scale }
    }

    /// Attention of queries, keys and values that were rounded to half; weights are not rounded.
    static func halfAttention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, scale: Double, bias: Tensor? = nil,
        within runs: [[Range<Int>]]? = nil
    ) -> Tensor {
        let width = q.shape[1] / heads
        // Keys of a head have one scale, and so have values; the rows of a query have one for each head.
        let all = { (x: Tensor, rows: Int) -> Tensor in
            var values = x.values
            for first in stride(from: 0, to: x.shape[0], by: rows) {
                for head in 0..<heads {
                    let places = (first..<min(first + rows, x.shape[0])).flatMap { row in
                        (0..<width).map { row * x.shape[1] + head * width + $0 }
                    }
                    let rounded = halved(places.map { values[$0] })
                    for (place, value) in zip(places, rounded) { values[place] = value }
                }
            }
            return Tensor(values, shape: x.shape)
        }
        return attention(
            all(q, 1), all(k, k.shape[0]), all(v, v.shape[0]), heads: heads, scale: scale, bias: bias,
            within: runs)
    }

    static func gelu(_ x: Tensor) -> Tensor {
        let values = x.values.map { value -> Float in
            let x = Double(value)
            return Float(0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))))
        }
        return Tensor(values, shape: x.shape)
    }

    /// `base[first...] += x * gate`
    static func sum(_ base: Tensor, _ x: Tensor, gate: Tensor?, fromRow first: Int) -> Tensor {
        let (width, gates) = (base.shape[1], gate?.values)
        var values = base.values
        for (index, value) in x.values.enumerated() {
            values[first * width + index] += value * (gates?[index % width] ?? 1)
        }
        return Tensor(values, shape: base.shape)
    }

    /// - Parameters:
    ///   - bias: `[heads, queries, keys]` or `[1, 1, keys]`
    ///   - runs: for each query the keys that it meets; nil means all
    static func attention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, scale: Double, bias: Tensor? = nil,
        within runs: [[Range<Int>]]? = nil
    ) -> Tensor {
        let (queries, keys, width) = (q.shape[0], k.shape[0], q.shape[1])
        let head = width / heads
        let (qs, ks, vs, bs) = (q.values, k.values, v.values, bias?.values)
        var result = [Float](repeating: 0, count: queries * width)
        for h in 0..<heads {
            for i in 0..<queries {
                var scores = (0..<keys).map { j in
                    (0..<head).reduce(0.0) {
                        $0 + Double(qs[i * width + h * head + $1]) * Double(ks[j * width + h * head + $1])
                    } * scale + Double(bs?[bs?.count == keys ? j : (h * queries + i) * keys + j] ?? 0)
                }
                for j in 0..<keys where runs?[i].contains(where: { $0.contains(j) }) == false {
                    scores[j] = -.infinity
                }
                let top = scores.reduce(-Double.infinity) { $1 > $0 ? $1 : $0 }
                scores = scores.map { exp($0 - top) }
                let sum = scores.reduce(0, +)
                for d in 0..<head {
                    let value = (0..<keys).reduce(0.0) {
                        $0 + scores[$1] * Double(vs[$1 * width + h * head + d])
                    }
                    result[i * width + h * head + d] = Float(value / sum)
                }
            }
        }
        return Tensor(result, shape: [queries, width])
    }

    /// The same in 8 bits: queries and keys (less the mean key) rounded row by row, values channel by channel, weights to
    /// 255ths of the largest of each tile of keys.
    static func int8Attention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, heads: Int, scale: Double, tile: Int,
        within runs: [[Range<Int>]]? = nil
    ) -> Tensor {
        let (queries, keys, width) = (q.shape[0], k.shape[0], q.shape[1])
        let head = width / heads
        var result = [Float](repeating: 0, count: queries * width)
        for h in 0..<heads {
            let part = { (x: Tensor) -> Tensor in
                let values = x.values
                let line = { (row: Int) in values[row * width + h * head..<row * width + (h + 1) * head] }
                return Tensor((0..<x.shape[0]).flatMap(line), shape: [x.shape[0], head])
            }
            let (qs, ks) = (rounded(part(q)).values, rounded(withoutMean(part(k))).values)
            let vs = transposed(rounded(transposed(part(v)))).values
            for i in 0..<queries {
                let scores = (0..<keys).map { j in
                    (0..<head).reduce(0.0) { $0 + Double(qs[i * head + $1]) * Double(ks[j * head + $1]) }
                        * scale
                }
                let runs = runs?[i] ?? [0..<keys]
                let top = runs.flatMap { scores[$0] }.max() ?? 0
                var weights = [Double](repeating: 0, count: keys)
                for run in runs {
                    for first in stride(from: run.lowerBound, to: run.upperBound, by: tile) {
                        let part = first..<min(first + tile, run.upperBound)
                        let highest = scores[part].max() ?? 0
                        for key in part {
                            let weight = (exp(scores[key] - highest) * 255).rounded(.toNearestOrEven)
                            weights[key] = weight * exp(highest - top)
                        }
                    }
                }
                let sum = weights.reduce(0, +)
                for d in 0..<head {
                    let value = (0..<keys).reduce(0.0) { $0 + weights[$1] * Double(vs[$1 * head + d]) }
                    result[i * width + h * head + d] = Float(value / sum)
                }
            }
        }
        return Tensor(result, shape: [queries, width])
    }

    private static func withoutMean(_ x: Tensor) -> Tensor {
        let (rows, width, values) = (x.shape[0], x.shape[1], x.values)
        let mean = (0..<width).map { column in
            (0..<rows).reduce(Float(0)) { $0 + values[$1 * width + column] } / Float(rows)
        }
        return Tensor(values.enumerated().map { $1 - mean[$0 % width] }, shape: x.shape)
    }

    private static func transposed(_ x: Tensor) -> Tensor {
        let (rows, width, values) = (x.shape[0], x.shape[1], x.values)
        let turned = (0..<width).flatMap { column in (0..<rows).map { values[$0 * width + column] } }
        return Tensor(turned, shape: [width, rows])
    }

    /// `frames` with border, weight `[taps, in, out]`; see `convolve`.
    static func convolve(
        _ frames: [Tensor], weight: Tensor, bias: Tensor, kernel: [Int], timeStride: Int, spaceStride: Int
    ) -> Tensor {
        let (rows, columns, channels) = (frames[0].shape[0], frames[0].shape[1], frames[0].shape[2])
        let out = weight.shape[2]
        let times = (frames.count - kernel[0]) / timeStride + 1
        let height = (rows - kernel[1]) / spaceStride + 1
        let width = (columns - kernel[2]) / spaceStride + 1
        let (fs, ws, bs) = (frames.map(\.values), weight.values, bias.values)
        var result: [Float] = []
        for t in 0..<times {
            for y in 0..<height {
                for x in 0..<width {
                    var sums = bs.map(Double.init)
                    for tap in 0..<kernel.reduce(1, *) {
                        let (dt, dy, dx) = (
                            tap / (kernel[1] * kernel[2]), tap / kernel[2] % kernel[1], tap % kernel[2]
                        )
                        let pixel = (y * spaceStride + dy) * columns + x * spaceStride + dx
                        for c in 0..<channels {
                            let value = Double(fs[t * timeStride + dt][pixel * channels + c])
                            for o in 0..<out { sums[o] += value * Double(ws[(tap * channels + c) * out + o]) }
                        }
                    }
                    result += sums.map(Float.init)
                }
            }
        }
        return Tensor(result, shape: [times, height, width, out])
    }
}
