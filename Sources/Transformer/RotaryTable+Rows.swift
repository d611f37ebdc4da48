internal import Kernels
internal import Tensors

extension RotaryTable {
    /// The positions of these tokens, in their order.
    func gathered(rows: [Int], on workers: Workers) -> RotaryTable {
        RotaryTable(
            cosine: cosine.gathered(rows: rows, on: workers), sine: sine.gathered(rows: rows, on: workers))
    }

    /// The positions half-way between two tokens each.
    ///
    /// The sum of two directions points half-way between them as long as they are less than half a turn apart. Tokens
    /// that are neighbours along every axis are, where a token is up to three base tokens long: the fastest pair turns
    /// by 1 a base token. Where it is longer, that pair of a pooled key points the other way.
    func between(_ pairs: [(Int, Int)]) -> RotaryTable {
        let width = cosine.width
        var (cosines, sines): ([Float], [Float]) = ([], [])
        cosine.withValues { cosine in
            sine.withValues { sine in
                for (one, other) in pairs {
                    for pair in 0..<width {
                        let (x, y) = (
                            cosine[one * width + pair] + cosine[other * width + pair],
                            sine[one * width + pair] + sine[other * width + pair]
                        )
                        let length = (x * x + y * y).squareRoot()
                        cosines.append(x / length)
                        sines.append(y / length)
                    }
                }
            }
        }
        let shape = [pairs.count, width]
        return RotaryTable(cosine: Tensor(cosines, shape: shape), sine: Tensor(sines, shape: shape))
    }
}
