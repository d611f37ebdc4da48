import Checkpoints
package import Foundation
package import Tensors

/// What the reference implementations gave; each directory tells in `provenance.json` how it was made.
package enum Goldens {
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    /// Root of the package.
    package static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file or directory below Tests/Goldens, such as `transformer/one-token`.
    package static func url(_ path: String) -> URL {
        root.appendingPathComponent("Tests/Goldens").appendingPathComponent(path)
    }

    /// A floating-point tensor of a golden file, as fp32.
    ///
    /// - Parameter file: below Tests/Goldens, such as `transformer/one-token/expected.safetensors`
    package static func tensor(_ file: String, _ name: String) throws -> Tensor {
        let stored = try stored(file, name)
        guard stored.type.isFloatingPoint else {
            throw Unusable(description: "\(file): '\(name)' is \(stored.type.rawValue), not floating point")
        }
        return stored.widened()
    }

    /// The values of an I64 or I32 tensor of a golden file, row by row.
    package static func integers(_ file: String, _ name: String) throws -> [Int] {
        let stored = try stored(file, name)
        return try (0..<stored.count).map { index in
            switch stored.type {
            case .int64: Int(stored.bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
            case .int32: Int(stored.bytes.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
            default:
                throw Unusable(description: "\(file): '\(name)' is \(stored.type.rawValue), not integers")
            }
        }
    }

    /// Tensor of a golden file in the type that it has there.
    package static func stored(_ file: String, _ name: String) throws -> StoredTensor {
        let url = url(file)
        guard let stored = try SafetensorsFile(url).tensors[name] else {
            throw Unusable(description: "\(file): there is no '\(name)'")
        }
        return stored
    }
}
