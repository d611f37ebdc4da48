import Checkpoints
import Foundation

/// Bytes of a safetensors file with any header, sound or not.
///
/// - Parameters:
///   - data: what follows the header
///   - announced: header length written in front; the true one when nil
func safetensors(_ header: String, data: [UInt8] = [], announced: UInt64? = nil) -> Data {
    let length = announced ?? UInt64(header.utf8.count)
    return withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data(header.utf8) + Data(data)
}

/// A sound file of fp32 tensors, each with one value: its place in `names`.
func safetensors(of names: [String]) -> Data {
    let entries = names.enumerated().map { index, name in
        "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(index * 4),\(index * 4 + 4)]}"
    }
    let data = names.indices.flatMap { index in
        withUnsafeBytes(of: Float(index).bitPattern.littleEndian) { Array($0) }
    }
    return safetensors("{\(entries.joined(separator: ","))}", data: data)
}

/// What a `CheckpointError` says that `body` throws; the path before the first ": " is left out.
func complaint(of body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing was thrown"
    } catch let error as CheckpointError {
        let parts = error.description.split(separator: ": ", maxSplits: 1)
        return String(parts.last ?? "")
    } catch {
        return "another error: \(error)"
    }
}
