import CFFmpeg
internal import Pictures

/// RGB to 255 colours and a palette, for GIF.
///
/// A palette stays as long as it serves a frame about as well as one made for that frame: only then can the
/// encoder leave out what did not change, and still parts of a picture do not flicker.
final class PaletteConverter: PictureConverter {
    /// The 256th entry is transparent: the encoder puts it where a pixel is as in the frame before.
    static let size = 255
    private let picture: Picture
    private var palette = Palette([])
    private var paletteNumber: UInt32 = 0

    init(width: Int, height: Int) throws(FFmpegFailure) {
        picture = try Picture(AV_PIX_FMT_PAL8, width: width, height: height)
    }

    func convert(_ frame: Frame) throws(FFmpegFailure) -> Picture {
        try picture.makeWritable()
        let counts = ColorCounts(frame)
        let positions = choosePalette(for: counts)
        let mixtures = palette.mixtures(for: counts, nearest: positions)
        let pixels = counts.pixelColors.enumerated().map { pixel, color in
            mixtures[Int(color)].position(row: pixel / frame.width, column: pixel % frame.width)
        }
        picture.copyRows(of: pixels, rowBytes: frame.width)
        writePalette()
        return picture
    }

    /// Keeps or renews the palette.
    ///
    /// - Returns: for each colour of the frame, its position in the palette
    private func choosePalette(for frame: ColorCounts) -> [UInt8] {
        let fresh = Palette(for: frame, size: Self.size)
        let freshPositions = fresh.nearest(to: frame)
        if !palette.colors.isEmpty {
            let positions = palette.nearest(to: frame)
            let error = palette.error(of: frame, mappedTo: positions)
            let freshError = fresh.error(of: frame, mappedTo: freshPositions)
            // Seen on 64x64 clips: a level a channel more all over does not show, and a colour that misses by
            // less than 20 levels leaves no spot; at 27 levels a spot showed where a sprite had been.
            let isClose = error.sum <= freshError.sum * 5 / 4 + 3 * frame.pixelColors.count
            if isClose && error.largest <= max(400, freshError.largest * 3 / 2) { return positions }
        }
        palette = fresh
        paletteNumber += 1
        return freshPositions
    }

    /// No two palettes of a clip are equal: when the first one returns after another, FFmpeg 5.1 compares
    /// positions in one with positions in the other and leaves out pixels that changed. The transparent
    /// entry, whose colour is never seen, tells them apart.
    private func writePalette() {
        guard let plane = picture.pointer.pointee.data.1 else { return }
        plane.withMemoryRebound(to: UInt32.self, capacity: 256) { entries in
            for index in 0..<Self.size { entries[index] = 0xFF00_0000 }
            entries[Self.size] = paletteNumber & 0xFF_FFFF
            for (index, color) in palette.colors.enumerated() {
                entries[index] = 0xFF00_0000 | UInt32(color.x) << 16 | UInt32(color.y) << 8 | UInt32(color.z)
            }
        }
    }
}
