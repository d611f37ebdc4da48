import Tensors

/// The list of tensors at the start of a safetensors file, checked against the size of the file.
///
/// - Source: safetensors 0.8.0, README.md "Format"; like its reader this one demands that the tensors cover
///   the data
///   without holes or overlaps, in any order
struct SafetensorsHeader {
    struct Entry {
        let name: String
        let type: ElementType
        let shape: [Int]
        let span: Range<Int>  // bytes from the end of the header
    }

    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]
    /// Where the header ends and the data begins, in bytes from the start of the file.
    let dataStart: Int

    private let file: String
    private let dataBytes: Int
    private static let longest = 100_000_000  // bytes, as in the reader of the safetensors library

    /// - Parameters:
    ///   - bytes: the whole file; only the header is read
    ///   - file: named in errors
    init(of bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
        guard bytes.count >= 10 else { throw .header(file, .tooShort(fileBytes: bytes.count)) }
        let announced = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard announced <= Self.longest else {
            throw .header(file, .overLimit(headerBytes: announced, limit: Self.longest))
        }
        guard announced <= bytes.count - 8 else {
            throw .header(file, .longerThanFile(headerBytes: announced, fileBytes: bytes.count))
        }
        self.file = file
        dataStart = 8 + Int(announced)
        dataBytes = bytes.count - dataStart
        try readEntries(UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart]))
        try checkCoverage()
    }

    private mutating func readEntries(_ text: UnsafeRawBufferPointer) throws(CheckpointError) {
        var json = JSONScanner(text, file: file)
        var names: Set<String> = []
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        try json.object { name, json throws(CheckpointError) in
            guard names.insert(name).inserted else { throw .header(file, .repeated(name: name)) }
            json.place = name
            if name == "__metadata__" {
                metadata = try readMetadata(&json)
            } else {
                entries.append(try readEntry(name, &json))
            }
            json.place = ""
        }
        try json.end()
        self.entries = entries
        self.metadata = metadata
    }

    private func readMetadata(_ json: inout JSONScanner) throws(CheckpointError) -> [String: String] {
        var metadata: [String: String] = [:]
        try json.object { key, json throws(CheckpointError) in
            guard metadata[key] == nil else { throw .header(file, .repeated(name: key)) }
            metadata[key] = try json.string()
        }
        return metadata
    }

    private func readEntry(_ name: String, _ json: inout JSONScanner) throws(CheckpointError) -> Entry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        var fields: Set<String> = []
        try json.object { field, json throws(CheckpointError) in
            guard fields.insert(field).inserted else { throw .header(file, .repeated(name: field)) }
            switch field {
            case "dtype": type = try json.string()
            case "shape": shape = try json.integers()
            case "data_offsets": offsets = try json.integers()
            default: try json.skip()
            }
        }
        do throws(TensorProblem) {
            return try entry(name, type, shape, offsets)
        } catch {
            throw .tensor(file, name: name, error)
        }
    }

    private func entry(
        _ name: String, _ type: String?, _ shape: [Int]?, _ offsets: [Int]?
    ) throws(TensorProblem) -> Entry {
        guard let type else { throw .missingField("dtype") }
        guard let shape else { throw .missingField("shape") }
        guard let offsets else { throw .missingField("data_offsets") }
        guard offsets.count == 2 else { throw .wrongOffsets(count: offsets.count) }
        guard let elements = ElementType(rawValue: type) else { throw .unknownType(type) }
        guard shape.allSatisfy({ $0 >= 0 }) else { throw .negativeAxis(shape: shape) }
        guard let needed = byteCount(of: shape, elements) else { throw .tooLarge(shape: shape) }
        let begin = offsets[0]
        let end = offsets[1]
        guard begin >= 0, begin <= end, end <= dataBytes else {
            throw .outsideData(begin: begin, end: end, dataBytes: dataBytes)
        }
        guard end - begin == needed else {
            throw .wrongSize(shape: shape, type: type, needed: needed, found: end - begin)
        }
        return Entry(name: name, type: elements, shape: shape, span: begin..<end)
    }

    private func checkCoverage() throws(CheckpointError) {
        var end = 0
        var last = ""
        let spans = entries.sorted {
            ($0.span.lowerBound, $0.span.upperBound) < ($1.span.lowerBound, $1.span.upperBound)
        }
        for entry in spans {
            let begin = entry.span.lowerBound
            guard begin >= end else { throw .header(file, .overlap(first: last, second: entry.name)) }
            guard begin == end else { throw .header(file, .hole(from: end, to: begin)) }
            end = entry.span.upperBound
            last = entry.name
        }
        guard end == dataBytes else { throw .header(file, .hole(from: end, to: dataBytes)) }
    }
}

/// Bytes of a tensor, nil when they do not fit 63 bits; so `StoredTensor.count` cannot overflow after this.
func byteCount(of shape: [Int], _ type: ElementType) -> Int? {
    var bytes = type.byteCount
    for axis in shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: axis)
        guard !overflow else { return nil }
        bytes = product
    }
    return bytes
}
