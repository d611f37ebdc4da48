/// Number format of the products of a transformer's trunk. Sums, norms, positions, softmax and whatever is not a
/// product of the trunk are fp32 at every precision.
package enum Precision: String, Codable, CaseIterable, Sendable {
    case float32 = "fp32"
    case int8
}
