package import Conditioning

extension Trajectory {
    /// The tracks as the transformer sees them: one cell for each latent frame, that of the frame which begins
    /// it, and nil where a track is not seen.
    ///
    /// - Parameters:
    ///   - frames: `factor.time * k + 1` frames of the clip
    ///   - height: pixels
    ///   - width: pixels
    ///   - factor: frames of a latent frame and pixels of a cell
    /// - Source: ali-vilab/Wan-Move `wan/modules/trajectory.py`: every fourth frame, whole cells
    package func cells(
        frames: Int, height: Int, width: Int, factor: (time: Int, space: Int)
    ) -> [[Cell?]] {
        tracks.map { track in
            stride(from: 0, to: frames, by: factor.time).map { frame in
                let point = track.point(at: Double(frame), of: frames)
                guard point.visible, point.isInside else { return nil }
                return Cell(
                    row: Self.cell(point.y, of: height, size: factor.space),
                    column: Self.cell(point.x, of: width, size: factor.space))
            }
        }
    }

    /// The edge at 1 belongs to the last cell.
    private static func cell(_ place: Double, of pixels: Int, size: Int) -> Int {
        min(Int(place * Double(pixels) / Double(size)), pixels / size - 1)
    }
}

extension Trajectory.Track {
    /// Where the track is at a frame, between frames too.
    fileprivate func point(at frame: Double, of frames: Int) -> Trajectory.Point {
        let moments = points.map { $0.moment.position(of: frames) }
        guard let next = moments.firstIndex(where: { $0 > frame }) else { return points[points.count - 1] }
        guard next > 0 else { return points[0] }
        var point = points[next - 1]
        let share = (frame - moments[next - 1]) / (moments[next] - moments[next - 1])
        point.x += (points[next].x - point.x) * share
        point.y += (points[next].y - point.y) * share
        return point
    }
}
