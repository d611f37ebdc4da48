import Foundation
import TestSupport
import Testing

/// `--max-memory` as a user gives it.
@Suite(.serialized) struct MemoryCapTests {
    let directory = TemporaryDirectory()
    private let clip = [
        "generate", "a red balloon", "--seed", "7", "--width", "128", "--height", "128", "--frames", "5",
        "--steps", "3", "--threads", "2",
    ]

    private func run(_ arguments: [String]) throws -> Program.Result {
        try Program.run(arguments, in: directory.url)
    }

    private func object(_ data: Data) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// A run under the least cap that it can do with. How much is mapped of the program differs between starts, so a
    /// refusal's own figure is what the next try gets.
    private func runUnderLeastCap(_ arguments: [String]) throws -> (made: Program.Result, cap: Int) {
        var (made, cap) = (try run(arguments + ["--max-memory", "1MiB"]), 1)
        for _ in 0..<5 where made.status != 0 {
            let text = try #require(made.errors.firstMatch(of: /needs ([0-9.]+) MiB at least/)?.1)
            cap = Int(try #require(Double(text)).rounded(.up)) + 2
            made = try run(arguments + ["--max-memory", "\(cap)MiB"])
        }
        return (made, cap)
    }

    /// A whole number of them as messages have it: with three digits that count.
    private func mebibytes(_ count: Int) -> String { count < 100 ? "\(count).0 MiB" : "\(count) MiB" }

    @Test func aCappedRunHoldsLessAndMakesTheSameBytes() throws {
        #expect(try run(clip + ["-o", "free.mp4", "--quiet"]).status == 0)
        let free = try Data(contentsOf: directory["free.mp4"])
        let (capped, cap) = try runUnderLeastCap(clip + ["-o", "capped.mp4", "--json"])
        #expect(capped.status == 0, "\(capped.errors)")
        #expect(try Data(contentsOf: directory["capped.mp4"]) == free)
        // What the kernels of some levels lay out is more than this model's weights, so that those are saved as well.
        let weights = #/the transformer's [0-9.]+ MiB of weights are read anew at each pass, /#
        let saved = capped.errors.replacing(weights, with: "")
        #expect(saved.contains("memory up to \(mebibytes(cap)): earlier frames lie in a file of "))
        #expect(capped.errors.contains("beside the output, freed memory is given back at once\n"))
        let peak = try #require(try object(capped.output)["peakResidentBytes"] as? Int)
        #expect(peak < (cap + 32) << 20)

        let roomy = try run(clip + ["-o", "capped.mp4", "--max-memory", "4 GiB"])
        #expect(roomy.errors.contains("memory up to 4.0 GiB: nothing has to be saved\n"))
        #expect(try Data(contentsOf: directory["capped.mp4"]) == free)
    }

    @Test func aCapThatIsTooSmallIsRefusedAndNothingIsWritten() throws {
        let refused = try run(
            clip + [
                "-o", "clip.mp4", "--max-memory", "1.5M", "--checkpoint", "run", "--save-latents",
                "l.safetensors",
            ])
        #expect(refused.status == 1 && refused.output.isEmpty)
        #expect(
            refused.errors.wholeMatch(
                of:
                    /Error: --max-memory 1.5 MiB: this run needs [0-9.]+ MiB at least, in the stage 'decode'\. Allow that much, or make the clip smaller; `zoetrope plan` with the same options shows what takes it\.\n/
            ) != nil, "\(refused.errors)")
        #expect(try directory.contents == [])
    }

    @Test(arguments: ["2GiB", "1.5G", "800MiB", "3gb", "900 MB", "0.001TiB", "2000000k"])
    func sizesAsPeopleWriteThem(size: String) throws {
        let made = try run(["plan", "x", "--frames", "5", "--max-memory", size])
        #expect(made.status == 0, "\(made.errors)")
    }

    @Test(arguments: ["0", "0MiB", "2XB", "", "5", "1e3MiB", "GiB", "nanGiB", "9999999999TiB"])
    func whatIsNoSizeIsSaid(size: String) throws {
        let made = try run(clip + ["-o", "clip.mp4", "--max-memory", size])
        #expect(made.status == 64)
        #expect(
            made.errors.hasPrefix(
                "Error: The value '\(size)' is invalid for '--max-memory <size>': '\(size)' is no size. Write a number "
                    + "with KiB, MiB or GiB, such as 1GiB.\n"), "\(made.errors)")
        #expect(try run(clip + ["--max-memory=-1GiB"]).status == 64)
        #expect(try directory.contents == [])
    }

    @Test func resumingUnderACapGivesTheSameBytes() throws {
        #expect(try run(clip + ["-o", "free.mp4", "--quiet"]).status == 0)
        let killed = try Program.kill(
            clip + ["-o", "clip.mp4", "--checkpoint", "run"], in: directory.url, after: "step 1 of 3",
            by: SIGINT)
        #expect(killed.status == 130)
        let refused = try run(["resume", "run", "--max-memory", "2MiB"])
        #expect(
            refused.status == 1 && refused.errors.hasPrefix("Error: --max-memory 2.0 MiB: this run needs "))
        let (resumed, cap) = try runUnderLeastCap(["resume", "run"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("memory up to \(mebibytes(cap)): "))
        #expect(try Data(contentsOf: directory["clip.mp4"]) == Data(contentsOf: directory["free.mp4"]))
        #expect(try directory.contents == ["clip.mp4", "free.mp4"])
    }

    @Test func aProfileUnderACapIsPlannedUnderIt() throws {
        let (made, _) = try runUnderLeastCap(
            ["profile"] + clip.dropFirst() + ["-o", "clip.mp4", "--profile", "p"])
        #expect(made.status == 0, "\(made.errors)")
        let profile = try object(Data(contentsOf: directory["p/profile.json"]))
        let stages = try #require(profile["stages"] as? [[String: Any]])
        #expect(stages.count == 4)
        for stage in stages {
            #expect(stage["peakBytes"] as? Int == stage["plannedPeakBytes"] as? Int)
        }
    }
}
