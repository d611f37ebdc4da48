internal import Tensors

extension GenerationRun {
    /// The stages of the run without memory and without work: the same code on tensors that nobody fills, so that a plan
    /// cannot drift away from what is run. Configurations, headers of weight files, pictures and the tokenizer are read.
    ///
    /// - Throws: what the run would throw before it computes
    func rehearse() throws -> (books: LedgerReport, stepTokens: [Int]) {
        let ledger = MemoryLedger(savings, isPlan: true)
        return try RunScope.of(ledger) {
            let log = RunLog()
            let pictures = try PictureInput(settings)
            let sampling = try LatentSampling(settings, of: directory)
            // A run keeps where it stands for the case that it fails.
            var kept = sampling.start
            let latent = try cleanLatent(sampling, showing: pictures, from: kept, log) {
                kept = $0.kept(inCheckpoint: options.checkpoint != nil)
            }
            try withExtendedLifetime(kept) { try decodeFrames(of: latent, log) { _ in } }
            return (ledger.report, sampling.stepTokens)
        }
    }
}
