import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

/// Directories and checkpoints that are not what they should be. All of it is seen before weights are loaded.
@Suite(.serialized) struct RunDirectoryTests {
    private func problem(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    /// What is said of a new run whose directory is `name`.
    private func beginning(
        _ run: Interrupted, in name: String = "run", every: Int = 1, to output: String = "clip.mp4"
    ) async -> String {
        let log = EventLog()
        let checkpoint = CheckpointOptions(directory: run.path(name), every: every)
        let text = await problem {
            _ = try await run.generator.generate(
                run.settings, to: run.path(output), options: RunOptions(checkpoint: checkpoint)
            ) { log.add($0) }
        }
        #expect(log.names.isEmpty)
        return text
    }

    /// What is said when the run in `run` is to go on.
    private func goingOn(_ run: Interrupted, _ change: (inout UnfinishedRun) -> Void = { _ in }) async
        -> String
    {
        let log = EventLog()
        let text = await problem {
            var unfinished = try UnfinishedRun(in: run.path("run"))
            change(&unfinished)
            _ = try await run.generator.resume(unfinished) { log.add($0) }
        }
        #expect(log.names.isEmpty)
        return text
    }

    private func make(_ run: Interrupted, _ files: [String: Data]) throws {
        let files = files.map { (run.directory["run/\($0)"], $1) }
        try FileManager.default.createDirectory(at: run.directory["run"], withIntermediateDirectories: true)
        for (url, data) in files { try data.write(to: url) }
    }

    @Test func directoriesThatCannotBeTaken() async throws {
        let run = try Interrupted()
        try Data().write(to: run.directory["file"])
        #expect(
            await beginning(run, in: "none/run")
                == "--checkpoint \(run.path("none/run")): the directory cannot be used (No such file or directory). "
                + "Name one in a directory that you may write to.")
        #expect(
            await beginning(run, in: "file")
                == "'\(run.path("file"))' is a file, but a run is kept in a directory of its own. "
                + "Name a directory.")
        try make(run, ["a.txt": Data(), "b": Data()])
        #expect(
            await beginning(run)
                == "--checkpoint \(run.path("run")): it holds 'a.txt', 'b', but a run is kept in a directory of its "
                + "own. Name a new or an empty one.")
        #expect(
            await beginning(run, in: "frames", to: "frames/")
                == "--checkpoint \(run.path("frames")): the clip's frames go there. Name another directory.")
        #expect(
            await beginning(run, in: "new", every: 0) == "--checkpoint-every 0: it has to be 1 or more.")
        #expect(try run.names == ["file", "run"])
    }

    @Test func aDirectoryWithARun() async throws {
        let run = try Interrupted()
        try await run.stop(at: "step 2/4")
        for name in ["run", "run/", "./run"] {
            #expect(
                await beginning(run, in: name)
                    == "--checkpoint \(run.path(name)): it holds a run that stopped after step 2 of 4 "
                    + "(\"a red balloon rises over the sea\", seed 7). Go on with it: zoetrope resume "
                    + "\(run.path(name)), or name another directory.")
        }
        let descriptor = open(run.path("run"), O_RDONLY)
        #expect(flock(descriptor, LOCK_EX) == 0)
        let busy =
            "'\(run.path("run"))': another process is at work on the run in it. Wait for it, or name another directory."
        #expect(await beginning(run) == busy)
        #expect(await goingOn(run) == busy)
        close(descriptor)
        // Another process has gone on since the directory was read.
        let unfinished = try UnfinishedRun(in: run.path("run"))
        try await run.stopAgain(at: "step 3/4")
        #expect(await problem { _ = try await run.generator.resume(unfinished) } == busy)
        try await run.resume()
    }

    @Test func nothingToGoOnWith() async throws {
        let run = try Interrupted()
        #expect(
            await goingOn(run)
                == "There is no '\(run.path("run"))'. A run that is complete takes its directory away; for another "
                + "one check the path.")
        try make(run, [:])
        let empty =
            "'\(run.path("run"))' is empty: the run is complete, or nothing of it was kept yet. "
            + "Nothing is left to go on with."
        #expect(await goingOn(run) == empty)
        try make(run, [".run.safetensors.1.part": Data()])
        #expect(await goingOn(run) == empty)
        try make(run, Dictionary(uniqueKeysWithValues: "abcdef".map { (String($0), Data()) }))
        #expect(
            await goingOn(run)
                == "'\(run.path("run"))' holds no run, but 'a', 'b', 'c', 'd' and 2 more. "
                + "Name the directory that --checkpoint named.")
    }

    @Test func foreignFiles() async throws {
        let run = try Interrupted()
        let path = run.path("run/run.safetensors")
        try make(run, [:])
        try SafetensorsWriter.write(
            [("latents", Tensor([1], shape: [1]))], to: run.directory["run/run.safetensors"])
        #expect(
            await goingOn(run)
                == "'\(path)' is no checkpoint of a run. Name the directory that --checkpoint named.")
        #expect(await beginning(run).contains("it holds 'run.safetensors', but a run is kept in"))
        try SafetensorsWriter.write(
            [], metadata: ["format": "zoetrope.run", "layout": "9", "zoetrope": "7.0"],
            to: run.directory["run/run.safetensors"])
        #expect(
            await goingOn(run)
                == "'\(path)' is laid out as version 9, by Zoetrope 7.0; this is \(zoetropeVersion), which reads "
                + "version 1. Go on with the Zoetrope that began the run, or make the clip anew.")
    }

    /// Cut short anywhere, and with one bit turned anywhere.
    @Test func damagedFiles() async throws {
        let run = try Interrupted()
        try await run.stop(at: "step 2/4")
        let file = run.directory["run/run.safetensors"]
        let whole = try Data(contentsOf: file)
        func damage(_ data: Data) async throws -> String {
            try data.write(to: file)
            return await problem { _ = try UnfinishedRun(in: run.path("run")) }
        }
        for length in stride(from: 0, to: whole.count, by: 97) + [whole.count - 1] {
            #expect(
                try await damage(whole.prefix(length))
                    == "'\(file.path)' is damaged: it is no complete safetensors file. The run cannot go on from it; "
                    + "remove it and make the clip anew.")
        }
        for place in stride(from: 0, to: whole.count, by: 31) {
            var data = whole
            data[place] ^= UInt8(1 << (place % 8))
            #expect(try await damage(data) != "no error", "byte \(place)")
        }
        var data = whole
        data[whole.count - 1] ^= 1
        #expect(try await damage(data).contains("is damaged: its content has changed since it was written."))
        try whole.write(to: file)
        try await run.resume()
    }

    @Test func anotherModel() async throws {
        let run = try Interrupted()
        try await run.stop(at: "step 2/4")
        let model = try ModelCopy(in: run.directory)
        try model.writePatchSizes(["1x4x4"])
        let other = try VideoGenerator(model: model.url.path)
        let text = await problem { _ = try await other.resume(try UnfinishedRun(in: run.path("run"))) }
        #expect(text.hasPrefix("'\(run.path("run"))' was made by the model 'sprites' ("))
        #expect(text.hasSuffix("Name the directory of the right one with --model."))
        try await run.resume()
    }

    @Test func picturesThatMovedOrChanged() async throws {
        let model = try SmallImageModel("no-encoder")
        var request = model.request
        request.image = model.first
        let run = try Interrupted(try VideoGenerator(model: model.path), request)
        let whole = try await run.whole()
        try await run.stop(at: "step 2/3")
        let moved = run.path("moved.png")
        try FileManager.default.moveItem(atPath: model.first, toPath: moved)
        #expect(
            await goingOn(run)
                == "The picture '\(model.first)' is not there any more, but the clip is made from it. "
                + "Name its new place with --image.")
        #expect(
            await goingOn(run) { $0.movePictures(image: model.last) }
                .hasPrefix("'\(model.last)' is not the picture that the clip is made from: its SHA-256 is "))
        var unfinished = try UnfinishedRun(in: run.path("run"))
        unfinished.movePictures(image: moved)
        let stopped = EventLog()
        await #expect(throws: FailedRun.self) {
            _ = try await run.generator.resume(unfinished) {
                stopped.add($0)
                if stopped.names.last == "decode" { mkdir(run.path("clip.mp4"), 0o777) }
            }
        }
        // The new place has been noted.
        #expect(rmdir(run.path("clip.mp4")) == 0)
        #expect(try UnfinishedRun(in: run.path("run")).settings.image?.path == moved)
        try await run.resume()
        #expect(try run.bytes("clip.mp4") == whole)
    }

    /// Sampled latents need no picture any more.
    @Test func picturesAreNotMissedAfterSampling() async throws {
        let model = try SmallImageModel("no-encoder")
        var request = model.request
        request.image = model.first
        let run = try Interrupted(try VideoGenerator(model: model.path), request)
        let whole = try await run.whole()
        try await run.stop(at: "decode")
        try FileManager.default.removeItem(atPath: model.first)
        try await run.resume()
        #expect(try run.bytes("clip.mp4") == whole)
    }

    @Test func latentsOfAnotherShape() async throws {
        let run = try Interrupted()
        try await run.stop(at: "step 2/4")
        try rewrite(run.directory["run/run.safetensors"], of: [("\"height\":32", "\"height\":48")])
        #expect(
            await goingOn(run)
                == "'\(run.path("run"))' is damaged: its latents are [16, 2, 4, 4], but the model's [16, 2, 6, 4]. "
                + "The run cannot go on from it; remove it and make the clip anew.")
    }

    @Test func anotherVersionOrMachineWarns() async throws {
        let run = try Interrupted()
        try await run.stop(at: "step 2/4")
        try rewrite(
            run.directory["run/run.safetensors"],
            of: [
                ("\"zoetrope\":\"\(zoetropeVersion)\"", "\"zoetrope\":\"0.0.9\""),
                ("\"machine\":\"", "\"machine\":\"old "),
            ])
        let report = try await run.resume()
        #expect(report.warnings.count == 2)
        #expect(
            report.warnings.first
                == "the run began with Zoetrope 0.0.9 and goes on with Zoetrope \(zoetropeVersion): the clip may "
                + "differ a little from that of an uninterrupted run")
        #expect(report.warnings.last?.hasPrefix("the run began with old kernels ") == true)
    }

    /// Changes the plan in a checkpoint, as another version would have written it.
    private func rewrite(_ url: URL, of changes: [(String, String)]) throws {
        let file = try SafetensorsFile(url)
        var metadata = file.metadata
        for (old, new) in changes {
            let text = try #require(metadata["run"])
            #expect(text.contains(old))
            metadata["run"] = text.replacingOccurrences(of: old, with: new)
        }
        let (version, text) = (metadata["zoetrope"] ?? "", metadata["run"] ?? "")
        let tensors = file.tensors.map { ($0, $1.widened()) }.sorted { $0.0 < $1.0 }
        var hash = SHA256()
        hash.update("\(version.utf8.count) \(version) \(text.utf8.count) \(text)")
        for (name, tensor) in tensors {
            hash.update("\(name.utf8.count) \(name) \(tensor.shape)\n")
            tensor.withValues { hash.update(UnsafeRawBufferPointer($0)) }
        }
        metadata["sha256"] = hash.digits
        try SafetensorsWriter.write(tensors, metadata: metadata, to: url)
    }
}
