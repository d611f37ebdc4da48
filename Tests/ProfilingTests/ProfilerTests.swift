import Foundation
import Profiling
import Synchronization
import TestSupport
import Testing
import Zoetrope

/// Profiles of whole runs of the embedded model.
@Suite(.serialized) struct ProfilerTests {
    let directory = TemporaryDirectory()
    private func path(_ name: String) -> String { directory[name].path }

    private func settings(_ generator: VideoGenerator) throws -> GenerationSettings {
        var request = GenerationRequest(prompt: "a <red> balloon & a \"cat\"")
        request.seed = 7
        request.frames = 5
        request.steps = 3
        return try generator.resolve(request)
    }

    private func read(_ name: String) throws -> Profile {
        try JSONDecoder().decode(Profile.self, from: Data(contentsOf: directory[name + "/profile.json"]))
    }

    @Test func figuresOfARunAgreeWithOneAnother() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try settings(generator)
        let made = try await Profiler(path: path("p"), ceiling: ["fewRows": 1e15]).generate(
            settings, with: generator, to: path("clip.mp4"), options: RunOptions(threads: 2))
        let profile = made.profile
        #expect(try read("p") == profile)
        #expect(profile.outcome == .complete && profile.recipe == made.report.recipe && profile.error == nil)
        #expect(profile.stages.map(\.stage) == [.load, .encode, .sample, .decode])
        let plan = try generator.plan(settings)
        for stage in profile.stages {
            #expect(stage.operations == plan.operations[stage.stage.rawValue] ?? [:])
            #expect(stage.plannedOperations == stage.operations)
            #expect(stage.kernelSeconds <= stage.seconds)
            #expect(stage.peakBytes == stage.parts.reduce(0) { $0 + $1.bytes })
            let reported = try #require(made.report.seconds[stage.stage.rawValue])
            // Not all kinds have a ceiling here, and loading computes nothing.
            #expect(stage.secondsAtCeiling == nil)
            #expect(abs(stage.seconds - reported) < 0.01)
        }
        #expect(profile.stages.reduce(0) { $0 + $1.seconds } <= profile.totalSeconds)
        let memory = profile.memory
        #expect(memory.trackedPeakBytes == memory.timeline.moments.map { $0.bytes.reduce(0, +) }.max())
        #expect(memory.trackedPeakBytes == made.report.memory.map(\.peakBytes).max())
        #expect((memory.residentPeakBytes ?? 0) > memory.trackedPeakBytes)
        #expect(memory.timeline.moments.allSatisfy { $0.bytes.allSatisfy { $0 >= 0 } })
        // Twelve blocks or however many there are: each one has its products, as often as all others.
        let blocks = profile.work.filter {
            $0.stage == "sample" && $0.owner.hasPrefix("blocks.") && $0.kind == "fewRows"
        }
        #expect(blocks.count > 1 && Set(blocks.map(\.calls)).count == 1)
        #expect(
            profile.work.filter { $0.kind == "fewRows" }.allSatisfy {
                $0.shareOfCeiling == $0.operationsPerSecond / 1e15
            })
        #expect(profile.work.filter { $0.kind != "fewRows" }.allSatisfy { $0.shareOfCeiling == nil })
    }

    @Test func theTraceHasWhatViewersNeed() async throws {
        let generator = try VideoGenerator(model: "sprites")
        _ = try await Profiler(path: path("p")).generate(
            try settings(generator), with: generator, to: path("clip.gif"), options: RunOptions(threads: 2))
        let data = try Data(contentsOf: directory["p/trace.json"])
        let check = try TraceCheck(data)
        #expect(check.problems == [])
        #expect(check.counts["M"] == 2 && check.counts["C"] ?? 0 > 10)
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let events = try #require(object?["traceEvents"] as? [[String: Any]])
        func names(_ category: String) -> [String] {
            events.filter { $0["cat"] as? String == category }.compactMap { $0["name"] as? String }
        }
        #expect(names("stage") == ["load", "encode", "load", "sample", "load", "decode"])
        #expect(names("part").filter { $0.hasPrefix("step") } == ["step 1", "step 2", "step 3"])
        #expect(names("part").filter { $0 == "unconditional pass" }.count == 3)
        #expect(names("part").filter { $0 == "write frame" }.count == 5)
        #expect(names("owner").prefix(2) == ["text_encoder", "blocks.0"])
        #expect(names("kernel").contains("convolution"))
    }

    @Test func aProfileChangesNoByteOfTheClip() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try settings(generator)
        _ = try await generator.generate(settings, to: path("plain.mp4"))
        _ = try await Profiler(path: path("p")).generate(
            settings, with: generator, to: path("profiled.mp4"), options: RunOptions())
        #expect(try Data(contentsOf: directory["plain.mp4"]) == Data(contentsOf: directory["profiled.mp4"]))
    }

    @Test func aCancelledRunLeavesAnIncompleteProfileAndNoClip() async throws {
        let generator = try VideoGenerator(model: "sprites")
        var settings = try settings(generator)
        settings.steps = 1000
        let (profiler, output, steps) = (try Profiler(path: path("p")), path("clip.mp4"), Counter())
        let task = Task { [settings] in
            try await profiler.generate(settings, with: generator, to: output, options: RunOptions()) {
                event in
                if case .step = event { steps.add() }
            }
        }
        while steps.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try directory.contents == ["p"])
        let profile = try read("p")
        #expect(profile.outcome == .cancelled && profile.recipe == nil)
        #expect(profile.stages.map(\.stage) == [.load, .encode, .sample])
        #expect(try TraceCheck(Data(contentsOf: directory["p/trace.json"])).problems == [])
        let page = try String(contentsOf: directory["p/profile.html"], encoding: .utf8)
        #expect(page.contains("Incomplete: the run was cancelled."))
    }

    @Test func aRunThatFailsLeavesAnIncompleteProfileAndItsOwnError() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let clips = directory["clips"]
        try FileManager.default.createDirectory(at: clips, withIntermediateDirectories: false)
        let error = await #expect(throws: (any Error).self) {
            try await Profiler(path: path("p")).generate(
                try settings(generator), with: generator, to: clips.path + "/clip.mp4", options: RunOptions()
            ) { event in
                if case .step = event { try? FileManager.default.removeItem(at: clips) }
            }
        }
        #expect(try directory.contents == ["p"])
        let profile = try read("p")
        #expect(profile.outcome == .failed)
        #expect(try profile.error == "\(#require(error))")
        #expect(profile.error?.contains("clip.mp4") == true)
    }

    @Test func aPlaceThatCannotBeWrittenIsAnErrorBeforeTheRun() async throws {
        #expect(throws: ProfileError.missingDirectory(path: "/nowhere/p", directory: "/nowhere")) {
            try Profiler(path: "/nowhere/p")
        }
        // What the run itself refuses leaves no profile.
        let generator = try VideoGenerator(model: "sprites")
        var settings = try settings(generator)
        settings.width = 65
        await #expect(throws: SettingsError.self) {
            try await Profiler(path: path("p")).generate(
                settings, with: generator, to: path("clip.mp4"), options: RunOptions())
        }
        #expect(try directory.contents == [])
    }

    @Test func decodingHasAProfileOfItsOwn() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let latents = path("latents.safetensors")
        let whole = try await generator.generate(
            try settings(generator), to: path("clip.mp4"), options: RunOptions(threads: 2, latents: latents))
        let options = RunOptions(threads: 2)
        let plan = try generator.plan(decoding: latents, options: options)
        let made = try await Profiler(path: path("p")).decode(
            latents: latents, with: generator, to: path("decoded.mp4"), options: options)
        #expect(try Data(contentsOf: directory["decoded.mp4"]) == Data(contentsOf: directory["clip.mp4"]))
        #expect(try read("p") == made.profile)
        #expect(made.profile.stages.map(\.stage) == [.load, .decode])
        // Planned and measured agree to the byte and to the operation.
        #expect(plan.memory == made.report.memory)
        for stage in made.profile.stages {
            #expect(stage.peakBytes == stage.plannedPeakBytes && stage.parts == stage.plannedParts)
            #expect(stage.operations == stage.plannedOperations)
        }
        let decoding = try generator.plan(whole.recipe.settings, options: options).operations["decode"]
        #expect(plan.operations["decode"] == decoding && decoding?.isEmpty == false)
        let page = try String(contentsOf: directory["p/profile.html"], encoding: .utf8)
        #expect(page.contains("<h1>decode \(latents)</h1>") && page.contains("<p>64x64, 5 frames</p>"))
        #expect(try TraceCheck(Data(contentsOf: directory["p/trace.json"])).problems == [])
    }

    @Test func latentsThatCannotBeDecodedLeaveNoProfile() async throws {
        await #expect(throws: (any Error).self) {
            try await Profiler(path: path("p")).decode(
                latents: path("none.safetensors"), with: try VideoGenerator(model: "sprites"),
                to: path("clip.mp4"),
                options: RunOptions())
        }
        #expect(try directory.contents == [])
    }

    @Test func thePageStandsByItselfAndShowsPromptsAsText() async throws {
        let generator = try VideoGenerator(model: "sprites")
        _ = try await Profiler(path: path("p"), ceiling: ["fewRows": 1e15]).generate(
            try settings(generator), with: generator, to: path("clip.gif"), options: RunOptions())
        let page = try String(contentsOf: directory["p/profile.html"], encoding: .utf8)
        #expect(page.contains("<h1>a &lt;red&gt; balloon &amp; a &quot;cat&quot;</h1>"))
        #expect(!page.contains("<red>") && !page.contains("http://") && !page.contains("https://"))
        for text in [
            "sample: operations of fewRows", "of the machine’s ceiling", "blocks.0", "resident set",
            "convolution",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        let script = try #require(page.firstRange(of: "id=\"timeline\">"))
        let json = page[script.upperBound...].prefix { $0 != "<" }
        let data = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect((data["moments"] as? [Any])?.count == 600)
    }
}

/// Counts events that come from another thread.
private final class Counter: Sendable {
    private let events = Mutex(0)
    var count: Int { events.withLock { $0 } }
    func add() { events.withLock { $0 += 1 } }
}
