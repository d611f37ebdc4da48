package import Foundation
package import Tensors

/// One safetensors file: mapped, its header read and checked, its data untouched.
package struct SafetensorsFile: Sendable {
    package let tensors: [String: StoredTensor]
    /// The free text that the writer put into `__metadata__`.
    package let metadata: [String: String]
    package let byteCount: Int

    /// - Throws: ``CheckpointError`` for anything but a complete and consistent file; its content is not
    ///   trusted
    package init(_ url: URL) throws(CheckpointError) {
        let mapping = try MappedFile(url)
        let header = try SafetensorsHeader(of: mapping.bytes, file: url.path)
        let data = UnsafeRawBufferPointer(rebasing: mapping.bytes[header.dataStart...])
        var tensors: [String: StoredTensor] = [:]
        tensors.reserveCapacity(header.entries.count)
        for entry in header.entries {
            let bytes = UnsafeRawBufferPointer(rebasing: data[entry.span])
            tensors[entry.name] = StoredTensor(
                shape: entry.shape, type: entry.type, bytes: bytes, owner: mapping)
        }
        self.tensors = tensors
        metadata = header.metadata
        byteCount = mapping.bytes.count
    }
}
