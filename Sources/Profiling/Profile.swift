package import Zoetrope

/// What a run did, held and took, beside what its plan said; what `profile.json` holds.
package struct Profile: Codable, Equatable, Sendable {
    /// How the run ended; all but ``complete`` profiles say what was there until then.
    package enum Outcome: String, Codable, Sendable { case complete, failed, cancelled }

    package var format = "zoetrope.profile"
    package var version = 1
    package var outcome: Outcome
    /// Of a run that failed.
    package var error: String?
    package var machine: MachineFacts
    /// Of a run that is complete.
    package var recipe: Recipe?
    package var subject: ProfileSubject
    /// On the wall, from the begin of the first stage to the end of the last.
    package var totalSeconds: Double
    /// In the order of a run; stages that did not happen are left out.
    package var stages: [StageProfile]
    /// What takes most time comes first.
    package var work: [WorkProfile]
    package var memory: MemoryProfile
}

/// One stage of a run.
package struct StageProfile: Codable, Equatable, Sendable {
    package var stage: Stage
    /// On the wall, all times that the stage was entered together.
    package var seconds: Double
    /// Of that, inside of kernels.
    package var kernelSeconds: Double
    /// What its operations take where every kernel reaches the machine's ceiling; nil where that was not measured.
    package var secondsAtCeiling: Double?
    /// Tensors and mapped weights when most was held, measured and as planned.
    package var peakBytes: Int
    package var plannedPeakBytes: Int?
    /// What ``peakBytes`` consists of, the largest first.
    package var parts: [MemoryPart]
    package var plannedParts: [MemoryPart]
    /// By kind of kernel.
    package var operations: [String: Int]
    package var plannedOperations: [String: Int]
}

/// What one part of the model computed with one kind of kernel in one stage.
package struct WorkProfile: Codable, Equatable, Sendable {
    package var stage: String
    /// Such as `blocks.7`; empty for what belongs to none.
    package var owner: String
    package var kind: String
    package var calls: Int
    package var operations: Int
    /// On the wall, kernels that it called left out.
    package var seconds: Double
    package var operationsPerSecond: Double
    /// Of what the machine computes of this kind, where that was measured.
    package var shareOfCeiling: Double?
}

/// Memory of the process.
package struct MemoryProfile: Codable, Equatable, Sendable {
    /// Largest resident set that was seen, and as planned; nil where the system does not tell.
    package var residentPeakBytes: Int?
    package var plannedPeakBytes: Int
    /// Tensors and mapped weights, all stages.
    package var trackedPeakBytes: Int
    /// Of ``plannedPeakBytes``, what the program and its libraries were thought to take.
    package var plannedUntrackedBytes: Int
    /// Resident before the run.
    package var programBytes: Int?
    /// What was resident beside tensors and mapped weights when most was resident: the program and what FFmpeg, OpenBLAS,
    /// SentencePiece and the system's allocator hold.
    package var untrackedAtPeakBytes: Int?
    /// What the recorder took in the end; it is taken off all that is said about the resident set.
    package var recorderBytes: Int
    /// When the first stage began, on the timeline.
    package var beginSeconds: Double
    /// Each time that a stage was entered, on the timeline.
    package var stages: [StageInterval]
    package var timeline: MemoryTimeline
}

/// From when to when a run was in a stage.
package struct StageInterval: Codable, Equatable, Sendable {
    package var name: String
    package var begin: Double
    package var end: Double
}
