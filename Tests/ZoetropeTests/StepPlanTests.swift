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
        request.guidanceSteps = try guided.map { try StepRange(of: .guidanceSteps, $0) }
        return try VideoGenerator().resolve(request)
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
        #expect(try settings(12, guided: "2-").guidanceSteps?.description == "2-")
    }

    @Test func rangesAreReadOneWay() {
        for text in ["0-0", "5-24", "5-", "-24", "0-999"] { #expect(StepRange(text)?.description == text) }
        for text in ["", "-", "5", "9-4", "05-7", "5-7-9", "1000-", "5 -7", "--5", "+5-", "a-b", "-1-4"] {
            #expect(StepRange(text) == nil, "\(text)")
        }
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
        ("", ""), ("x", "x"), ("-1", "-1"), ("nan", "nan"), ("1001", "1001"), ("0.1,steps=5", "5"),
        ("0.1,steps", "steps"), ("0.1,at-most=0", "0"), ("0.1,at-most=2,at-most=3", "at-most=3"),
        ("0.1,often=3", "often=3"), ("0.1,", ""),
    ])
    func aCacheThatCannotBeRead(text: String, part: String) {
        #expect(
            problem { _ = try BlockCaching(text) }
                == "--cache \(text): '\(part)' cannot be read. Write a threshold from 0 to 1000 and, as you like, the "
                + "steps where blocks may be skipped and how many of them in a row, from 1 to 1000: "
                + "0.08,steps=2-9,at-most=3.")
    }

    @Test(arguments: [
        ("", ""), ("1", "1"), ("2.5", "2.5"), ("2,steps=9-4", "9-4"), ("2,at-most=3", "at-most=3"),
    ])
    func aReuseThatCannotBeRead(text: String, part: String) {
        #expect(
            problem { _ = try GuidanceReuse(text) }
                == "--reuse-guidance \(text): '\(part)' cannot be read. Write in how many steps the unconditional pass is "
                + "computed once, from 2 to 1000, and, as you like, the steps where it may be left out: 2,steps=4-9."
        )
    }

    @Test func whatDoesNotFitTheRunSaysWhatToDo() {
        #expect(
            problem { _ = try settings(12, guided: "7") }
                == "--guidance-steps 7: '7' cannot be read. Write the steps that are guided, the first being 0: 2-9, 2- "
                + "or -9.")
        #expect(
            problem { _ = try settings(12, guided: "2-12") }
                == "--guidance-steps 2-12: the steps of this run are 0 to 11, and 2-12 is not inside. "
                + "Take other steps, or another --steps.")
        #expect(
            problem { _ = try settings(12, cache: "0.1,steps=12-") }
                == "--cache 0.1,steps=12-,at-most=3: the steps of this run are 0 to 11, and 12- is not inside. "
                + "Take other steps, or another --steps.")
        #expect(
            problem { _ = try settings(12, reuse: "2,steps=-40") }
                == "--reuse-guidance 2,steps=-40: the steps of this run are 0 to 11, and -40 is not inside. "
                + "Take other steps, or another --steps.")
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
