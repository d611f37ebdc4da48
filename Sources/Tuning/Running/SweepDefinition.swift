package import Zoetrope

/// All that decides what a sweep's results mean: `sweep.json` in its directory.
package struct SweepDefinition: Codable, Equatable, Sendable {
    static let format = "zoetrope.sweep"
    static let version = 1

    let format: String
    let version: Int
    package let zoetrope: String
    /// As `--model` names it; nil is the default model.
    package let modelOption: String?
    package let model: ModelIdentity
    package let prompts: [String]
    package let seeds: [UInt64]
    package let trials: [Trial]

    package init(
        modelOption: String?, model: ModelIdentity, prompts: [String], seeds: [UInt64], trials: [Trial]
    ) {
        format = Self.format
        version = Self.version
        zoetrope = zoetropeVersion
        self.modelOption = modelOption
        self.model = model
        self.prompts = prompts
        self.seeds = seeds
        self.trials = trials
    }

    package var cases: [SweepCase] { SweepCase.all(prompts: prompts, seeds: seeds) }

    package func name(of item: SweepCase) -> String {
        let prompt = prompts.firstIndex(of: item.prompt).map { $0 + 1 } ?? 0
        return "prompt-\(prompt)-seed-\(item.seed)"
    }

    /// What a trial's runs have in common, as words behind `zoetrope generate`.
    package func options(of trial: Trial) -> [String] {
        (modelOption.map { ["--model", $0] } ?? []) + trial.options.words
    }

    /// The first thing that differs from an older definition in the same directory; nil where both are one sweep.
    func difference(from older: SweepDefinition) -> String? {
        if older == self { return nil }
        if older.model != model {
            return "it was made with the model '\(older.model.name)' (\(older.model.hash))"
        }
        if older.zoetrope != zoetrope { return "Zoetrope \(older.zoetrope) made it, and this is \(zoetrope)" }
        if older.prompts != prompts { return "its prompts differ" }
        if older.seeds != seeds { return "its seeds differ" }
        let different = zip(older.trials, trials).first { $0 != $1 }
        if let (old, new) = different {
            return "its trial \(old.number) is '\(old.name)' and not '\(new.name)'"
                + (old.name == new.name ? " with the same options" : "")
        }
        if older.trials.count != trials.count {
            return "it has \(older.trials.count - 1) trials and not \(trials.count - 1)"
        }
        return "the model is named differently"
    }
}
