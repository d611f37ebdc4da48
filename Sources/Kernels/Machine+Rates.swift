package import Tensors

extension Machine {
    /// What this machine computes of each kind of work, in operations a second, on one problem of a common size each: the
    /// quickest of four calls. Takes about a second.
    ///
    /// - Source: ours; the sizes are those of Wan 2.1 1.3B at 1,024 tokens, and of its decoder's finest level
    package static func rates(on workers: Workers) -> [WorkKind: Double] {
        let problems = RateProblems(workers: workers)
        return Dictionary(
            uniqueKeysWithValues: WorkKind.allCases.map { kind in
                (kind, (0..<4).map { _ in rate(of: kind, problems) }.max() ?? 0)
            })
    }

    /// Operations a second of one call.
    private static func rate(of kind: WorkKind, _ problems: RateProblems) -> Double {
        let ledger = MemoryLedger()
        RunScope.of(ledger) { problems.run(kind) }
        let work = ledger.report.work.first { $0.kind == kind }
        return work.map { Double($0.operations) / max($0.seconds, 1e-9) } ?? 0
    }
}

/// One problem of each kind of work.
private struct RateProblems {
    private let x = Tensor(repeating: 0.5, shape: [1024, 1536])
    private let few = Tensor(repeating: 0.5, shape: [32, 1536])
    private let stored: StoredTensor
    private let weight: ProductWeight
    private let weightFloat16: ProductWeight
    private let weightInt8: ProductWeight
    private let picture = Tensor(repeating: 0.5, shape: [130, 130, 96])
    private let taps = Tensor(repeating: 0.01, shape: [27, 96, 96])
    private let workers: Workers

    init(workers: Workers) {
        let memory = FilledBytes(count: 1536 * 1536, value: 0.01)
        stored = StoredTensor(shape: [1536, 1536], type: .float32, bytes: memory.bytes, owner: memory)
        weight = ProductWeight(stored, precision: .float32, on: workers)
        weightFloat16 = ProductWeight(stored, precision: .float16, on: workers)
        weightInt8 = ProductWeight(stored, precision: .int8, on: workers)
        self.workers = workers
    }

    func run(_ kind: WorkKind) {
        switch kind {
        case .product: multiply(x, by: weight)
        case .productFloat16: multiply(x, by: weightFloat16)
        case .productInt8: multiply(x, by: weightInt8)
        case .fewRows: multiply(few, by: weight)
        case .attention: _ = attention(x, x, x, heads: 12, scale: 0.1, on: workers)
        case .attentionFloat16:
            _ = attention(x, x, x, heads: 12, scale: 0.1, precision: .float16, on: workers)
        case .attentionInt8: _ = attention(x, x, x, heads: 12, scale: 0.1, precision: .int8, on: workers)
        case .convolution:
            _ = convolve(
                [picture, picture, picture], weight: taps, bias: Tensor(shape: [96]),
                window: ConvolutionWindow(3, 3, 3), on: workers)
        case .rows: _ = layerNorm(x, epsilon: 1e-6, scale: nil, shift: nil, on: workers)
        case .loading: _ = ProductWeight(stored, precision: .int8, on: workers)
        }
    }

    private func multiply(_ x: Tensor, by weight: ProductWeight) {
        _ = linear(weight.rows(of: x, on: workers), weight, bias: nil, on: workers)
    }
}

/// Values of one size that stand in for a mapped file.
private final class FilledBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableBufferPointer<Float>

    init(count: Int, value: Float) {
        memory = .allocate(capacity: count)
        memory.initialize(repeating: value)
        bytes = UnsafeRawBufferPointer(memory)
    }

    deinit { memory.deallocate() }
}
