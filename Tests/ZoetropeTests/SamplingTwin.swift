import Checkpoints
import Foundation
import Patching
import Sampling
import Tensors
import TestSupport
import TextEncoding
import Transformer
import Zoetrope

/// Sampling of the embedded model with Euler, step by step in plain loops, told which passes a step computes.
struct SamplingTwin {
    private let settings: GenerationSettings
    private let transformer: DiT
    private let prompts: [PromptMemory]

    init(_ settings: GenerationSettings) throws {
        self.settings = settings
        let model = Goldens.root.appendingPathComponent("Weights/sprites")
        let workers = Workers(threads: 2)
        func weights(_ part: String) throws -> WeightScope {
            WeightScope(try Checkpoint(component: model.appendingPathComponent(part)))
        }
        let encoder = try TextEncoder(
            weights("text_encoder"),
            config: readConfig(
                TextEncoderConfig.self, at: model.appendingPathComponent("text_encoder/config.json")),
            on: workers)
        let tokenizer = try PromptTokenizer(directory: model.appendingPathComponent("tokenizer"))
        transformer = try DiT(
            weights("transformer"),
            config: readConfig(DiTConfig.self, at: model.appendingPathComponent("transformer/config.json")),
            on: workers)
        let texts = [settings.prompt, settings.negativePrompt]
        let contexts = try encoder.encode(try texts.map { try tokenizer.tokenize($0).ids })
        prompts = try contexts.map { [transformer] in try transformer.remember($0, slots: 512) }
    }

    /// - Parameter passes: of each step the conditional and the unconditional pass, such as `com+cac com+non`
    func latent(passes: String) throws -> Tensor {
        let shape = [16, 2, 8, 8]
        let schedule = NoiseSchedule(
            SamplingSettings(sampler: .euler, steps: settings.steps, shift: settings.shift))
        var noise = SeededNoise(seed: settings.seed)
        var latent = noise.normal(shape: shape)
        var others: [Int: Tensor] = [:]  // what all blocks but the first added, of each prompt
        var difference = Tensor(shape: shape)
        for (step, kinds) in passes.split(separator: " ").enumerated() {
            let kinds = kinds.split(separator: "+")
            let time = schedule.timesteps[step]
            let towards = try velocity(latent, prompt: 0, time, cached: kinds[0] == "cac", &others)
            var guided = towards
            if kinds[1] == "com" || kinds[1] == "cac" {
                let away = try velocity(latent, prompt: 1, time, cached: kinds[1] == "cac", &others)
                difference = Tensor.sum([(1, towards), (-1, away)])
            }
            if kinds[1] != "non" {
                guided = Tensor.sum([(1, towards), (Float(settings.guidance) - 1, difference)])
            }
            latent = Tensor.sum([(1, latent), (schedule.sigmas[step + 1] - schedule.sigmas[step], guided)])
        }
        return latent
    }

    private func velocity(
        _ latent: Tensor, prompt: Int, _ timestep: Float, cached: Bool, _ others: inout [Int: Tensor]
    ) throws -> Tensor {
        let config = transformer.config
        let patchifier = Patchifier(
            config.patch, frames: latent.shape[1], height: latent.shape[2], width: latent.shape[3])
        let rope = RotaryTable(patchifier.grid, base: config.patch, headWidth: config.headWidth)
        let ends = transformer.ends(of: config.patch)
        let time = transformer.conditionEmbedder.time(timestep)
        var x = ends.embed(patchifier.patchify(latent))
        try transformer.blocks[0](&x, at: time, over: prompts[prompt].blocks[0], rope: rope)
        if cached {
            x = Tensor.sum([(1, x), (1, others[prompt] ?? Tensor(shape: []))])
        } else {
            let middle = x
            for (block, memory) in zip(transformer.blocks, prompts[prompt].blocks).dropFirst() {
                try block(&x, at: time, over: memory, rope: rope)
            }
            others[prompt] = Tensor.sum([(1, x), (-1, middle)])
        }
        return patchifier.unpatchify(ends.project(transformer.headNorm(x, at: time.embedding)))
    }
}
