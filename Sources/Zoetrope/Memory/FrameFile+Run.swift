import Foundation
internal import Layers

extension FrameFile {
    /// For a run with these savings: beside its output, because the disk that takes a clip is meant for large files, which the
    /// system's directory for temporary files often is not.
    ///
    /// - Returns: nil where frames are remembered in memory
    convenience init?(_ savings: MemorySavings, beside output: String) {
        guard savings.cachesOnDisk else { return nil }
        let trimmed = output.hasSuffix("/") ? String(output.dropLast()) : output
        self.init(in: (trimmed as NSString).deletingLastPathComponent)
    }

    /// For the user; nil where the file lies on a disk.
    var warning: String? {
        guard liesInMemory else { return nil }
        return
            "'\(directory)' lies in memory (tmpfs), so what the decoder puts there still takes the machine's memory. "
            + "Let the output go to a disk."
    }
}
