extension Trajectory {
    static let mostTracks = 256
    /// Of all tracks together.
    static let mostPoints = 4096
    /// A place may leave the picture, but numbers in pixels are a mistake.
    private static let places = -1.0...2.0

    /// - Parameter source: path of the file, for errors
    /// - Throws: ``TrajectoryError/wrong(path:place:found:wanted:)``
    func check(source: String) throws(TrajectoryError) {
        func require(
            _ isFulfilled: Bool, _ place: String, _ found: String, _ wanted: String
        ) throws(TrajectoryError) {
            guard !isFulfilled else { return }
            throw .wrong(path: source, place: place, found: found, wanted: wanted)
        }
        try require(
            (1...Self.mostTracks).contains(tracks.count), "", "it has \(tracks.count) tracks",
            "1 to \(Self.mostTracks)")
        let points = tracks.reduce(0) { $0 + $1.points.count }
        try require(
            points <= Self.mostPoints, "", "its tracks have \(points) points",
            "\(Self.mostPoints) at the most")
        for (number, track) in tracks.enumerated().map({ ($0 + 1, $1) }) {
            try require(!track.points.isEmpty, "track \(number)", "it has no points", "at least one")
            for (index, point) in track.points.enumerated() {
                let place = "track \(number), point \(index + 1)"
                for (name, value) in [("x", point.x), ("y", point.y)] {
                    try require(
                        Self.places.contains(value), place, "'\(name)' is \(value)",
                        "a number from -1 to 2, where 0 and 1 are the edges of the picture")
                }
                switch point.moment {
                case .share(let time):
                    try require((0...1).contains(time), place, "'time' is \(time)", "a number from 0 to 1")
                case .frame(let frame):
                    try require((0...1_000_000).contains(frame), place, "'frame' is \(frame)", "0 or more")
                }
                guard index > 0 else { continue }
                try require(
                    point.moment.isLater(than: track.points[index - 1].moment), place,
                    "its moment is not after that of point \(index)",
                    "'time' or 'frame', the same in a whole track, that grows from point to point")
            }
        }
    }

    /// What depends on the clip: frames it has, and places where something is to be seen at its beginning.
    ///
    /// - Throws: ``TrajectoryError/doesNotFit(track:found:wanted:)``
    func check(frames: Int) throws(TrajectoryError) {
        for (index, track) in tracks.enumerated() {
            for case .frame(let frame) in track.points.map(\.moment) where frame >= frames {
                throw .doesNotFit(
                    track: index + 1, found: "it has a point at frame \(frame)",
                    wanted: "frames 0 to \(frames - 1), which the clip has")
            }
            guard let start = track.points.first, start.visible, start.isInside else {
                throw .doesNotFit(
                    track: index + 1, found: "its first point is not seen",
                    wanted: "one inside the picture and visible, because what lies there is what moves")
            }
        }
    }
}

extension Trajectory.Moment {
    fileprivate func isLater(than other: Trajectory.Moment) -> Bool {
        switch (self, other) {
        case (.share(let a), .share(let b)): a > b
        case (.frame(let a), .frame(let b)): a > b
        default: false
        }
    }
}

extension Trajectory.Point {
    var isInside: Bool { (0...1).contains(x) && (0...1).contains(y) }
}
