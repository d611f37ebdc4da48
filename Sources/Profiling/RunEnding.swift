package import Zoetrope

/// How a run ended.
package struct RunEnding: Equatable, Sendable {
    package let outcome: Profile.Outcome
    package let error: String?

    package init(_ result: Result<GenerationReport, any Error>) {
        switch result {
        case .success: (outcome, error) = (.complete, nil)
        case .failure(is CancellationError): (outcome, error) = (.cancelled, nil)
        case let .failure(reason): (outcome, error) = (.failed, "\(reason)")
        }
    }
}
