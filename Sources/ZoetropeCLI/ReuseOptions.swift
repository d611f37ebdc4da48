import ArgumentParser
import Zoetrope

/// What may be left out because an earlier step has computed something like it.
struct ReuseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Skip the blocks after the first where it changed little since the last full step, and add what they added "
                + "then: a threshold such as 0.08, and as you like ,steps=2-9 where that may be (the first step is 0; "
                + "left out: all but the first quarter and the last) and ,at-most=3 in a row (docs/step-caching.md). "
                + "[default: off]", valueName: "x"))
    var cache: String?

    @Option(
        help: ArgumentHelp(
            "Compute guidance's unconditional pass once in n steps, and between lead on by the difference that both passes "
                + "had then: 2, or 2,steps=4-9 where it may be left out (docs/step-caching.md). [default: off]",
            valueName: "n"))
    var reuseGuidance: String?

    @Option(
        // A range may begin with the sign that options begin with.
        parsing: .unconditional,
        help: ArgumentHelp(
            "Steps that are guided, such as 2-9, 2-, -9 or 7, the first being 0, or a share such as -75%; the others take "
                + "a single pass. 0- is all. [default: the model's, or else all]", valueName: "steps"))
    var guidanceSteps: String?

    func add(to request: inout GenerationRequest) throws {
        request.cache = try cache.map { try BlockCaching($0) }
        request.guidanceReuse = try reuseGuidance.map { try GuidanceReuse($0) }
        request.guidanceSteps = try guidanceSteps.map { try GuidanceSteps($0) }
    }
}
