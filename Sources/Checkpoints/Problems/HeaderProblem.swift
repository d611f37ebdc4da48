/// Why the layout of a safetensors file cannot be trusted. Positions count from the end of the header.
package enum HeaderProblem: Equatable, Sendable {
    case tooShort(fileBytes: Int)
    case overLimit(headerBytes: UInt64, limit: Int)
    case longerThanFile(headerBytes: UInt64, fileBytes: Int)
    case repeated(name: String)
    case overlap(first: String, second: String)
    case hole(from: Int, to: Int)
}

extension HeaderProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooShort(let fileBytes):
            "has \(fileBytes) bytes, but a safetensors file has at least 10. \(Self.fetchAgain)"
        case .overLimit(let headerBytes, let limit):
            "starts with a header length of \(headerBytes) bytes, but at most \(limit) are allowed. "
                + "It is probably no safetensors file; convert it first."
        case .longerThanFile(let headerBytes, let fileBytes):
            "announces a header of \(headerBytes) bytes, but has only \(fileBytes) bytes. \(Self.fetchAgain)"
        case .repeated(let name):
            "its header has the key '\(name)' twice, but each may be there once. Write the file again."
        case .overlap(let first, let second):
            "the bytes of '\(first)' and '\(second)' overlap, but each needs its own. Write the file again."
        case .hole(let from, let to):
            "bytes \(from)..<\(to) of its data belong to no tensor, but all must. \(Self.fetchAgain)"
        }
    }

    static let fetchAgain = "The file is damaged or incomplete; fetch it again."
}
