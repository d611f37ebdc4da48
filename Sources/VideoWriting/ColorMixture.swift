/// Two colours of a palette and how much of the second a surface takes to look like a colour between them.
struct ColorMixture {
    let first: UInt8
    let second: UInt8
    /// 0 ... 1
    let share: Float

    /// Which of the two a pixel takes. The choice hangs on the place alone, so that it stands still in time.
    ///
    /// - Source: Bayer, "An optimum method for two-level rendition of continuous-tone pictures", ICC 1973:
    ///   the 8x8 matrix, built from the bits of row and column
    func position(row: Int, column: Int) -> UInt8 {
        var rank = 0
        for bit in 0..<3 {
            rank = rank << 2 | ((column ^ row) >> bit & 1) << 1 | row >> bit & 1
        }
        return share > (Float(rank) + 0.5) / 64 ? second : first
    }
}
