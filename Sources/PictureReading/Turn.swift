internal import CFFmpeg
internal import Pictures

/// How a picture has to be turned to stand upright: quarter turns and mirror images.
struct Turn: Equatable {
    /// Whether rows become columns; then the flips follow.
    var swapsAxes = false
    var flipsX = false
    var flipsY = false

    /// From the display matrix of a picture; upright where it has none or one of another kind.
    ///
    /// - Source: FFmpeg `libavutil/display.h`: a point `(p, q)` goes to `(a p + c q, b p + d q)`
    init(of picture: Picture) {
        guard let side = av_frame_get_side_data(picture.pointer, AV_FRAME_DATA_DISPLAYMATRIX),
            side.pointee.size >= 9 * 4, let data = side.pointee.data
        else { return }
        let matrix = (0..<9).map {
            UnsafeRawPointer(data).loadUnaligned(fromByteOffset: $0 * 4, as: Int32.self)
        }
        let (a, b, c, d) = (matrix[0], matrix[1], matrix[3], matrix[4])
        if b == 0, c == 0, a != 0, d != 0 {
            (flipsX, flipsY) = (a < 0, d < 0)
        } else if a == 0, d == 0, b != 0, c != 0 {
            (swapsAxes, flipsX, flipsY) = (true, c < 0, b < 0)
        }
    }
}

extension Frame {
    func turned(by turn: Turn) -> Frame {
        guard turn.swapsAxes || turn.flipsX || turn.flipsY else { return self }
        let (width, height) = turn.swapsAxes ? (self.height, self.width) : (self.width, self.height)
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count)
        for y in 0..<height {
            for x in 0..<width {
                let (column, row) = (turn.flipsX ? width - 1 - x : x, turn.flipsY ? height - 1 - y : y)
                let source = turn.swapsAxes ? column * self.width + row : row * self.width + column
                result += pixels[source * 3..<source * 3 + 3]
            }
        }
        return Frame(width: width, height: height, pixels: result)
    }
}
