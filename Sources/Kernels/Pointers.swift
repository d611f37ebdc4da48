internal import Tensors

/// A pointer that tasks on other threads use while the caller waits for them.
struct Shared<Pointer>: @unchecked Sendable {
    let pointer: Pointer
}

extension Tensor {
    /// The first value, to be used while `self` is held by the caller and nobody writes to it.
    func read<Result>(_ body: (Shared<UnsafePointer<Float>>) throws -> Result) rethrows -> Result {
        try withValues { values in
            guard let base = values.baseAddress else { preconditionFailure("a tensor always has memory") }
            return try body(Shared(pointer: base))
        }
    }

    /// The first value for writing; tasks write disjoint parts.
    mutating func write<Result>(_ body: (Shared<UnsafeMutablePointer<Float>>) throws -> Result) rethrows
        -> Result
    {
        try withMutableValues { values in
            guard let base = values.baseAddress else { preconditionFailure("a tensor always has memory") }
            return try body(Shared(pointer: base))
        }
    }
}

/// Calls `body` with the first value, or with nil where there is no tensor.
func withOptional<Result>(_ tensor: Tensor?, _ body: (Shared<UnsafePointer<Float>?>) -> Result)
    -> Result
{
    guard let tensor else { return body(Shared(pointer: nil)) }
    return tensor.read { body(Shared(pointer: $0.pointer)) }
}
