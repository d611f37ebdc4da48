import Foundation
import TestSupport
import Testing
import Zoetrope

/// Makes a clip with one thread, and again from its own recipe with three: the bytes of clip and latents are the same.
///
/// - Returns: what the recipe says, and the first run's report
func checkSameBytes(
    _ request: GenerationRequest, model: String, in directory: TemporaryDirectory
) async throws -> (settings: GenerationSettings, report: GenerationReport) {
    let generator = try VideoGenerator(model: model)
    let (clip, latents) = (directory["clip.mp4"], directory["latents.safetensors"])
    func make(_ settings: GenerationSettings, threads: Int) async throws -> (
        bytes: [Data], report: GenerationReport
    ) {
        let report = try await generator.generate(
            settings, to: clip.path, options: RunOptions(threads: threads, latents: latents.path))
        return (try [clip, latents].map { try Data(contentsOf: $0) }, report)
    }
    let settings = try generator.resolve(request)
    let first = try await make(settings, threads: 1)
    let recipe = try readRecipe(of: clip.path)
    #expect(recipe.settings == settings && recipe == first.report.recipe)
    #expect(try await make(recipe.settings, threads: 3).bytes == first.bytes)
    return (recipe.settings, first.report)
}
