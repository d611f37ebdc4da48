package import Zoetrope

extension Profile {
    /// Puts together what a run left behind.
    ///
    /// - Parameters:
    ///   - recording: of the run
    ///   - resident: samples with the recording's times
    ///   - plan: of the same run
    package init(
        of subject: ProfileSubject, _ recording: RunRecording, resident: [ResidentSample],
        plan: some CostPlan, machine: MachineFacts, ending: RunEnding
    ) {
        let work = Self.work(recording, ceiling: machine.ceiling)
        let begin = recording.beginNanoseconds ?? 0
        outcome = ending.outcome
        error = ending.error
        self.machine = machine
        recipe = ending.recipe
        self.subject = subject
        totalSeconds = Double((recording.endNanoseconds ?? begin) - begin) * 1e-9
        stages = Self.stages(recording, work: work, plan: plan, ceiling: machine.ceiling)
        self.work = work
        memory = Self.memory(recording, resident: resident, plan: plan)
    }

    private static func work(_ recording: RunRecording, ceiling: [String: Double]) -> [WorkProfile] {
        struct Key: Hashable { let stage: String, owner: String, kind: String }
        var sums: [Key: (calls: Int, operations: Int, nanoseconds: Int)] = [:]
        for node in SpanTree(recording.spans).nodes where node.span.category == .kernel {
            let place = recording.labels[node.span.label]
            let key = Key(stage: place.stage, owner: place.owner, kind: node.span.name)
            let sum = sums[key] ?? (0, 0, 0)
            sums[key] = (sum.calls + 1, sum.operations + node.span.operations, sum.nanoseconds + node.own)
        }
        let work = sums.map { key, sum in
            let seconds = Double(sum.nanoseconds) * 1e-9
            let rate = sum.nanoseconds > 0 ? Double(sum.operations) / seconds : 0
            return WorkProfile(
                stage: key.stage, owner: key.owner, kind: key.kind, calls: sum.calls,
                operations: sum.operations,
                seconds: seconds, operationsPerSecond: rate,
                shareOfCeiling: ceiling[key.kind].flatMap { $0 > 0 ? rate / $0 : nil })
        }
        return work.sorted {
            ($0.seconds, $1.stage, $1.owner, $1.kind) > ($1.seconds, $0.stage, $0.owner, $0.kind)
        }
    }

    private static func stages(
        _ recording: RunRecording, work: [WorkProfile], plan: some CostPlan, ceiling: [String: Double]
    ) -> [StageProfile] {
        Stage.allCases.compactMap { stage in
            let spans = recording.spans.filter { $0.category == .stage && $0.name == stage.rawValue }
            guard !spans.isEmpty else { return nil }
            let own = work.filter { $0.stage == stage.rawValue }
            let held = recording.memory.first { $0.stage == stage }
            let planned = plan.memory.first { $0.stage == stage }
            let operations = Dictionary(own.map { ($0.kind, $0.operations) }, uniquingKeysWith: +)
            return StageProfile(
                stage: stage, seconds: Double(spans.reduce(0) { $0 + $1.end - $1.begin }) * 1e-9,
                kernelSeconds: own.reduce(0) { $0 + $1.seconds },
                secondsAtCeiling: Self.seconds(of: operations, at: ceiling), peakBytes: held?.peakBytes ?? 0,
                plannedPeakBytes: planned?.peakBytes, parts: held?.parts ?? [],
                plannedParts: planned?.parts ?? [],
                operations: operations,
                plannedOperations: plan.operations[stage.rawValue] ?? [:])
        }
    }

    /// - Returns: nil where there is nothing, or a kind without a ceiling
    private static func seconds(of operations: [String: Int], at ceiling: [String: Double]) -> Double? {
        operations.isEmpty
            ? nil
            : operations.reduce(0) { sum, work in
                guard let sum, let rate = ceiling[work.key], rate > 0 else { return nil }
                return sum + Double(work.value) / rate
            }
    }

    private static func memory(
        _ recording: RunRecording, resident: [ResidentSample], plan: some CostPlan
    ) -> MemoryProfile {
        let peak = resident.max { $0.bytes < $1.bytes }
        return MemoryProfile(
            residentPeakBytes: peak?.bytes, plannedPeakBytes: plan.peakBytes,
            trackedPeakBytes: recording.trackedPeakBytes,
            plannedUntrackedBytes: plan.libraryBytes,
            programBytes: resident.first?.bytes,
            untrackedAtPeakBytes: peak.map { max(0, $0.bytes - recording.trackedBytes(at: $0.nanoseconds)) },
            recorderBytes: recording.recorderBytes,
            beginSeconds: Double(recording.beginNanoseconds ?? 0) * 1e-9,
            stages: recording.spans.filter { $0.category == .stage }.map {
                StageInterval(name: $0.name, begin: Double($0.begin) * 1e-9, end: Double($0.end) * 1e-9)
            },
            timeline: MemoryTimeline(recording, resident: resident, parts: 600))
    }
}

extension RunRecording {
    /// What tensors and mapped weights took at a time.
    func trackedBytes(at nanoseconds: Int) -> Int {
        var books = UseBooks(self, uses: [])
        for change in changes.prefix(while: { $0.nanoseconds <= nanoseconds }) { books.enter(change) }
        return books.total
    }
}
