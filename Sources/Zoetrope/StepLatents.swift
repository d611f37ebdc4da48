import Foundation
internal import Tensors

/// The latent behind each sampling step, in a safetensors file with `step.0`, `step.1` and so on, each `[z, f, h, w]`:
/// what shows where two runs part.
///
/// Steps are appended as they come, so that nothing is held in memory for the file, and the file is not brought to the
/// disk: it is read by the program that asked for it, or not at all.
final class StepLatents {
    private let file: FileHandle

    /// - Throws: an error of the system where no file can be made at `path`
    init(_ path: String, steps: Int, shape: [Int]) throws {
        try Data(Self.header(steps: steps, shape: shape)).write(to: URL(fileURLWithPath: path))
        file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.seekToEnd()
    }

    deinit { try? file.close() }

    /// - Parameter latent: `[z, f, h, w]` behind the next step
    func append(_ latent: Tensor) throws {
        try latent.withValues { try file.write(contentsOf: Data(UnsafeRawBufferPointer($0))) }
    }

    /// Length and JSON, padded so that the data starts at a multiple of 8.
    ///
    /// - Source: huggingface/safetensors README, "Format"
    private static func header(steps: Int, shape: [Int]) -> [UInt8] {
        let bytes = shape.reduce(MemoryLayout<Float>.size, *)
        let sides = shape.map(String.init).joined(separator: ",")
        let entries = (0..<steps).map { step in
            "\"step.\(step)\":{\"dtype\":\"F32\",\"shape\":[\(sides)],"
                + "\"data_offsets\":[\(step * bytes),\((step + 1) * bytes)]}"
        }
        var json = Array("{\(entries.joined(separator: ","))}".utf8)
        json += repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }
}
