package import Zoetrope

/// How a run ended.
package struct RunEnding: Equatable, Sendable {
    package let outcome: Profile.Outcome
    package let error: String?
    /// Of a run that is complete.
    package let recipe: Recipe?

    package init<Report>(_ result: Result<Report, any Error>) {
        switch result {
        case let .success(report):
            (outcome, error, recipe) = (.complete, nil, (report as? GenerationReport)?.recipe)
        case .failure(is CancellationError): (outcome, error, recipe) = (.cancelled, nil, nil)
        case let .failure(reason): (outcome, error, recipe) = (.failed, "\(reason)", nil)
        }
    }
}
