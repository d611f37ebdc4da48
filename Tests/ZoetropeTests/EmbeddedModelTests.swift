import Foundation
import TestSupport
import Testing
import Zoetrope

/// Whole clips of the shipped model, smaller than its default so that the tests stay quick.
@Suite(.serialized) struct EmbeddedModelTests {
    let directory = TemporaryDirectory()
    let prompt = "a red balloon rises over the sea"

    private func settings(_ generator: VideoGenerator, seed: UInt64 = 7) throws -> GenerationSettings {
        var request = GenerationRequest(prompt: prompt)
        request.seed = seed
        request.frames = 5
        request.steps = 3
        return try generator.resolve(request)
    }

    private func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: directory.url.appendingPathComponent(name))
    }
    private func path(_ name: String) -> String { directory.url.path + "/" + name }

    @Test func recipesNameEmbeddedModels() throws {
        #expect(VideoGenerator.embeddedName("embedded") == "sprites")  // as earlier recipes call it
        #expect(VideoGenerator.embeddedName("world") == "world")
        #expect(VideoGenerator.embeddedName("Wan2.1-T2V-1.3B-Diffusers") == nil)
        #expect(try VideoGenerator().identity() == VideoGenerator(model: "world").identity())
    }

    @Test func isCompleteAndKnowsItsDefaults() throws {
        let summary = try VideoGenerator(model: "sprites").inspect()
        #expect(summary.isComplete)
        #expect(summary.name == "sprites")
        #expect(summary.components.map(\.name) == ["transformer", "text_encoder", "vae"])
        #expect(summary.components.allSatisfy { $0.parameters > 10_000 && $0.bytes > $0.parameters })
        #expect(summary.sizes == "width a multiple of 16, height a multiple of 16, frames 4k+1")
        #expect(summary.defaults.width == 64 && summary.defaults.frames == 17)
    }

    @Test func theSameSettingsGiveTheSameBytesForAnyThreads() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try settings(generator)
        for (name, threads) in [("one.mp4", 1), ("again.mp4", 1), ("two.mp4", 2), ("three.mp4", 3)] {
            let options = RunOptions(threads: threads)
            _ = try await generator.generate(settings, to: path(name), options: options)
        }
        let first = try bytes("one.mp4")
        #expect(first.count > 500)
        for name in ["again.mp4", "two.mp4", "three.mp4"] { #expect(try bytes(name) == first) }
        _ = try await generator.generate(try self.settings(generator, seed: 8), to: path("other.mp4"))
        #expect(try bytes("other.mp4") != first)
    }

    @Test func aClipCarriesItsRecipe() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try settings(generator)
        for name in ["clip.mp4", "clip.webm", "clip.gif", "frames/"] {
            _ = try await generator.generate(settings, to: path(name))
            let recipe = try readRecipe(of: path(name))
            #expect(recipe.settings == settings)
            try generator.requireSameModel(as: recipe, from: path(name))
        }
    }

    @Test func keptLatentsDecodeToTheSameClip() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let options = RunOptions(latents: path("latents.safetensors"))
        _ = try await generator.generate(try settings(generator), to: path("clip.mp4"), options: options)
        let report = try await generator.decode(latents: path("latents.safetensors"), to: path("decoded.mp4"))
        #expect(report.frames == 5 && report.width == 64)
        #expect(try bytes("decoded.mp4") == bytes("clip.mp4"))
    }

    @Test func placesThatCannotBeWrittenAreNamedBeforeAnyWork() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try settings(generator)
        let log = EventLog()
        for (output, latents) in [("/nowhere/clip.mp4", nil), (path("clip.mp4"), "/nowhere/l.safetensors")] {
            do {
                let options = RunOptions(latents: latents)
                _ = try await generator.generate(settings, to: output, options: options) { log.add($0) }
                Issue.record("\(output) was written")
            } catch {
                #expect("\(error)".contains("/nowhere/"))
            }
        }
        #expect(log.names.isEmpty)
        #expect(try directory.contents.isEmpty)
    }

    @Test func eventsComeInOrderAndTheReportAddsUp() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let log = EventLog()
        let report = try await generator.generate(try settings(generator), to: path("clip.mp4")) {
            log.add($0)
        }
        #expect(
            log.names == [
                "started", "load", "encode", "load", "sample", "step 1/3", "step 2/3", "step 3/3", "load",
                "decode",
                "frame 1/5", "frame 2/5", "frame 3/5", "frame 4/5", "frame 5/5",
            ])
        #expect(report.stepSeconds.count == 3)
        #expect(report.tokens == 2 * 4 * 4)
        #expect(Set(report.seconds.keys) == ["load", "encode", "sample", "decode"])
        #expect(report.seconds.values.reduce(0, +) <= report.totalSeconds)
        #expect((report.peakResidentBytes ?? 0) > 1 << 20)
    }

    @Test func emptyAndOverlongPromptsWork() async throws {
        let generator = try VideoGenerator(model: "sprites")
        var settings = try settings(generator)
        settings.steps = 1
        settings.prompt = ""
        #expect(try await generator.generate(settings, to: path("empty.gif")).warnings == [])
        settings.prompt = String(repeating: "a red balloon rises over the sea and ", count: 200)
        let report = try await generator.generate(settings, to: path("long.gif"))
        #expect(report.warnings.count == 1)
        #expect(report.warnings[0].contains("512"))
    }

    @Test func cancellingLeavesNothingBehind() async throws {
        let generator = try VideoGenerator(model: "sprites")
        var settings = try settings(generator)
        settings.steps = 1000
        let output = path("cancelled.mp4")
        let log = EventLog()
        let task = Task { [settings] in try await generator.generate(settings, to: output) { log.add($0) } }
        while !log.names.contains("step 2/1000") { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).isEmpty)
    }

    @Test func settingsAreCheckedBeforeAnythingIsLoaded() async throws {
        let generator = try VideoGenerator(model: "sprites")
        var settings = try settings(generator)
        settings.width = 65
        let log = EventLog()
        await #expect(throws: SettingsError.size(name: "width", found: 65, multiple: 16, nearest: [64, 80])) {
            try await generator.generate(settings, to: path("clip.mp4")) { log.add($0) }
        }
        #expect(log.names.isEmpty)
    }
}
