import Foundation
internal import Tensors

/// Unified predictor-corrector of order 2 with `B(h) = exp(h) - 1`, on predictions of the clean latent.
///
/// Each step first corrects the latent with the prediction made there, then predicts the next. The first and
/// the last step are of order 1.
///
/// - Source: Zhao et al., arXiv 2302.04867; diffusers 0.42.1 `scheduling_unipc_multistep.py` with
///   `solver_type` "bh2", `predict_x0`, `lower_order_final`
struct UniPCSolver: Solver {
    private let sigmas: [Double]
    private(set) var memory: SolverMemory

    init(sigmas: [Float], memory: SolverMemory) {
        self.sigmas = sigmas.map(Double.init)
        self.memory = memory
    }

    /// Order of one step; the corrector goes by that of the step before.
    private func order(of step: Int) -> Int { min(2, step + 1, sigmas.count - 1 - step) }

    mutating func next(after latent: Tensor, velocity: Tensor, step: Int) -> Tensor {
        let clean = Tensor.sum([(1, latent), (-Float(sigmas[step]), velocity)])
        let corrected = memory.lastLatent.map { correct($0, with: clean, step: step) } ?? latent
        memory.predictions = memory.predictions.suffix(1) + [clean]
        memory.lastLatent = corrected
        return predict(from: corrected, step: step)
    }

    private func predict(from latent: Tensor, step: Int) -> Tensor {
        let move = Move(from: sigmas[step], to: sigmas[step + 1])
        let predictions = memory.predictions
        let newest = predictions[predictions.count - 1]
        var terms = move.firstOrder(latent: latent, clean: newest)
        if order(of: step) == 2 {
            let ratio = move.ratio(ofEarlier: sigmas[step - 1])
            terms += move.change(from: newest, to: predictions[0], weight: 0.5 / ratio)
        }
        return Tensor.sum(terms)
    }

    private func correct(_ latent: Tensor, with clean: Tensor, step: Int) -> Tensor {
        let move = Move(from: sigmas[step - 1], to: sigmas[step])
        let predictions = memory.predictions
        let newest = predictions[predictions.count - 1]
        var terms = move.firstOrder(latent: latent, clean: newest)
        if order(of: step - 1) == 2 {
            let ratio = move.ratio(ofEarlier: sigmas[step - 2])
            let weights = move.correctorWeights(ratio: ratio)
            terms += move.change(from: newest, to: predictions[0], weight: weights.earlier / ratio)
            terms += move.change(from: newest, to: clean, weight: weights.here)
        } else {
            terms += move.change(from: newest, to: clean, weight: 0.5)
        }
        return Tensor.sum(terms)
    }
}

/// One move between two noise levels, in the half-logarithm of the signal-to-noise ratio `log((1 - sigma) /
/// sigma)`.
private struct Move {
    let from: Double
    let to: Double

    private static func logRatio(_ sigma: Double) -> Double { log(1 - sigma) - log(sigma) }

    /// `-h`; minus infinity when the move ends without noise.
    private var exponent: Double { Self.logRatio(from) - Self.logRatio(to) }

    /// `exp(-h) - 1`
    private var growth: Double { expm1(exponent) }

    func firstOrder(latent: Tensor, clean: Tensor) -> [(factor: Float, tensor: Tensor)] {
        [(Float(to / from), latent), (Float(-(1 - to) * growth), clean)]
    }

    /// The term for a prediction that changed from `start` to `end`.
    func change(from start: Tensor, to end: Tensor, weight: Double) -> [(factor: Float, tensor: Tensor)] {
        let factor = Float(-(1 - to) * growth * weight)
        return [(factor, end), (-factor, start)]
    }

    /// How far back an earlier level lies, as a share of this move; negative.
    func ratio(ofEarlier sigma: Double) -> Double { (Self.logRatio(sigma) - Self.logRatio(from)) / -exponent }

    /// Weights of the corrector of order 2 (solution of the 2x2 system in section 3 of the paper).
    func correctorWeights(ratio: Double) -> (earlier: Double, here: Double) {
        let first = growth / exponent - 1
        let second = first / exponent - 0.5
        let (b1, b2) = (first / growth, 2 * second / growth)
        let earlier = (b1 - b2) / (1 - ratio)
        return (earlier, b1 - earlier)
    }
}
