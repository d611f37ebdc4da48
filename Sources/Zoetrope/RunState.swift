internal import Sampling
internal import Tensors

/// Where a run stands between two steps: with the settings and the model, all that the steps left depend on.
struct RunState: Sendable {
    let sampling: SamplingState
    var reuse = ReuseState()

    /// Steps that are done.
    var step: Int { sampling.step }
    var latent: Tensor { sampling.latent }

    /// What is held for the case that the run fails: without a checkpoint only what the clip's latents need.
    func kept(inCheckpoint: Bool) -> RunState { inCheckpoint ? self : RunState(sampling: sampling) }
}

/// To a file and back, as tensors and texts by name.
extension RunState {
    /// What the names of the other steps' work begin with.
    private static let prefix = "reuse."

    var tensors: [(String, Tensor)] {
        sampling.tensors + reuse.tensors.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    var metadata: [String: String] { reuse.metadata }

    /// What ``tensors`` and ``metadata`` gave after so many steps.
    ///
    /// - Returns: nil where a run with these settings has other tensors after these steps, or other shapes
    init?(step: Int, tensors: [String: Tensor], metadata: [String: String], settings: SamplingSettings) {
        let own = tensors.filter { !$0.key.hasPrefix(Self.prefix) }
        guard let sampling = SamplingState(step: step, tensors: own, settings: settings) else { return nil }
        self.sampling = sampling
        reuse = ReuseState(
            tensors: tensors.filter { $0.key.hasPrefix(Self.prefix) }, metadata: metadata)
    }
}
