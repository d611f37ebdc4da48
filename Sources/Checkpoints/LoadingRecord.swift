import Foundation
import Synchronization
import Tensors

/// What the scopes of one checkpoint have taken so far and what did not fit.
final class LoadingRecord: Sendable {
    private struct State {
        var taken: Set<String> = []
        var problems = KeyProblems()
        var zeros: ZeroBytes?
    }

    private let state = Mutex(State())

    // Twice the largest tensor of a known model, UMT5-XXL's embedding; a config that asks for more is wrong.
    private static let mostValues = 1 << 31

    var problems: KeyProblems { state.withLock { $0.problems } }

    func take(_ name: String) { state.withLock { _ = $0.taken.insert(name) } }

    func hasTaken(_ name: String) -> Bool { state.withLock { $0.taken.contains(name) } }

    func noteMissing(_ name: String) {
        state.withLock { if !$0.problems.missing.contains(name) { $0.problems.missing.append(name) } }
    }

    func noteMisfit(of stored: StoredTensor, _ name: String, expected: [Int]) {
        state.withLock { state in
            if stored.shape != expected {
                state.problems.wrongShape.append(.init(name: name, found: stored.shape, expected: expected))
            }
            if !stored.type.isFloatingPoint {
                state.problems.wrongType.append(.init(name: name, found: stored.type))
            }
        }
    }

    /// Zeros that take no memory, to stand in for what did not fit; nil when there is not even address space.
    func zeros(shape: [Int]) -> StoredTensor? {
        guard shape.allSatisfy({ $0 >= 0 }), let byteCount = byteCount(of: shape, .float32),
            byteCount <= Self.mostValues * ElementType.float32.byteCount
        else { return nil }
        return state.withLock { state in
            if state.zeros.map({ $0.bytes.count < byteCount }) ?? true { state.zeros = ZeroBytes(byteCount) }
            guard let zeros = state.zeros else { return nil }
            let bytes = UnsafeRawBufferPointer(rebasing: zeros.bytes[..<byteCount])
            return StoredTensor(shape: shape, type: .float32, bytes: bytes, owner: zeros)
        }
    }
}

/// Zeros from the system, which keeps one page of them however many are asked for.
private final class ZeroBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer

    init?(_ byteCount: Int) {
        let start = mmap(
            nil, max(1, byteCount), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let start, start != UnsafeMutableRawPointer(bitPattern: -1) else { return nil }
        bytes = UnsafeRawBufferPointer(start: start, count: max(1, byteCount))
    }

    deinit {
        guard let start = bytes.baseAddress else { return }
        munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
}
