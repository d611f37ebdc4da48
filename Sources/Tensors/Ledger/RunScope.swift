/// On whose account memory and work go: which run, which of its stages, which part of the model, and what for.
///
/// The scope is a task-local value, so that layers and kernels need no parameter for it; ``Workers`` hands it on to its
/// threads. Outside of any run there is a ledger of the process that nobody reads.
package struct RunScope: Sendable {
    @TaskLocal package static var current = RunScope(ledger: MemoryLedger())

    package let ledger: MemoryLedger
    package let label: MemoryLabel
    let account: MemoryLedger.Account

    private init(ledger: MemoryLedger, label: MemoryLabel) {
        self.ledger = ledger
        self.label = label
        account = ledger.account(of: label)
    }

    package init(ledger: MemoryLedger) {
        self.init(ledger: ledger, label: MemoryLabel(stage: "", owner: "", use: .activations))
    }

    /// Runs `body` on the account of a ledger, with no stage yet.
    package static func of<Result>(_ ledger: MemoryLedger, _ body: () throws -> Result) rethrows -> Result {
        try $current.withValue(RunScope(ledger: ledger), operation: body)
    }

    /// Runs `body` under another stage, owner or use; what is nil stays as it is.
    package static func with<Result>(
        stage: String? = nil, owner: String? = nil, use: MemoryUse? = nil, _ body: () throws -> Result
    ) rethrows -> Result {
        let now = current
        let label = MemoryLabel(
            stage: stage ?? now.label.stage, owner: owner ?? now.label.owner, use: use ?? now.label.use)
        let scope = RunScope(ledger: now.ledger, label: label)
        guard now.ledger.keepsTimeline, stage != nil || owner != nil else {
            return try $current.withValue(scope, operation: body)
        }
        let begin = ContinuousClock.now
        defer { now.ledger.record(stage != nil ? .stage : .owner, at: scope.account, from: begin, to: .now) }
        return try $current.withValue(scope, operation: body)
    }

    /// Runs `body` as a part of the run that has a name in its timeline, such as a step; nothing but that changes.
    package static func during<Result>(
        _ name: @autoclosure () -> String, _ body: () throws -> Result
    ) rethrows -> Result {
        let now = current
        guard now.ledger.keepsTimeline else { return try body() }
        let begin = ContinuousClock.now
        defer { now.ledger.record(part: name(), at: now.account, from: begin, to: .now) }
        return try body()
    }

    /// Notes in the ledger what a kernel computes, from here to ``Work/end()``.
    ///
    /// - Parameter operations: of its size, an addition and a multiplication counting as two
    package static func begin(_ kind: WorkKind, _ operations: Int) -> Work {
        Work(scope: current, kind: kind, operations: operations, start: .now)
    }

    /// Work that has begun.
    package struct Work: Sendable {
        fileprivate let scope: RunScope
        fileprivate let kind: WorkKind
        fileprivate let operations: Int
        fileprivate let start: ContinuousClock.Instant

        package func end() {
            let end = ContinuousClock.now
            scope.ledger.note(
                kind, operations, seconds: start.duration(to: end) / .seconds(1), at: scope.account)
            guard scope.ledger.keepsTimeline else { return }
            scope.ledger.record(.kernel(kind), operations, at: scope.account, from: start, to: end)
        }
    }
}

/// Where memory belongs.
package struct MemoryLabel: Hashable, Codable, Sendable {
    /// Of the run; empty outside of a stage.
    package let stage: String
    /// Part of the model, such as `blocks.7`; empty where none is named.
    package let owner: String
    package let use: MemoryUse
}
