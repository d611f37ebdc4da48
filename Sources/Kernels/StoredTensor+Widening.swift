internal import CKernels
package import Tensors

extension StoredTensor {
    /// The values where they lie, when they are fp32 and aligned.
    var alignedFloats: UnsafePointer<Float>? {
        guard type == .float32, let base = bytes.baseAddress, Int(bitPattern: base) % 4 == 0 else {
            return nil
        }
        return base.assumingMemoryBound(to: Float.self)
    }

    /// Copies `count` values that begin at value `first` to `target`, as fp32.
    func widen(from first: Int, count: Int, into target: UnsafeMutablePointer<Float>) {
        guard count > 0, let base = bytes.baseAddress else { return }
        let source = base + first * type.byteCount
        switch type {
        case .float32: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
        case .bfloat16: simd.widen_bfloat16(source, target, count)
        case .float16: simd.widen_float16(source, target, count)
        case .float64:
            for index in 0..<count {
                target[index] = Float(source.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
            }
        default: preconditionFailure("weights are floats; whoever loads them checks that")
        }
    }

    /// All values as fp32: where they lie if that can be, else copied. The pointer is valid inside `body` only.
    func readFloats(_ body: (Shared<UnsafePointer<Float>>) -> Void) {
        if let values = alignedFloats { return withExtendedLifetime(self) { body(Shared(pointer: values)) } }
        var copy = Tensor(uninitialized: [count])
        if !RunScope.current.ledger.isPlan {
            copy.write { widen(from: 0, count: count, into: $0.pointer) }
        }
        copy.read(body)
    }

    /// Row `index` of the first axis as fp32, `[count / shape[0]]`.
    package func widenedRow(_ index: Int) -> Tensor {
        precondition(index >= 0 && index < shape[0], "row \(index) of \(shape)")
        let width = count / shape[0]
        var row = Tensor(uninitialized: [width])
        row.write { widen(from: index * width, count: width, into: $0.pointer) }
        return row
    }
}
