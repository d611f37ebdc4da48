import Tensors
import Testing
import Zoetrope

/// What the options say about each step.
@Suite struct StepPlanTests {
    private func settings(
        _ steps: Int, guidance: Double = 3, cache: String? = nil, reuse: String? = nil, guided: String? = nil
    ) throws -> GenerationSettings {
        var request = GenerationRequest(prompt: "a cat")
        (request.seed, request.steps, request.guidance) = (7, steps, guidance)
        request.cache = try cache.map { try BlockCaching($0) }
        request.guidanceReuse = try reuse.map { try GuidanceReuse($0) }
        request.guidanceSteps = try guided.map { try GuidanceSteps($0) }
        return try VideoGenerator(model: "sprites").resolve(request)
    }

    /// A letter a step: guidance computed, reused or none; upper case where blocks may be skipped.
    private func plans(_ settings: GenerationSettings, patches: [PatchSize]? = nil) throws -> String {
        let base = PatchSize(time: 1, height: 2, width: 2)
        let patches = patches ?? Array(repeating: base, count: settings.steps)
        let letters = try StepPlan.plans(of: settings, patches: patches).map { plan in
            let letter =
                switch plan.guidance {
                case .computed: "c"
                case .reused: "r"
                case .none: "n"
                }
            return plan.maySkipBlocks ? letter.uppercased() : letter
        }
        return letters.joined()
    }

    @Test func everyStepHasItsPlan() throws {
        #expect(try plans(settings(12)) == "cccccccccccc")
        #expect(try plans(settings(12, guidance: 1)) == "nnnnnnnnnnnn")
        #expect(try plans(settings(12, cache: "0.1")) == "cccCCCCCCCCc")
        #expect(try plans(settings(12, cache: "0.1,steps=0-4")) == "cCCCCccccccc")
        #expect(try plans(settings(12, cache: "0.1,steps=9-")) == "cccccccccCCC")
        #expect(try plans(settings(12, reuse: "2")) == "cccrcrcrcrcc")
        #expect(try plans(settings(12, reuse: "3,steps=2-")) == "ccrrcrrcrrcr")
        #expect(try plans(settings(12, reuse: "3,steps=0-4")) == "crrcrccccccc")
        #expect(try plans(settings(12, guided: "2-8")) == "nncccccccnnn")
        #expect(try plans(settings(12, guided: "7")) == "nnnnnnncnnnn")
        #expect(try plans(settings(12, guided: "-75%")) == "cccccccccnnn")
        #expect(try plans(settings(8, guided: "-75%")) == "ccccccnn")
        #expect(try plans(settings(6, guided: "25%-75%")) == "nncccn")
        #expect(try plans(settings(6, guided: "30%-")) == "nncccc")
        #expect(try plans(settings(3, guided: "0%-1%")) == "cnn")
        #expect(try plans(settings(3, guided: "99%-")) == "nnc")
        #expect(try plans(settings(1, guided: "50%-75%")) == "c")
        #expect(try plans(settings(12, reuse: "2,steps=1-", guided: "2-8")) == "nncrcrcrcnnn")
        #expect(try plans(settings(12, cache: "0", reuse: "5", guided: "-10")) == "cccRRRRCRRRn")
        #expect(try plans(settings(1, cache: "0.1", reuse: "2")) == "c")
        #expect(try plans(settings(2, cache: "0.1", reuse: "2")) == "cc")
        #expect(try plans(settings(3, cache: "0.1", reuse: "2")) == "cRc")
    }

    @Test func anotherPatchSizeIsGuidedAnew() throws {
        let (base, coarse) = (
            PatchSize(time: 1, height: 2, width: 2), PatchSize(time: 1, height: 4, width: 4)
        )
        let patches = Array(repeating: coarse, count: 3) + Array(repeating: base, count: 3)
        #expect(try plans(settings(6, reuse: "9,steps=1-"), patches: patches) == "crrcrr")
    }

    @Test func nothingIsLeftOpenInARecipe() throws {
        let found = try settings(12, cache: "0.1", reuse: "2")
        #expect(found.cache?.description == "0.1,steps=3-10,at-most=3")
        #expect(found.guidanceReuse?.description == "2,steps=3-10")
        #expect(try settings(12, cache: ".10,at-most=3,steps=3-10").cache == found.cache)
        #expect(try settings(12, cache: "0.1,steps=-4").cache?.description == "0.1,steps=1-4,at-most=3")
        #expect(try settings(2, cache: "0.1", reuse: "2").cache == nil)
        #expect(try settings(2, cache: "0.1", reuse: "2").guidanceReuse == nil)
        #expect(try settings(12, guided: "2-").guidanceSteps?.description == "2-11")
        #expect(try settings(12, guided: "-75%").guidanceSteps?.description == "0-8")
        for all in ["0-", "0-11", "0%-", "-99%"] {
            #expect(try settings(12, guided: all).guidanceSteps == nil)
        }
    }

    @Test(arguments: ["-75%", "25%-", "25%-75%", "0%-", "2-9", "7"])
    func stepsAreWrittenAsTheyAreRead(text: String) throws {
        #expect(try GuidanceSteps(text).description == text)
    }

    @Test(arguments: [
        "", "-", "%", "-%", "75%", "75%-25%", "25%-25%", "-101%", "-075%", "-7.5%", "2-75%", "25%-9", "-75%-",
        "--5%",
    ])
    func whatAreNoStepsToGuideIsRefused(text: String) {
        #expect(
            problem { _ = try GuidanceSteps(text) }
                == "--guidance-steps \(text): '\(text)' has to be a first and a last number, counted from 0, as in 5-24, "
                + "5-, -24 or 7; or shares of the steps, as in 25%-75%, 25%- or -75%.")
    }

    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("", "has to be a threshold from 0 to 1000, as in 0.08."),
        ("x", "has to be a threshold from 0 to 1000, as in 0.08."),
        ("-1", "has to be a threshold from 0 to 1000, as in 0.08."),
        ("nan", "has to be a threshold from 0 to 1000, as in 0.08."),
        ("1001", "has to be a threshold from 0 to 1000, as in 0.08."),
        ("0.1,steps=", Self.range), ("0.1,steps=10000", Self.range),
        ("0.1,steps", Self.cacheParts), ("0.1,", Self.cacheParts), ("0.1,often=3", Self.cacheParts),
        ("0.1,at-most=2,at-most=3", Self.cacheParts),
        (
            "0.1,at-most=0",
            "has to be in how many steps in a row blocks may be skipped, from 1 to 1000, as in at-most=3."
        ),
    ])
    func aCacheThatCannotBeRead(text: String, reason: String) {
        let part = text.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
        #expect(problem { _ = try BlockCaching(text) } == "--cache \(text): '\(part)' \(reason)")
    }

    private static let range =
        "has to be a first and a last number, counted from 0, as in steps=5-24, steps=5-, steps=-24 or steps=7."
    private static let cacheParts =
        "cannot stand there. After the first value come steps=2-9, at-most=3, each at most once."

    @Test(arguments: [
        ("", Self.every), ("1", Self.every), ("2.5", Self.every), ("1001", Self.every),
        ("2,steps=9-4", Self.range),
        ("2,at-most=3", "cannot stand there. After the first value come steps=4-9, each at most once."),
    ])
    func aReuseThatCannotBeRead(text: String, reason: String) {
        let part = text.split(separator: ",", omittingEmptySubsequences: false).last ?? ""
        #expect(problem { _ = try GuidanceReuse(text) } == "--reuse-guidance \(text): '\(part)' \(reason)")
    }

    private static let every =
        "has to be in how many steps the unconditional pass is computed once, from 2 to 1000, as in 2."

    @Test func whatDoesNotFitTheRunSaysWhatToDo() {
        #expect(
            problem { _ = try settings(12, guided: "7,8") }
                == "--guidance-steps 7,8: '7,8' has to be a first and a last number, counted from 0, as in 5-24, 5-, -24 "
                + "or 7; or shares of the steps, as in 25%-75%, 25%- or -75%.")
        #expect(
            problem { _ = try settings(12, guided: "2-12") }
                == "--guidance-steps 2-12: this run has no steps 2-12, only 0 to 11. "
                + "Take steps of these, or another --steps.")
        #expect(
            problem { _ = try settings(12, cache: "0.1,steps=12-") }
                == "--cache 0.1,steps=12-,at-most=3: this run has no steps 12-, only 0 to 11. "
                + "Take steps of these, or another --steps.")
        #expect(
            problem { _ = try settings(12, reuse: "2,steps=-40") }
                == "--reuse-guidance 2,steps=0-40: this run has no steps 0-40, only 0 to 11. "
                + "Take steps of these, or another --steps.")
        #expect(
            problem { _ = try settings(12, guidance: 1, reuse: "2") }
                == "--reuse-guidance 2: guidance 1 has no unconditional pass. Leave the option out, or take --guidance "
                + "above 1.")
        #expect(
            problem { _ = try settings(12, guidance: 1, guided: "2-") }
                == "--guidance-steps 2-: guidance 1 has no unconditional pass. Leave the option out, or take --guidance "
                + "above 1.")
    }
}
