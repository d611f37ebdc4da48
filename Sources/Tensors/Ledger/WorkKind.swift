/// What a kernel computes.
package enum WorkKind: String, Codable, CaseIterable, Sendable {
    case product
    case productFloat16
    case productInt8
    /// Products of so few rows that bringing the weight near and widening it counts.
    case fewRows
    case attention
    case attentionFloat16
    case attentionInt8
    case convolution
    /// Norms, modulation, rope and what else goes over the values once; an operation is a value.
    case rows
    /// Laying weights out anew, in half, in 8 bits or for convolutions; an operation is a value.
    case loading

    /// Place among all kinds.
    var number: Int {
        switch self {
        case .product: 0
        case .productInt8: 1
        case .fewRows: 2
        case .attention: 3
        case .attentionInt8: 4
        case .convolution: 5
        case .rows: 6
        case .loading: 7
        case .productFloat16: 8
        case .attentionFloat16: 9
        }
    }
}
