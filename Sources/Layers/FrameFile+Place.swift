import Foundation

extension FrameFile {
    /// Whether the directory lies in memory itself, so that a file in it saves none of the machine's.
    ///
    /// - Source: proc(5), `/proc/self/mountinfo`
    package var liesInMemory: Bool {
        var entry = stat()
        guard stat(directory, &entry) == 0,
            let table = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
        else { return false }
        let (major, minor) = (entry.st_dev >> 8 & 0xfff, entry.st_dev & 0xff | entry.st_dev >> 12 & ~0xff)
        return table.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[2] == "\(major):\(minor)",
                let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count
            else { return false }
            return ["tmpfs", "ramfs"].contains(fields[dash + 1])
        }
    }
}
