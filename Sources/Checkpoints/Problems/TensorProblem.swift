import Tensors

/// Why one entry of a safetensors header cannot be used.
package enum TensorProblem: Error, Equatable, Sendable {
    case unknownType(String)
    case missingField(String)
    case wrongOffsets(count: Int)
    case negativeAxis(shape: [Int])
    case tooLarge(shape: [Int])
    case outsideData(begin: Int, end: Int, dataBytes: Int)
    case wrongSize(shape: [Int], type: String, needed: Int, found: Int)
}

extension TensorProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownType(let type):
            "is of type '\(type)', but only \(Self.knownTypes) can be read. "
                + "Take a checkpoint in one of these types, or convert this one."
        case .missingField(let field):
            "has no '\(field)' in the header, but needs one. \(HeaderProblem.fetchAgain)"
        case .wrongOffsets(let count):
            "has \(count) data_offsets, but needs 2, begin and end. \(HeaderProblem.fetchAgain)"
        case .negativeAxis(let shape):
            "has shape \(shape), but no axis may be negative. \(HeaderProblem.fetchAgain)"
        case .tooLarge(let shape):
            "has shape \(shape), which is more bytes than a file can hold. \(HeaderProblem.fetchAgain)"
        case .outsideData(let begin, let end, let dataBytes):
            "lies at bytes \(begin)..<\(end), but the file has \(dataBytes) bytes of data. "
                + HeaderProblem.fetchAgain
        case .wrongSize(let shape, let type, let needed, let found):
            "of shape \(shape) and type \(type) needs \(needed) bytes, but has \(found). "
                + HeaderProblem.fetchAgain
        }
    }

    private static let knownTypes = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
}
