import Foundation
import TestSupport
import Testing
import Zoetrope

/// Plans against the books of runs: the same code went through both, so they agree to the byte.
@Suite(.serialized) struct RunPlanTests {
    let directory = TemporaryDirectory()

    private func request(_ change: (inout GenerationRequest) throws -> Void) rethrows -> GenerationRequest {
        var request = GenerationRequest(prompt: "a red balloon rises over the sea")
        (request.seed, request.frames, request.steps) = (7, 5, 3)
        try change(&request)
        return request
    }

    private func check(
        _ generator: VideoGenerator, _ request: GenerationRequest,
        options: RunOptions = RunOptions(threads: 2)
    ) async throws {
        let settings = try generator.resolve(request)
        let plan = try generator.plan(settings, options: options)
        let report = try await generator.generate(
            settings, to: directory["clip.mp4"].path, options: options)
        #expect(plan.memory == report.memory)
        #expect(plan.memory.contains { $0.stage == .sample && $0.peakBytes > 1 << 20 })
        #expect(plan.stepTokens == report.stepTokens)
        #expect(plan.peakBytes == plan.libraryBytes + (plan.memory.map(\.peakBytes).max() ?? 0))
    }

    @Test(arguments: [1, 2, 3]) func threads(count: Int) async throws {
        try await check(
            try VideoGenerator(model: "sprites"), request { _ in }, options: RunOptions(threads: count))
    }

    @Test(arguments: Precision.allCases) func precisions(precision: Precision) async throws {
        try await check(try VideoGenerator(model: "sprites"), request { $0.precision = precision })
    }

    @Test(arguments: [(64, 96, 9), (128, 128, 5), (256, 192, 1)])
    func sizes(width: Int, height: Int, frames: Int) async throws {
        try await check(
            try VideoGenerator(model: "sprites"),
            request { ($0.width, $0.height, $0.frames, $0.steps) = (width, height, frames, 1) })
    }

    @Test func aScheduleOfPatchSizes() async throws {
        try await check(
            try VideoGenerator(model: "world"), request { $0.patch = try PatchSchedule("1x4x4:1,1x2x2") })
    }

    @Test(arguments: [false, true]) func reuseOfSteps(isKept: Bool) async throws {
        var options = RunOptions(threads: 2)
        if isKept { options.checkpoint = CheckpointOptions(directory: directory["kept"].path) }
        try await check(
            try VideoGenerator(model: "sprites"),
            request {
                $0.steps = 8
                ($0.cache, $0.guidanceReuse) = (try BlockCaching("0.05"), try GuidanceReuse("2"))
            }, options: options)
    }

    @Test(arguments: [
        "--merge 0.5,steps=1-", "--attention-window 1x4x4,tile=1x2x2", "--pool-keys 1x2x2",
    ])
    func compressedTokens(option: String) async throws {
        let (name, text) = (option.split(separator: " ")[0], String(option.split(separator: " ")[1]))
        var compression = CompressionOptions()
        switch name {
        case "--merge": compression.merge = try MergeOption(text)
        case "--pool-keys": compression.poolKeys = try KeyPoolingOption(text)
        default: compression.attentionWindow = try AttentionWindowOption(text)
        }
        for precision in Precision.allCases {
            try await check(
                try VideoGenerator(model: "sprites"),
                request { ($0.width, $0.compression, $0.precision) = (128, compression, precision) })
        }
    }

    @Test func weakerVersionsOfTheModel() async throws {
        let generator = try VideoGenerator(model: "world")
        let (coarser, skipping) = (try Autoguidance("0.5"), try SkipGuidance("0.5"))
        try await check(generator, request { ($0.autoguidance, $0.skipGuidance) = (coarser, skipping) })
    }

    @Test func anOwnImage() async throws {
        let generator = try VideoGenerator(model: "world")
        let own = request { $0.ownImage = true }
        try await check(generator, own)
        let operations = try [own, request { _ in }].map { request in
            try generator.plan(try generator.resolve(request)).operations["sample"]?.values.reduce(0, +) ?? 0
        }
        #expect(operations[0] == 2 * operations[1] && operations[1] > 1 << 30)
    }

    @Test func aPictureAndOnePass() async throws {
        let generator = try VideoGenerator(model: "world")
        _ = try await generator.generate(
            try generator.resolve(request { ($0.frames, $0.steps) = (1, 1) }),
            to: directory["first"].path + "/")
        let picture = directory["first"].appendingPathComponent("frame-0000.png").path
        try await check(generator, request { ($0.guidance, $0.image) = (1, picture) })
    }

    @Test(arguments: MemorySavings.choices)
    func eachSavingKeepsTheBytesAndIsPlannedToTheByte(savings: MemorySavings) async throws {
        let generator = try VideoGenerator(model: "sprites")
        let request = request { ($0.width, $0.height, $0.steps) = (128, 128, 1) }
        var options = RunOptions(threads: 2, latents: directory["clip.safetensors"].path)
        options.savings = savings
        try await check(generator, request, options: options)
        let plan = try generator.plan(try generator.resolve(request), options: options)
        #expect(plan.savings == savings && (plan.fileBytes > 1 << 20) == savings.cachesOnDisk)
        let free = try generator.plan(try generator.resolve(request), options: RunOptions(threads: 2))
        let peaks = [plan, free].map { $0.memory.first { $0.stage == .decode }?.peakBytes ?? 0 }
        // What lies in the file is not in memory, where freed blocks do not take its place.
        let saved = savings.cachesOnDisk && savings.keepsNoBlocks ? plan.fileBytes : 0
        #expect(peaks[0] <= peaks[1] - saved)

        let clip = try Data(contentsOf: directory["clip.mp4"])
        _ = try await generator.generate(
            try generator.resolve(request), to: directory["free.mp4"].path, options: RunOptions(threads: 2))
        #expect(try clip == Data(contentsOf: directory["free.mp4"]))
        let decoded = try await generator.decode(
            latents: directory["clip.safetensors"].path, to: directory["decoded.mp4"].path, options: options)
        #expect(try clip == Data(contentsOf: directory["decoded.mp4"]))
        #expect(decoded.memory.map(\.peakBytes).max() ?? 0 <= plan.memory.map(\.peakBytes).max() ?? 0)
        #expect(
            try directory.contents == ["clip.mp4", "clip.safetensors", "decoded.mp4", "free.mp4"])
    }

    @Test func aFileOfFramesServesPictureAndClip() async throws {
        let generator = try VideoGenerator(model: "world")
        _ = try await generator.generate(
            try generator.resolve(request { ($0.frames, $0.steps) = (1, 1) }),
            to: directory["first"].path + "/")
        let picture = directory["first"].appendingPathComponent("frame-0000.png").path
        let request = request { ($0.guidance, $0.image, $0.steps) = (1, picture, 1) }
        var options = RunOptions(threads: 2)
        try await check(generator, request, options: options)
        let clip = try Data(contentsOf: directory["clip.mp4"])
        options.savings = MemorySavings(cachesOnDisk: true)
        try await check(generator, request, options: options)
        #expect(try clip == Data(contentsOf: directory["clip.mp4"]))
        let plans = try [options, RunOptions(threads: 2)].map {
            try generator.plan(try generator.resolve(request), options: $0)
        }
        let peaks = plans.map { $0.memory.first { $0.stage == .picture }?.peakBytes ?? 0 }
        #expect(peaks[0] < peaks[1])
    }

    /// A cap makes a run take the file, and the user is told.
    @Test func theFileOfFramesIsTakenWhenACapAsksForIt() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try generator.resolve(request { ($0.width, $0.height, $0.steps) = (512, 512, 1) })
        var options = RunOptions(threads: 2)
        func plan(_ savings: MemorySavings) throws -> RunPlan {
            options.savings = savings
            return try generator.plan(settings, options: options)
        }
        let (kept, stored) = (
            try plan(MemorySavings(keepsNoBlocks: true)), try plan(MemorySavings(cachesOnDisk: true))
        )
        // What the test's process itself holds changes meanwhile; the cap lies far from both.
        #expect(kept.peakBytes - stored.peakBytes > 64 << 20)
        options = RunOptions(threads: 2, maxMemory: (kept.peakBytes + stored.peakBytes) / 2)
        let found = try generator.plan(settings, options: options)
        #expect(found.savings == MemorySavings(cachesOnDisk: true) && found.fileBytes == stored.fileBytes)
        #expect(try generator.plan(settings).fileBytes == 0)
    }

    @Test func theUserIsToldOfTheFile() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let log = EventLog()
        var options = RunOptions(threads: 2, maxMemory: 1 << 40)
        options.savings = MemorySavings(keepsNoBlocks: true, cachesOnDisk: true)
        let settings = try generator.resolve(request { ($0.width, $0.height, $0.steps) = (64, 64, 1) })
        let size = try generator.plan(settings, options: options).fileBytes
        _ = try await generator.generate(settings, to: directory["clip.gif"].path, options: options) {
            log.add($0)
        }
        let mebibytes = (Double(size) / Double(1 << 20) * 10).rounded() / 10
        #expect(
            log.names.contains(
                "note: memory up to 1.0 TiB: earlier frames lie in a file of \(mebibytes) MiB beside the output, "
                    + "freed memory is given back at once"))
    }

    @Test func aMissingDirectoryIsNamedAsWithoutTheFile() async throws {
        let generator = try VideoGenerator(model: "sprites")
        var options = RunOptions(threads: 2)
        options.savings = MemorySavings(cachesOnDisk: true)
        let settings = try generator.resolve(request { _ in })
        let log = EventLog()
        let missing = directory["no/clip.mp4"].path
        let error = await #expect(throws: (any Error).self) {
            _ = try await generator.generate(settings, to: missing, options: options) { log.add($0) }
        }
        #expect("\(try #require(error))".contains("there is no directory"))
        #expect(log.names.isEmpty)
    }

    @Test func everySavingKeepsTheBytesAndHoldsLess() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try generator.resolve(request { _ in })
        let free = try generator.plan(settings)
        let smallest = try generator.smallestPlan(settings)
        #expect(
            smallest.peakBytes - smallest.libraryBytes < free.peakBytes - free.libraryBytes)
        // No cap: what the process holds besides, which tests share, would decide about it.
        let clips = try await [nil, smallest.savings].asyncMap { savings in
            let output = directory["clip.mp4"].path
            var options = RunOptions(threads: 2)
            options.savings = savings
            let report = try await generator.generate(settings, to: output, options: options)
            return (try Data(contentsOf: URL(fileURLWithPath: output)), report.memory)
        }
        #expect(clips[0].0 == clips[1].0)
        let peaks = clips.map { $0.1.map(\.peakBytes).max() ?? 0 }
        #expect(peaks[1] < peaks[0] && peaks[1] == smallest.memory.map(\.peakBytes).max())
    }

    @Test func aCapThatNothingReachesIsRefusedBeforeTheRun() async throws {
        let generator = try VideoGenerator(model: "sprites")
        let settings = try generator.resolve(request { _ in })
        let smallest = try generator.smallestPlan(settings).peakBytes
        let error = await #expect(throws: MemoryError.self) {
            _ = try await generator.generate(
                settings, to: directory["no.mp4"].path, options: RunOptions(maxMemory: 1 << 20))
        }
        guard case let .capTooSmall(cap, named, stage) = error else { return }
        #expect(cap == 1 << 20 && abs(named - smallest) < 32 << 20 && stage == .decode)
        #expect(!FileManager.default.fileExists(atPath: directory["no.mp4"].path))
    }

    @Test func errorsSayWhatToDo() {
        #expect(
            MemoryError.capTooSmall(cap: 1 << 20, smallest: 3 << 29, stage: .decode).description
                == "--max-memory 1.0 MiB: this run needs 1.5 GiB at least, in the stage 'decode'. Allow that much, or make "
                + "the clip smaller; `zoetrope plan` with the same options shows what takes it.")
    }

    @Test func decodingHoldsWhatItsPlanSaysAndDoesNotGrowWithFrames() async throws {
        let generator = try VideoGenerator(model: "sprites")
        for savings in [nil, MemorySavings(cachesOnDisk: true)] {
            var options = RunOptions(threads: 2)
            options.savings = savings
            // Only the latent itself grows.
            let peaks = try [17, 81, 241].map { frames in
                let settings = try generator.resolve(request { $0.frames = frames })
                let plan = try generator.plan(settings, options: options)
                let latent = 16 * ((frames - 1) / 4 + 1) * (settings.width / 8) * (settings.height / 8) * 4
                return try #require(plan.memory.first { $0.stage == .decode }).peakBytes - latent
            }
            #expect(peaks.allSatisfy { abs(Double($0) / Double(peaks[0]) - 1) < 0.02 }, "\(peaks)")
        }
    }

    @Test func ratesGiveSeconds() throws {
        let file = directory["rates.json"]
        let rates = MachineRates(keptIn: file, threads: 1)
        #expect(
            rates.operationsPerSecond.count == 10 && rates.operationsPerSecond.values.allSatisfy { $0 > 1e6 })
        #expect(MachineRates(keptIn: file, threads: 1) == rates)
        let busy = MachineRates(keptIn: file, anew: true, threads: 1, others: { 1000 })
        #expect(busy.areOfBusyMachine && !busy.operationsPerSecond.isEmpty)
        #expect(MachineRates(keptIn: file, threads: 1, others: { 1000 }) == rates)
        var older = rates
        older.operationsPerSecond["productFloat16"] = nil
        try JSONEncoder().encode([older]).write(to: file)
        #expect(MachineRates(keptIn: file, threads: 1).operationsPerSecond["productFloat16"] != nil)
        let generator = try VideoGenerator(model: "sprites")
        var plan = try generator.plan(try generator.resolve(request { _ in }))
        #expect(plan.seconds == nil)
        plan.time(at: rates)
        #expect((plan.totalSeconds ?? 0) > 0 && plan.seconds?.keys.contains("sample") == true)
        try Data("not JSON".utf8).write(to: file)
        #expect(MachineRates(keptIn: file, threads: 1).machine == rates.machine)
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
