internal import Checkpoints
internal import Kernels
internal import Layers
internal import Tensors

/// Keys and values of one source of tokens; keys are normalised over the channels of all heads together.
struct KeyValueProjection: Sendable {
    private let key: Linear
    private let keyNorm: RMSNorm
    private let value: Linear

    /// Names of the three layers in an attention's scope.
    struct Names {
        let key: String
        let keyNorm: String
        let value: String

        static let tokens = Names(key: "to_k", keyNorm: "norm_k", value: "to_v")
        static let image = Names(key: "add_k_proj", keyNorm: "norm_added_k", value: "add_v_proj")
    }

    init(
        _ weights: WeightScope, _ names: Names, config: DiTConfig, precision: Precision = .float32,
        on workers: Workers
    ) throws {
        let width = config.width
        key = try Linear(weights[names.key], from: width, to: width, precision: precision, on: workers)
        keyNorm = try RMSNorm(weights[names.keyNorm], width: width, epsilon: config.epsilon, on: workers)
        value = try Linear(weights[names.value], from: width, to: width, precision: precision, on: workers)
    }

    var matrices: [Linear] { [key, value] }

    func keys(of source: ProductRows) -> Tensor { keyNorm(key(source)) }

    func values(of source: ProductRows) -> Tensor { value(source) }

    func keysAndValues(of source: Tensor) -> KeysAndValues {
        let source = key.prepared(source)
        return KeysAndValues(
            keys: keys(of: source).charged(to: .caches), values: values(of: source).charged(to: .caches))
    }
}
