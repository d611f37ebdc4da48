internal import Tensors

/// What a run notes for its report.
final class RunLog {
    private(set) var watch = Stopwatch()
    var stepSeconds: [Double] = []
    var stepPasses: [StepPasses] = []
    var warnings: [String] = []

    func measure<Result>(_ stage: Stage, _ body: () throws -> Result) rethrows -> Result {
        let start = ContinuousClock.now
        defer { watch.add(ContinuousClock.now - start, to: stage) }
        return try RunScope.with(stage: stage.rawValue, body)
    }

    /// Loads a component: freed memory of the stage before is given back first.
    func load<Part>(_ component: String, _ body: () throws -> Part) rethrows -> Part {
        RunScope.current.ledger.beginStage()
        return try measure(.load) { try RunScope.with(owner: component, use: .weights, body) }
    }
}
