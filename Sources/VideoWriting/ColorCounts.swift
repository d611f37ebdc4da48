internal import Pictures

/// The colours of a frame and how many pixels have each.
struct ColorCounts {
    typealias Color = SIMD3<Int32>

    /// Different colours in ascending order of red, then green, then blue.
    let colors: [Color]
    /// Pixels of each colour.
    let counts: [Int32]
    /// For each pixel, row-major, the position of its colour.
    let pixelColors: [Int32]

    init(_ frame: Frame) {
        let count = frame.width * frame.height
        // Colour above, position below: one sort brings equal colours together and keeps the way back.
        var keys = [UInt64](repeating: 0, count: count)
        for pixel in 0..<count {
            let red = UInt64(frame.pixels[pixel * 3])
            let green = UInt64(frame.pixels[pixel * 3 + 1])
            let blue = UInt64(frame.pixels[pixel * 3 + 2])
            keys[pixel] = (red << 16 | green << 8 | blue) << 32 | UInt64(pixel)
        }
        keys.sort()
        var colors: [Color] = []
        var counts: [Int32] = []
        var pixelColors = [Int32](repeating: 0, count: count)
        var last = UInt64.max
        for key in keys {
            if key >> 32 != last {
                last = key >> 32
                colors.append(Color(Int32(last >> 16), Int32(last >> 8 & 255), Int32(last & 255)))
                counts.append(0)
            }
            counts[counts.count - 1] += 1
            pixelColors[Int(key & 0xFFFF_FFFF)] = Int32(colors.count - 1)
        }
        self.colors = colors
        self.counts = counts
        self.pixelColors = pixelColors
    }
}
