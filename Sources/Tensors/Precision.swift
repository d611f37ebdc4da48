/// Number format of the products of a transformer's trunk. Sums, norms, positions, softmax and whatever is not a
/// product of the trunk are fp32 at every precision.
package enum Precision: String, Codable, CaseIterable, Sendable {
    case float32 = "fp32"
    /// Operands in IEEE half, each row and each output with a power of two as scale.
    case float16 = "fp16"
    case int8
}
