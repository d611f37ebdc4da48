import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// The program as a user runs it.
@Suite(.serialized) struct CommandLineTests {
    let directory = TemporaryDirectory()

    private func path(_ name: String) -> String { directory.url.appendingPathComponent(name).path }

    @Test func generatesInspectsAndReruns() throws {
        let made = try Program.run([
            "generate", "a red balloon rises over the sea", "--seed", "7", "--frames", "5", "--steps", "2",
            "-o",
            path("clip.mp4"), "--json",
        ])
        #expect(made.status == 0)
        let report = try #require(try JSONSerialization.jsonObject(with: made.output) as? [String: Any])
        #expect(report["output"] as? String == path("clip.mp4"))
        #expect((report["stepSeconds"] as? [Double])?.count == 2)
        #expect(made.errors.contains("step 2 of 2"))

        let again = try Program.run([
            "rerun", path("clip.mp4"), "-o", path("again.mp4"), "--threads", "1", "--quiet",
        ])
        #expect(again.status == 0)
        #expect(again.errors == "" && again.output.isEmpty)
        let first = try Data(contentsOf: URL(fileURLWithPath: path("clip.mp4")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("again.mp4"))) == first)

        let inspected = try Program.run(["inspect"])
        #expect(inspected.status == 0)
        #expect(inspected.text.contains("transformer: "))
        #expect(inspected.text.contains("Sizes: width a multiple of 16"))
    }

    /// `Program` names `sprites` in the environment; an empty name is none.
    @Test func theEnvironmentNamesAModelAndARerunTakesItsOwn() throws {
        let none = ["ZOETROPE_MODEL": ""]
        #expect(try Program.run(["inspect"], environment: none).text.hasPrefix("world  "))
        #expect(try Program.run(["inspect"]).text.hasPrefix("sprites  "))
        let options = ["--seed", "7", "--frames", "1", "--steps", "1", "--quiet", "-o"]
        #expect(try Program.run(["generate", "a duck"] + options + [path("duck") + "/"]).status == 0)
        let again = try Program.run(
            ["rerun", path("duck") + "/", "-o", path("again") + "/", "--quiet"], environment: none)
        #expect(again.status == 0, "\(again.errors)")
        let frames = try ["duck", "again"].map {
            try Data(contentsOf: URL(fileURLWithPath: path("\($0)/frame-0000.png")))
        }
        #expect(frames[0] == frames[1])
        let wrong = try Program.run(
            ["generate", "a duck", "-o", path("x.mp4")], environment: ["ZOETROPE_MODEL": "/nowhere"])
        #expect(wrong.status != 0 && wrong.errors.contains("There is no '/nowhere'."))
    }

    @Test func computesWithTheLevelOfKernelsThatIsAskedFor() throws {
        let portable = try Program.run(["inspect"], environment: ["ZOETROPE_KERNELS": "portable"])
        #expect(portable.text.contains("kernels portable"))
        let unknown = try Program.run(["inspect"], environment: ["ZOETROPE_KERNELS": "avx1024"])
        #expect(unknown.status != 0)
        #expect(unknown.errors.hasPrefix("Error: ZOETROPE_KERNELS=avx1024: this CPU runs portable"))
    }

    /// All kernels of a level at work: what comes out is the same but for rounding. In fp32 at 288 tokens, where some levels
    /// go to OpenBLAS and others to kernels of our own.
    @Test(arguments: ["fp32", "fp16", "int8"])
    func everyLevelOfKernelsMakesTheSameClip(precision: String) throws {
        let complaint = try Program.run(["inspect"], environment: ["ZOETROPE_KERNELS": "none"]).errors
        let list = try #require(complaint.firstMatch(of: /this CPU runs ([a-z0-9, ]+)\./)).1
        let levels = list.split(separator: ", ").map(String.init)
        #expect(levels.first == "portable")
        let side = precision == "fp32" ? "192" : "64"
        var latents: [Tensor] = []
        for level in levels {
            let made = try Program.run(
                [
                    "generate", "a red balloon rises over the sea", "--seed", "7", "--frames", "5", "--steps",
                    "2",
                    "--width", side, "--height", side, "--precision", precision, "--save-latents",
                    path("latents"), "-o",
                    path("clip-\(level).gif"),
                    "--quiet",
                ], environment: ["ZOETROPE_KERNELS": level])
            #expect(made.status == 0, "\(level): \(made.errors)")
            let file = try SafetensorsFile(URL(fileURLWithPath: path("latents")))
            latents.append(try #require(file.tensors["latents"]).widened())
        }
        // Where a value lies between two integers of 8 bits, or two halves, a rounding error becomes a whole step, and that
        // many in the next layer: the portable level, without fused multiplication, native halves, whose sums are
        // rounded too, and tiles, whose fp32 is rounded elsewhere, come as near to the others as the format comes to fp32.
        let bounds: [String: Double] = ["fp32": 1e-5, "fp16": 0.01, "int8": 0.1]
        let formatBound = try #require(bounds[precision])
        for (level, found) in zip(levels, latents).dropFirst() {
            #expect(relativeError(found, latents[0]) <= formatBound, "\(level)")
            let roundsOtherwise =
                level == "avx512fp16" && precision == "fp16" || level == "amx" && precision != "fp32"
            #expect(relativeError(found, latents[1]) <= (roundsOtherwise ? formatBound : 1e-5), "\(level)")
        }
    }

    @Test(arguments: [
        (
            ["generate", "x", "--model", "/nowhere"],
            "Error: There is no '/nowhere'. Give --model a directory"
        ),
        (
            ["generate", "x", "--width", "70"],
            "Error: --width 70: this model needs a multiple of 16. Take 64 or 80."
        ),
        (
            ["generate", "x", "--frames", "18"],
            "Error: --frames 18: this model makes 4k+1 frames. Take 17 or 21."
        ),
        (
            ["generate", "x", "--guidance-rule", "apg"],
            "Error: The value 'apg' is invalid for '--guidance-rule <name>': There is no guidance rule 'apg'. Take cfg or cfg-zero."
        ),
        (
            ["generate", "x", "--precision", "int4"],
            "Error: The value 'int4' is invalid for '--precision <format>': There is no precision 'int4'. Take fp32, fp16, int8 or auto."
        ),
        (["generate", "x", "--steps", "0"], "Error: --steps 0: it has to be from 1 to 1000."),
        (["generate", "x", "--shift", "0"], "Error: --shift 0.0: it has to be above 0, to 1000."),
        (
            ["generate", "x", "--patch", "1x4"],
            "Error: --patch 1x4: '1x4' is no patch size. Write time x height x width as in 1x4x4"
        ),
        (
            ["generate", "x", "--patch", "1x9x9"],
            "Error: --patch 1x9x9: this model has no such patch size. Take 1x"
        ),
        (
            ["generate", "x", "--patch", "1x2x2:5,1x2x2", "--steps", "5"],
            "Error: --patch 1x2x2:5,1x2x2: 5 steps come before the last size, but the run has only 5."
        ),
        (["generate", "x", "-o", "clip.avi"], "Error: 'clip.avi' names no format that can be written."),
        (["generate", "x", "-o", "/nowhere/clip.mp4"], "there is no directory '/nowhere/'"),
        (["generate", "x", "--sampler", "best"], "The value 'best' is invalid for '--sampler <name>'"),
        (["generate"], "Missing expected argument '<prompt>'"),
        (["rerun", "/nowhere.mp4", "-o", "x.mp4"], "/nowhere.mp4"),
        (["decode", "/nowhere.safetensors", "-o", "x.mp4"], "/nowhere.safetensors"),
        (["inspect", "/etc"], "Error: '/etc' is no diffusers directory: it has no model_index.json"),
    ])
    func badRequestsSayWhatToDo(arguments: [String], text: String) throws {
        let result = try Program.run(arguments, in: directory.url)
        #expect(result.status != 0)
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).isEmpty)
    }

    @Test func aScheduleOfPatchSizesIsInspectedMadeAndRerun() throws {
        let model = try ModelCopy(in: directory)
        try model.writePatchSizes(["1x4x4"])
        let inspected = try Program.run(["inspect", model.url.path])
        #expect(inspected.text.contains("Patch sizes: 1x2x2 base 80, 1x4x4 20 (tokens of the default clip)"))

        let made = try Program.run([
            "generate", "a red balloon", "--model", model.url.path, "--seed", "7", "--frames", "5", "--steps",
            "3",
            "--patch", "1x4x4:2,1x2x2", "-o", path("clip.mp4"), "--json",
        ])
        #expect(made.status == 0, "\(made.errors)")
        #expect(
            made.errors.contains("64x64, 5 frames, 8 to 32 tokens, patch 1x4x4:2,1x2x2, fp32, 3 steps of"))
        let report = try #require(try JSONSerialization.jsonObject(with: made.output) as? [String: Any])
        #expect(report["stepTokens"] as? [Int] == [8, 8, 32])
        #expect(report["tokens"] as? Int == 32)

        let rerun = ["rerun", path("clip.mp4"), "-o", path("again.mp4"), "--quiet"]
        #expect(try Program.run(rerun + ["--model", model.url.path]).status == 0)
        let first = try Data(contentsOf: URL(fileURLWithPath: path("clip.mp4")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("again.mp4"))) == first)
        // Without the file it is another model.
        try FileManager.default.removeItem(
            at: model.url.appendingPathComponent("transformer/patch_sizes.safetensors"))
        let other = try Program.run(rerun + ["--model", model.url.path])
        #expect(
            other.status != 0 && other.errors.contains("Name the directory of the right one with --model."))
    }

    @Test func interruptionEndsWithinASecondAndLeavesNothing() throws {
        let process = try Program.start(
            ["generate", "a balloon", "--steps", "1000", "-o", path("clip.mp4")], in: directory.url)
        Thread.sleep(forTimeInterval: 1.5)
        let start = Date()
        process.interrupt()
        process.waitUntilExit()
        #expect(Date().timeIntervalSince(start) < 1)
        #expect(process.terminationStatus == 130)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).isEmpty)
    }

    @Test func helpNamesEveryCommand() throws {
        let help = try Program.run(["--help"]).text
        for command in [
            "generate", "plan", "profile", "decode", "inspect", "rerun", "resume", "sweep", "preset", "tune",
        ] {
            #expect(help.contains(command))
        }
        #expect(try Program.run(["--version"]).text.hasPrefix("0."))
    }
}
