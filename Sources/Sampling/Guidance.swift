package import Tensors

/// `unconditional + scale * (conditional - unconditional)`: classifier-free guidance (Ho and Salimans, arXiv
/// 2207.12598).
package func guide(_ conditional: Tensor, awayFrom unconditional: Tensor, scale: Float) -> Tensor {
    Tensor.sum([(scale, conditional), (1 - scale, unconditional)])
}

/// The unconditional velocity times the factor that brings it nearest to the conditional one, so that guidance leads along
/// what differs in direction, and not in length.
///
/// - Source: CFG-Zero* (Fan et al., arXiv 2503.18886), section 3.2; diffusers 0.42.1
///   `guiders/classifier_free_zero_star_guidance.py`, `cfg_zero_star_scale`
package func fitted(_ unconditional: Tensor, to conditional: Tensor) -> Tensor {
    guard unconditional.isFilled, conditional.isFilled else { return Tensor.sum([(1, unconditional)]) }
    var (together, alone) = (0.0, 1e-8)
    for (towards, away) in zip(conditional.values, unconditional.values) {
        together += Double(towards) * Double(away)
        alone += Double(away) * Double(away)
    }
    return Tensor.sum([(Float(together / alone), unconditional)])
}
