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
            let contexts = try encodePrompts(log)
            let guidance = try encodePictures(pictures, latentShape: sampling.shape, log)
            let latent = try sampleLatent(sampling, given: contexts, and: guidance, log)
            try decodeFrames(of: latent, log) { _ in }
            return (ledger.report, sampling.stepTokens)
        }
    }
}
