import Foundation
package import Tensors

/// A number as waves of falling frequency, so that a linear layer can tell near numbers apart.
///
/// In Float throughout, because the models were trained with what Float makes of the angles.
///
/// - Parameters:
///   - number: a noise level in thousandths
///   - width: even
/// - Returns: `[1, width]`: cosines, then sines, of `number / 10000^(i / half)`
/// - Source: diffusers 0.42.1 `embeddings.py`, `get_timestep_embedding` with `flip_sin_to_cos`
package func sinusoid(of number: Float, width: Int) -> Tensor {
    let half = width / 2
    let angles = (0..<half).map { number * exp(-Float(log(10_000.0)) * Float($0) / Float(half)) }
    return Tensor(angles.map { cos($0) } + angles.map { sin($0) }, shape: [1, width])
}
