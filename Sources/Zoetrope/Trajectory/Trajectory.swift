/// Where things of the first frame go: tracks that were drawn on it. `docs/trajectories.md` describes the file.
public struct Trajectory: Codable, Equatable, Sendable {
    /// One moving or still place.
    public struct Track: Codable, Equatable, Sendable {
        /// In order of time, at least one.
        public var points: [Point]

        public init(points: [Point]) { self.points = points }

        /// A place that stays where it is.
        public static func anchor(x: Double, y: Double) -> Track {
            Track(points: [Point(.share(0), x: x, y: y)])
        }
    }

    /// Where a track is at one moment. Between two points it goes straight; before the first and after the last
    /// it stays.
    public struct Point: Equatable, Sendable {
        public var moment: Moment
        /// 0 is the left edge of the clip, 1 the right one; beyond them a point is not seen.
        public var x: Double
        /// 0 is the upper edge, 1 the lower one.
        public var y: Double
        /// Whether the place is seen from this point on, until the next.
        public var visible: Bool

        public init(_ moment: Moment, x: Double, y: Double, visible: Bool = true) {
            (self.moment, self.x, self.y, self.visible) = (moment, x, y, visible)
        }
    }

    /// When a track is at a point.
    public enum Moment: Equatable, Sendable {
        /// 0 is the first frame, 1 the last.
        case share(Double)
        /// Number of a frame, from 0.
        case frame(Int)

        /// In frames from the first.
        func position(of frames: Int) -> Double {
            switch self {
            case .share(let share): share * Double(frames - 1)
            case .frame(let frame): Double(frame)
            }
        }
    }

    public var version = 1
    public var tracks: [Track]

    public init(tracks: [Track]) { self.tracks = tracks }
}

extension Trajectory.Point: Codable {
    enum CodingKeys: String, CodingKey { case time, frame, x, y, visible }

    public init(from decoder: any Decoder) throws {
        let json = try decoder.container(keyedBy: CodingKeys.self)
        if let frame = try json.decodeIfPresent(Int.self, forKey: .frame) {
            moment = .frame(frame)
        } else {
            moment = .share(try json.decode(Double.self, forKey: .time))
        }
        x = try json.decode(Double.self, forKey: .x)
        y = try json.decode(Double.self, forKey: .y)
        visible = try json.decodeIfPresent(Bool.self, forKey: .visible) ?? true
    }

    public func encode(to encoder: any Encoder) throws {
        var json = encoder.container(keyedBy: CodingKeys.self)
        switch moment {
        case .share(let share): try json.encode(share, forKey: .time)
        case .frame(let frame): try json.encode(frame, forKey: .frame)
        }
        try json.encode(x, forKey: .x)
        try json.encode(y, forKey: .y)
        if !visible { try json.encode(visible, forKey: .visible) }
    }
}
