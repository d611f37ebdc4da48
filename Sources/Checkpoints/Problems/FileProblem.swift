import Foundation

/// Why the system would not open or write a file; `code` is the system's error number.
package enum FileProblem: Equatable, Sendable {
    case cannotOpen(code: Int32)
    case cannotMap(code: Int32, byteCount: Int)
    case cannotWrite(code: Int32, byteCount: Int)
    case notAFile
}

extension FileProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotOpen(let code):
            "cannot be opened (\(message(code))). Check the path and its permissions."
        case .cannotMap(let code, let byteCount):
            "cannot be mapped (\(message(code))), \(byteCount) bytes. "
                + "Check the limit on address space (ulimit -v) and the file system."
        case .cannotWrite(let code, let byteCount):
            "cannot be written (\(message(code))). "
                + "It needs \(byteCount) bytes in a directory that may be written to; nothing was left there."
        case .notAFile:
            "is a directory or a device, but a file is needed. Give the path of the file itself."
        }
    }

    private func message(_ code: Int32) -> String { String(cString: strerror(code)) }
}
