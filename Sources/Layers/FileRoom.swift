/// Who has which bytes of a file. Room that comes back goes to the next of its size, since layers put a frame in the place of
/// one that they let go.
struct FileRoom {
    /// The most that was taken at a time, gaps included.
    private(set) var most = 0
    private var end = 0
    private var takers = 0
    /// Offsets of free room by size.
    private var free: [Int: [Int]] = [:]

    /// - Returns: the first of `byteCount` bytes
    mutating func take(_ byteCount: Int) -> Int {
        takers += 1
        if let offset = free[byteCount]?.popLast() { return offset }
        defer { end += byteCount }
        most = max(most, end + byteCount)
        return end
    }

    mutating func giveBack(_ offset: Int, byteCount: Int) {
        takers -= 1
        free[byteCount, default: []].append(offset)
        // Another model, with other sizes, begins at the front.
        if takers == 0 { (end, free) = (0, [:]) }
    }
}
