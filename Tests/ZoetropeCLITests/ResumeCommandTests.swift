import Foundation
import Tensors
import TestSupport
import Testing

/// `generate --checkpoint` and `resume` as a user runs them.
struct ResumeCommandTests {
    let directory = TemporaryDirectory()

    private static let run = [
        "generate", "a red balloon rises over the sea", "--seed", "7", "--width", "32", "--height", "32",
        "--frames",
        "9", "--steps", "12",
    ]
    private static let formats = ["clip.mp4", "clip.gif", "clip/"]

    /// Each format's files from a run without interruption.
    private static let whole = Result {
        let directory = TemporaryDirectory()
        for name in formats {
            _ = try Program.run(run + ["-o", name, "--quiet"], in: directory.url)
        }
        return try formats.map { try files(named: $0, in: directory) }
    }

    private static func files(named name: String, in directory: TemporaryDirectory) throws -> [String: Data] {
        let url = directory[name]
        guard name.hasSuffix("/") else { return [name: try Data(contentsOf: url)] }
        let names = try FileManager.default.contentsOfDirectory(atPath: url.path)
        return Dictionary(
            uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: url.appendingPathComponent($0))) }
        )
    }

    /// Kills the program at a moment that the seed chooses: while it samples, decodes, or gives the clip its name.
    @Test(arguments: 0..<20)
    func killedAtAnyMomentItGoesOn(seed: Int) throws {
        let draw = seeded([2], seed: UInt64(seed + 1)).values.map { Double($0 + 1) / 2 }  // 0 ..< 1
        let name = Self.formats[seed % 3]
        let (line, pause) =
            switch seed {
            case 0..<8: ("step \(1 + Int(draw[0] * 11)) of 12", draw[1] * 0.01)
            case 8..<15: ("step 12 of 12", draw[1] * 0.05)
            default: ("frame 9 of 9", draw[1] * 0.01)
            }
        try Program.kill(
            Self.run + ["-o", name, "--checkpoint", "run"], in: directory.url, after: line, pause: pause)

        let whole = try Self.whole.get()[seed % 3]
        let finalName = name.hasSuffix("/") ? String(name.dropLast()) : name
        let left = try directory.contents
        if left.contains(finalName) { #expect(try Self.files(named: name, in: directory) == whole) }
        if left.contains("run") {
            let kept = try FileManager.default.contentsOfDirectory(atPath: directory["run"].path)
            let resumed = try Program.run(["resume", "run", "--quiet"], in: directory.url)
            if kept.isEmpty {  // killed between the removal of the checkpoint and that of its directory
                #expect(resumed.errors.contains("'run' is empty: the run is complete"))
                #expect(rmdir(directory["run"].path) == 0)
            } else {
                #expect(resumed.status == 0, "\(resumed.errors)")
            }
        }
        #expect(try Self.files(named: name, in: directory) == whole)
        #expect(try directory.contents == [finalName])
    }

    @Test func interruptionSaysHowToGoOn() throws {
        let process = try Program.kill(
            Self.run + ["-o", "clip.mp4", "--checkpoint", "my run"], in: directory.url, after: "step 3 of 12",
            by: SIGINT)
        #expect(process.status == 130)
        let said = try #require(
            process.errors.firstMatch(
                of: /cancelled after step ([0-9]+) of 12. Go on with: zoetrope resume 'my run'\n$/),
            "\(process.errors)")
        #expect(try directory.contents == ["my run"])
        // From elsewhere the clip goes where it was to go.
        let resumed = try Program.run(["resume", directory["my run"].path, "--json"])
        #expect(resumed.status == 0)
        #expect(resumed.errors.contains("resumed after step \(said.1) of 12\n"))
        #expect(resumed.errors.contains("sampling  step \(try #require(Int(said.1)) + 1) of 12"))
        let report = try #require(try JSONSerialization.jsonObject(with: resumed.output) as? [String: Any])
        #expect(report["resumedAfterStep"] as? Int == Int(said.1))
        #expect(try Self.files(named: "clip.mp4", in: directory) == (try Self.whole.get()[0]))
        let again = [
            "rerun", "clip.mp4", "-o", "again.mp4", "--checkpoint", "run", "--checkpoint-every", "5",
            "--quiet",
        ]
        #expect(try Program.run(again, in: directory.url).status == 0)
        #expect(try Data(contentsOf: directory["again.mp4"]) == Data(contentsOf: directory["clip.mp4"]))
        #expect(try directory.contents == ["again.mp4", "clip.mp4"])
    }

    /// Model, picture, clip and directory are all named from where the program runs.
    @Test func everyPathMayBeRelative() throws {
        let model = try SmallImageModel("no-encoder")
        let place = model.directory.url.lastPathComponent
        let parent = model.directory.url.deletingLastPathComponent()
        let arguments = [
            "generate", "a red cat", "--model", place, "--image", "\(place)/first.png", "--width", "48",
            "--height",
            "32", "--frames", "9", "--steps", "3", "--seed", "1",
        ]
        let whole = try Program.run(arguments + ["-o", "\(place)/whole.gif", "--quiet"], in: parent)
        #expect(whole.status == 0, "\(whole.errors)")
        let kept = ["-o", "\(place)/clip.gif", "--checkpoint", "\(place)/run"]
        try Program.kill(arguments + kept, in: parent, after: "step 1 of 3")
        let resumed = try Program.run(["resume", "run"], in: model.directory.url)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(
            try Data(contentsOf: model.directory["clip.gif"])
                == Data(contentsOf: model.directory["whole.gif"]))
    }

    @Test(arguments: [
        (
            ["resume", "nowhere"],
            "Error: There is no 'nowhere'. A run that is complete takes its directory away"
        ),
        (["resume"], "Missing expected argument '<directory>'"),
        (["generate", "x", "--checkpoint-every", "2"], "--checkpoint-every needs --checkpoint."),
        (
            ["generate", "x", "--checkpoint", "run", "--checkpoint-every", "0"],
            "Error: --checkpoint-every 0: it has to be 1 or more."
        ),
        (
            ["generate", "x", "-o", "x.mp4", "--checkpoint", "no/run"],
            "Error: --checkpoint no/run: the directory cannot be used (No such file or directory)."
        ),
    ])
    func badRequestsSayWhatToDo(arguments: [String], text: String) throws {
        let result = try Program.run(arguments, in: directory.url)
        #expect(result.status != 0)
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(try directory.contents.isEmpty)
    }
}
