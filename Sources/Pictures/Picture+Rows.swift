import CFFmpeg

extension Picture {
    /// Fills the first plane from bytes without padding between rows.
    package func copyRows(of bytes: [UInt8], rowBytes: Int) {
        guard let plane = pointer.pointee.data.0 else { return }
        bytes.withUnsafeBufferPointer { source in
            for row in 0..<Int(pointer.pointee.height) {
                let line = UnsafeMutableBufferPointer(
                    start: plane + row * Int(pointer.pointee.linesize.0), count: rowBytes)
                _ = line.update(fromContentsOf: source[row * rowBytes..<(row + 1) * rowBytes])
            }
        }
    }

    /// The first plane without padding between rows.
    package func rows(rowBytes: Int) -> [UInt8] {
        let height = Int(pointer.pointee.height)
        guard let plane = pointer.pointee.data.0 else { return [] }
        return Array(unsafeUninitializedCapacity: height * rowBytes) { target, count in
            for row in 0..<height {
                let line = UnsafeBufferPointer(
                    start: plane + row * Int(pointer.pointee.linesize.0), count: rowBytes)
                for (column, byte) in line.enumerated() { target[row * rowBytes + column] = byte }
            }
            count = height * rowBytes
        }
    }
}
