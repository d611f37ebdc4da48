import Synchronization
import Zoetrope

/// Remembers the events of a run as short names.
final class EventLog: Sendable {
    private let seen = Mutex<[String]>([])

    var names: [String] { seen.withLock { $0 } }

    func add(_ event: GenerationEvent) { seen.withLock { $0.append(Self.name(of: event)) } }

    static func name(of event: GenerationEvent) -> String {
        switch event {
        case .started: "started"
        case .warning: "warning"
        case let .note(text): "note: \(text)"
        case let .stage(stage): stage.rawValue
        case let .step(index, count, _, _): "step \(index + 1)/\(count)"
        case let .frame(index, count): "frame \(index + 1)/\(count)"
        }
    }
}
