import Foundation
import FoundationXML
import TestSupport
import Testing

/// Plans as a user asks for them.
@Suite(.serialized) struct PlanCommandTests {
    let directory = TemporaryDirectory()
    private let small = ["--frames", "5", "--steps", "2"]

    private func plan(_ arguments: [String]) throws -> Program.Result {
        try Program.run(["plan", "a red balloon"] + arguments, in: directory.url)
    }

    @Test func sayWhatARunHoldsAndTakes() throws {
        let made = try plan(small)
        #expect(made.status == 0 && made.errors == "", "\(made.errors)")
        let lines = made.text.split(separator: "\n").map(String.init)
        #expect(lines[0] == "64x64, 5 frames, 32 tokens, fp32, 2 steps of unipc, guidance 3.0")
        #expect(
            lines[1...7].map { $0.prefix { $0 != " " } } == [
                "stage", "load", "encode", "sample", "decode", "libraries", "peak",
            ])
        #expect(lines[7].hasSuffix(" operations"))
        #expect(lines[8].hasPrefix("Most is held in the stage 'sample', by weights as they are read"))
        #expect(lines.contains { $0.hasPrefix("With --max-memory the peak can come down to ") })
        #expect(try directory.contents == [])
    }

    @Test func ratesOfABusyMachineAreNotKept() throws {
        let busy = try (0..<ProcessInfo.processInfo.activeProcessorCount).map { _ in
            try Process.run(
                URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "ulimit -t 30; while :; do :; done"])
        }
        // A child of a thread of the tests may hold back other signals.
        defer { busy.forEach { kill($0.processIdentifier, SIGKILL) } }
        let made = try Program.run(
            ["plan", "a red balloon"] + small, in: directory.url,
            environment: ["XDG_CACHE_HOME": directory.url.path])
        #expect(made.status == 0)
        #expect(made.errors.hasPrefix("note: other programs compute at the same time"), "\(made.errors)")
        #expect(try directory.contents == [])
    }

    @Test func allThatDecidesTheFiguresIsNamed() throws {
        let made = try plan([
            "--model", "world", "--frames", "5", "--steps", "4", "--patch", "1x4x4:1,1x2x2", "--cache",
            "0.1,steps=2", "--merge", "0.5,steps=2-", "--guidance-rule", "cfg-zero", "--precision", "int8",
        ])
        #expect(
            made.text.hasPrefix(
                "128x128, 5 frames, 32 to 128 tokens, patch 1x4x4:1,1x2x2, int8, cache 0.1,steps=2,at-most=3, merge "
                    + "0.5,steps=2-, 4 steps of unipc, guidance 3.0 by cfg-zero at steps 0-2, autoguidance 0.5,patch=1x4x4\n"
            ),
            "\(made.text) \(made.errors)")
    }

    @Test func jsonHasTheFiguresOfTheRun() throws {
        let made = try plan(small + ["--json", "--cache", "0,steps=1", "--merge", "0.5"])
        let plan = try #require(try JSONSerialization.jsonObject(with: made.output) as? [String: Any])
        #expect(plan["stepTokens"] as? [Int] == [32, 32])
        let settings = try #require(plan["settings"] as? [String: Any])
        #expect(settings["cache"] as? String == "0.0,steps=1,at-most=3")
        let run = try Program.run(
            [
                "generate", "a red balloon", "--seed", "7", "-o", "clip.gif", "--json", "--cache",
                "0,steps=1", "--merge", "0.5",
            ] + small, in: directory.url)
        let report = try #require(try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
        func peaks(_ object: [String: Any]) -> [Int]? {
            (object["memory"] as? [[String: Any]])?.compactMap { $0["peakBytes"] as? Int }
        }
        #expect(peaks(plan) == peaks(report) && peaks(plan)?.count == 4)
    }

    @Test func listsOfSizesMakeATableAndAPicture() throws {
        let lists = ["--width", "64,32", "--height", "32", "--frames", "5,9,5", "--steps", "1"]
        let made = try plan(lists + ["--picture", "p.svg"])
        #expect(made.status == 0, "\(made.errors)")
        let rows = made.text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        #expect(rows[0] == ["size", "frames", "tokens", "peak", "stage", "time"])
        #expect(
            rows.dropFirst().map { $0.prefix(3) } == [
                ["64x32", "5", "16"], ["64x32", "9", "24"], ["64x32", "5", "16"], ["32x32", "5", "8"],
                ["32x32", "9", "12"], ["32x32", "5", "8"],
            ])
        let picture = try Picture(Data(contentsOf: directory["p.svg"]))
        #expect(picture.isWellFormed)
        // A dot for each plan in each of the two diagrams, a line for each width and height.
        #expect(picture.count["circle"] == 12 && picture.count["polyline"] == 4)
        #expect(picture.notes.filter { $0.hasPrefix("64x32, 9 frames: ") }.count == 2)
        let json = try plan(lists + ["--json"])
        #expect((try JSONSerialization.jsonObject(with: json.output) as? [Any])?.count == 6)
    }

    @Test(arguments: [
        (
            ["--frames", "5,x"], 64,
            "Error: The value '5,x' is invalid for '--frames <n,n>': '5,x' is no list of numbers. Write up to 1000 with "
                + "commas between them, such as 17,33,81."
        ),
        (["--width", "64,"], 64, "Error: The value '64,' is invalid for '--width <n,n>': '64,' is no list"),
        (["--frames", "5,6"], 1, "Error: --frames 6: this model makes 4k+1 frames. Take 5 or 9."),
        (["--model", "/nowhere"], 1, "Error: There is no '/nowhere'. Give --model a directory"),
        (["--max-memory", "3MiB"], 1, "Error: --max-memory 3.0 MiB: this run needs "),
        (["--merge", "half"], 1, "Error: --merge half: 'half' has to be the share of tokens that go"),
        (
            ["--picture", "/nowhere/p.svg"], 1,
            "Error: --picture '/nowhere/p.svg' cannot be written: No such file or directory. Take a place with room that"
        ),
    ])
    func whatCannotBePlannedIsSaid(arguments: [String], status: Int32, text: String) throws {
        let made = try plan(arguments)
        #expect(made.status == status && made.output.isEmpty)
        #expect(made.errors.hasPrefix(text), "\(made.errors)")
        #expect(try directory.contents == [])
    }
}

/// What an SVG file consists of.
private final class Picture: NSObject, XMLParserDelegate {
    private(set) var isWellFormed = false
    private(set) var count: [String: Int] = [:]
    /// What is shown to who points at a dot.
    private(set) var notes: [String] = []
    private var isInNote = false

    init(_ data: Data) {
        super.init()
        let parser = XMLParser(data: data)
        parser.delegate = self
        isWellFormed = parser.parse()
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        count[element, default: 0] += 1
        isInNote = element == "title"
        if isInNote { notes.append("") }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if isInNote { notes[notes.count - 1] += text }
    }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
    ) { isInNote = false }
}
