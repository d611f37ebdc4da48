internal import Zoetrope

/// What was run, on what, how it ended, and the figures that people ask for first.
struct PageHead {
    private let profile: Profile

    init(_ profile: Profile) { self.profile = profile }

    var html: String {
        """
        <h1>\(Words.markup(profile.subject.title))</h1>
        \(ending)<p>\(Words.markup(subject))</p>
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

    private var subject: String {
        let subject = profile.subject
        let work =
            subject.settings.map {
                [SettingsText.line($0, stepTokens: subject.stepTokens), "seed \($0.seed)"]
            }
            ?? ["\(subject.width)x\(subject.height)", "\(subject.frames) frames"]
        return (work + (profile.recipe.map { ["model \($0.model.name)"] } ?? [])).joined(separator: ", ")
    }

    private var machine: String {
        let machine = profile.machine
        return
            "\(machine.processor), \(machine.cores) cores, \(machine.threads) threads; kernels \(machine.kernels), "
            + "OpenBLAS \(machine.blasVersion) \(machine.blasCore)"
    }

    private var facts: [(name: String, value: String)] {
        let memory = profile.memory
        var facts = [("time", durationText(profile.totalSeconds))]
        if let resident = memory.residentPeakBytes {
            facts.append(("resident at most", byteText(resident)))
            facts.append(("planned for it", byteText(memory.plannedPeakBytes)))
        }
        facts.append(("tensors and weights at most", byteText(memory.trackedPeakBytes)))
        if let untracked = memory.untrackedAtPeakBytes {
            facts.append(("program and libraries", byteText(untracked)))
        }
        if let program = memory.programBytes { facts.append(("before the run", byteText(program))) }
        return facts
    }
}
