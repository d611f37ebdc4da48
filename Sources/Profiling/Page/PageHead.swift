internal import Zoetrope

/// What was run, on what, how it ended, and the figures that people ask for first.
struct PageHead {
    private let profile: Profile

    init(_ profile: Profile) { self.profile = profile }

    var html: String {
        """
        <h1>\(Words.markup(profile.settings.prompt.isEmpty ? "(empty prompt)" : profile.settings.prompt))</h1>
        \(ending)<p>\(Words.markup(settings))</p>
        <p>\(Words.markup(machine))</p>
        <dl class="facts">\(facts.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" }.joined())</dl>
        """
    }

    /// Incomplete profiles say so before anything else.
    private var ending: String {
        switch profile.outcome {
        case .complete: ""
        case .cancelled:
            "<p class=\"incomplete\">Incomplete: the run was cancelled. Shown is what was done until then.</p>\n"
        case .failed:
            "<p class=\"incomplete\">Incomplete: the run failed. \(Words.markup(profile.error ?? ""))</p>\n"
        }
    }

    private var settings: String {
        let settings = profile.settings
        let tokens = Set(profile.stepTokens).sorted()
        return [
            "\(settings.width)x\(settings.height)", "\(settings.frames) frames",
            tokens.isEmpty ? "" : "\(tokens.map(String.init).joined(separator: " and ")) tokens",
            settings.patch.map { "patch \($0)" } ?? "", settings.precision?.rawValue ?? "fp32",
            "\(settings.steps) steps of \(settings.sampler.rawValue)", "guidance \(settings.guidance)",
            "seed \(settings.seed)", profile.recipe.map { "model \($0.model.name)" } ?? "",
        ].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private var machine: String {
        let machine = profile.machine
        return
            "\(machine.processor), \(machine.cores) cores, \(machine.threads) threads; kernels \(machine.kernels), "
            + "OpenBLAS \(machine.blasVersion) \(machine.blasCore)"
    }

    private var facts: [(name: String, value: String)] {
        let memory = profile.memory
        var facts = [("time", Words.seconds(profile.totalSeconds))]
        if let resident = memory.residentPeakBytes {
            facts.append(("resident at most", Words.bytes(resident)))
            facts.append(("planned for it", Words.bytes(memory.plannedPeakBytes)))
        }
        facts.append(("tensors and weights at most", Words.bytes(memory.trackedPeakBytes)))
        if let untracked = memory.untrackedAtPeakBytes {
            facts.append(("program and libraries", Words.bytes(untracked)))
        }
        if let program = memory.programBytes { facts.append(("before the run", Words.bytes(program))) }
        return facts
    }
}
