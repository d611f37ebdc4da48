import ArgumentParser
import Tuning
import Zoetrope

/// The options of trials, read by the very definitions of `zoetrope generate`.
struct TrialOptions {
    private let modelOption: String?

    /// - Parameter modelOption: as `--model` names it
    init(modelOption: String?) { self.modelOption = modelOption }

    /// Reads and resolves all trials before any of them runs.
    ///
    /// - Returns: why trials cannot run, by their numbers
    /// - Throws: `ValidationError` for what generate cannot read at all and for options that a sweep sets itself;
    ///   ``SweepError/baseline(problem:)`` where nothing could be compared
    func problems(of trials: [Trial], prompt: String) throws -> [Int: String] {
        let generator = try VideoGenerator(model: modelOption)
        var problems: [Int: String] = [:]
        for trial in trials {
            let command = try command(for: trial, prompt: prompt)
            do {
                _ = try command.resolve(with: generator)
            } catch {
                if trial.isBaseline { throw SweepError.baseline(problem: "\(error)") }
                problems[trial.number] = "\(error)"
            }
        }
        return problems
    }

    /// What the options of a baseline mean.
    func baseline(_ options: [OptionChoice], prompt: String) throws -> GenerationSettings {
        let trial = Trial(number: 0, name: "baseline", options: options)
        let command = try command(for: trial, prompt: prompt)
        do {
            return try command.resolve(with: try VideoGenerator(model: modelOption))
        } catch {
            throw SweepError.baseline(problem: "\(error)")
        }
    }

    private func command(for trial: Trial, prompt: String) throws -> GenerateCommand {
        let command: GenerateCommand
        do {
            command = try GenerateCommand.parse(trial.options.words + ["--", prompt])
        } catch {
            let message = GenerateCommand.message(for: error)
            throw ValidationError("Trial \(trial.number), '\(trial.name)': \(message)")
        }
        if let option = command.optionOfOneClip ?? (command.model.model == nil ? nil : "--model") {
            throw ValidationError(
                "Trial \(trial.number), '\(trial.name)': \(option) cannot be tried, because the sweep sets it itself."
            )
        }
        return command
    }
}

extension GenerateCommand {
    /// An option that belongs to one clip, or to one call of the program, and not to settings that are tried or kept.
    var optionOfOneClip: String? {
        if settings.seed != nil { return "--seed" }
        if output.output != nil { return "--output" }
        if saveLatents != nil { return "--save-latents" }
        if kept.checkpoint != nil { return "--checkpoint" }
        if preset != nil { return "--preset" }
        if run.json { return "--json" }
        if run.quiet { return "--quiet" }
        return nil
    }
}
