package import Foundation
package import Tensors

/// Writes tensors to a safetensors file, in fp32.
package enum SafetensorsWriter {
    /// The same tensors and metadata always give the same bytes.
    ///
    /// - Parameters:
    ///   - tensors: laid down in this order
    ///   - metadata: free text for `__metadata__`
    ///   - url: where the file goes; one that is there is replaced once the new one is complete
    /// - Throws: ``CheckpointError`` with ``FileProblem/cannotWrite(code:byteCount:)``; then nothing new is
    ///   in the directory
    /// - Precondition: each name is there once, and none is `__metadata__`
    package static func write(
        _ tensors: [(String, Tensor)], metadata: [String: String] = [:], to url: URL
    ) throws {
        let names = Set(tensors.map(\.0))
        precondition(
            names.count == tensors.count && !names.contains("__metadata__"), "names of tensors are unique")
        let header = header(of: tensors, metadata)
        let dataBytes = tensors.reduce(0) { $0 + $1.1.count * MemoryLayout<Float>.size }
        let file = try ReplacedFile(url, expectedBytes: header.count + dataBytes)
        try header.withUnsafeBytes(file.append)
        for (_, tensor) in tensors {
            try tensor.withValues { try file.append(UnsafeRawBufferPointer($0)) }
        }
        try file.finish()
    }

    /// Finds out whether a file can be made at `url`, before the work whose result goes there; leaves nothing.
    ///
    /// - Parameter expectedBytes: what will be written, for the message
    /// - Throws: ``CheckpointError`` with ``FileProblem/cannotWrite(code:byteCount:)``
    package static func checkWritable(_ url: URL, expectedBytes: Int) throws {
        _ = try ReplacedFile(url, expectedBytes: expectedBytes)
    }

    /// Length and JSON, padded with spaces so that the data starts at a multiple of 8.
    private static func header(of tensors: [(String, Tensor)], _ metadata: [String: String]) -> [UInt8] {
        var entries: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var begin = 0
        for (name, tensor) in tensors {
            let end = begin + tensor.count * MemoryLayout<Float>.size
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let offsets = "\(begin),\(end)"
            entries.append(
                "\(quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}")
            begin = end
        }
        var json = Array("{\(entries.joined(separator: ","))}".utf8)
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ":
                quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
