/// All that a run computed with one kind of kernel.
struct KernelClass: Equatable {
    let kind: String
    let calls: Int
    let operations: Int
    let seconds: Double
    let ceiling: Double?

    var operationsPerSecond: Double { seconds > 0 ? Double(operations) / seconds : 0 }
    var shareOfCeiling: Double? { ceiling.map { operationsPerSecond / $0 } }

    /// The one that takes most time comes first.
    static func all(of profile: Profile) -> [KernelClass] {
        all(of: profile.work, ceiling: profile.machine.ceiling)
    }

    static func all(of work: [WorkProfile], ceiling: [String: Double]) -> [KernelClass] {
        Dictionary(grouping: work, by: \.kind).map { kind, work in
            KernelClass(
                kind: kind, calls: work.reduce(0) { $0 + $1.calls },
                operations: work.reduce(0) { $0 + $1.operations },
                seconds: work.reduce(0) { $0 + $1.seconds },
                ceiling: ceiling[kind].flatMap { $0 > 0 ? $0 : nil })
        }.sorted { ($0.seconds, $1.kind) > ($1.seconds, $0.kind) }
    }
}
