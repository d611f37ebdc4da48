import ArgumentParser
import Tuning
import Zoetrope

/// The options of trials, read by the very definitions of `zoetrope generate`.
struct TrialOptions {
    private let modelOption: String?
    /// Bytes that a run may take where its options name no cap; nil knows no bound.
    private let availableBytes: Int?

    /// What is known of trials before they run, by their numbers.
    struct Forecast {
        /// Why trials cannot run.
        var problems: [Int: String] = [:]
        var plans: [Int: TrialPlan] = [:]
    }

    /// - Parameter modelOption: as `--model` names it
    init(modelOption: String?, availableBytes: Int? = AvailableMemory.bytes()) {
        self.modelOption = modelOption
        self.availableBytes = availableBytes
    }

    /// Reads, resolves and plans all trials before any of them runs.
    ///
    /// - Parameter measuresRates: whether plans have seconds, which may take a second for each number of threads
    /// - Throws: `ValidationError` for what generate cannot read at all and for options that a sweep sets itself;
    ///   ``SweepError/baseline(problem:)`` where nothing could be compared
    func forecast(of trials: [Trial], prompt: String, measuresRates: Bool = true) throws -> Forecast {
        let generator = try VideoGenerator(model: modelOption)
        var rates: [Int?: MachineRates] = [:]
        var forecast = Forecast()
        for trial in trials {
            let command = try command(for: trial, prompt: prompt)
            if measuresRates, rates[command.run.threads] == nil {
                rates[command.run.threads] = MachineRates.kept(threads: command.run.threads)
            }
            do {
                let settings = try command.resolve(with: generator)
                var (plan, problem) = try plan(settings, command.run.options(), with: generator)
                rates[command.run.threads].map { plan.time(at: $0) }
                forecast.plans[trial.number] = TrialPlan(plan)
                forecast.problems[trial.number] = problem
            } catch {
                forecast.problems[trial.number] = "\(error)"
            }
            if trial.isBaseline, let problem = forecast.problems[0] {
                throw SweepError.baseline(problem: problem)
            }
        }
        return forecast
    }

    /// - Returns: also why memory is not enough for it
    private func plan(
        _ settings: GenerationSettings, _ options: RunOptions, with generator: VideoGenerator
    ) throws -> (plan: RunPlan, problem: String?) {
        do {
            let plan = try generator.plan(settings, options: options)
            guard options.maxMemory == nil, let availableBytes, plan.peakBytes > availableBytes else {
                return (plan, nil)
            }
            return (plan, "\(SweepError.tooLarge(peakBytes: plan.peakBytes, availableBytes: availableBytes))")
        } catch let error as MemoryError {
            return (try generator.smallestPlan(settings, options: options), "\(error)")
        }
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
        if profile != nil { return "--profile" }
        if saveSteps != nil { return "--save-steps" }
        if kept.checkpoint != nil { return "--checkpoint" }
        if preset.file != nil { return "--preset" }
        if run.json { return "--json" }
        if run.quiet { return "--quiet" }
        return nil
    }
}
