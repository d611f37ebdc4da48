internal import Checkpoints
import Foundation
internal import Pictures

extension Trajectory {
    /// Larger than any file within the limits of tracks and points.
    static let mostBytes = 4 << 20

    /// Reads a file of tracks. Keys that are unknown or there twice are errors, so that no setting is lost to a
    /// misspelling.
    ///
    /// - Throws: ``TrajectoryError``
    public init(path: String) throws(TrajectoryError) {
        let json = try Self.json(path)
        let reader = Reader(path: path)
        let fields = try reader.fields(of: json, at: "", required: ["version", "tracks"], optional: [])
        guard fields["version"] == .number(1) else {
            throw reader.wrong("", "'version'", fields["version"] ?? .null, "1")
        }
        guard case .list(let tracks)? = fields["tracks"] else {
            throw reader.wrong("", "'tracks'", fields["tracks"] ?? .null, "a list of tracks")
        }
        var read: [Track] = []
        for (index, track) in tracks.enumerated() {
            read.append(try reader.track(track, at: "track \(index + 1)"))
        }
        self.init(tracks: read)
        try check(source: path)
    }

    private static func json(_ path: String) throws(TrajectoryError) -> JSONValue {
        let text = try text(of: path)
        do {
            return try JSONValue(text, file: path)
        } catch let CheckpointError.json(_, problem) {
            throw .notJSON(path: path, offset: problem.offset, found: problem.found, wanted: problem.wanted)
        } catch {
            throw .cannotRead(path: path, reason: "\(error)")
        }
    }

    private static func text(of path: String) throws(TrajectoryError) -> Data {
        // Without O_NONBLOCK, opening a named pipe would wait for its other end.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: systemReason(errno)) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .cannotRead(path: path, reason: systemReason(errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        guard status.st_size <= mostBytes else {
            throw .tooManyBytes(path: path, found: Int(status.st_size), most: mostBytes)
        }
        do {
            return try file.readToEnd() ?? Data()
        } catch {
            throw .cannotRead(path: path, reason: error.localizedDescription)
        }
    }
}

/// Takes JSON apart; places in errors count tracks and points from 1.
private struct Reader {
    let path: String

    func track(_ json: JSONValue, at place: String) throws(TrajectoryError) -> Trajectory.Track {
        let fields = try fields(of: json, at: place, required: [], optional: ["points", "anchor"])
        switch (fields["points"], fields["anchor"]) {
        case (.list(let points)?, nil):
            var read: [Trajectory.Point] = []
            for (index, point) in points.enumerated() {
                read.append(try self.point(point, at: "\(place), point \(index + 1)"))
            }
            return Trajectory.Track(points: read)
        case (nil, let anchor?):
            let place = "\(place), its anchor"
            let fields = try self.fields(of: anchor, at: place, required: ["x", "y"], optional: [])
            return .anchor(
                x: try number(fields["x"], "'x'", at: place), y: try number(fields["y"], "'y'", at: place))
        case (let points?, nil):
            throw wrong(place, "'points'", points, "a list of points")
        default:
            throw .wrong(
                path: path, place: place, found: "it has \(fields.isEmpty ? "neither" : "both")",
                wanted: "either 'points' or an 'anchor'")
        }
    }

    private func point(_ json: JSONValue, at place: String) throws(TrajectoryError) -> Trajectory.Point {
        let fields = try fields(
            of: json, at: place, required: ["x", "y"], optional: ["time", "frame", "visible"])
        let moment: Trajectory.Moment
        switch (fields["time"], fields["frame"]) {
        case (let time?, nil): moment = .share(try number(time, "'time'", at: place))
        case (nil, let frame?):
            let value = try number(frame, "'frame'", at: place)
            guard let frame = Int(exactly: value) else {
                throw wrong(place, "'frame'", .number(value), "a whole number")
            }
            moment = .frame(frame)
        case (let time, _):
            throw .wrong(
                path: path, place: place, found: "it has \(time == nil ? "neither" : "both")",
                wanted: "either 'time' or 'frame'")
        }
        var point = Trajectory.Point(
            moment, x: try number(fields["x"], "'x'", at: place), y: try number(fields["y"], "'y'", at: place)
        )
        if let visible = fields["visible"] {
            guard case .bool(let value) = visible else {
                throw wrong(place, "'visible'", visible, "true or false")
            }
            point.visible = value
        }
        return point
    }

    private func number(_ value: JSONValue?, _ name: String, at place: String) throws(TrajectoryError)
        -> Double
    {
        guard case .number(let number)? = value else { throw wrong(place, name, value ?? .null, "a number") }
        return number
    }

    /// The members of an object, each of a known name and there once.
    func fields(
        of json: JSONValue, at place: String, required: [String], optional: [String]
    ) throws(TrajectoryError) -> [String: JSONValue] {
        guard case .object(let members) = json else { throw wrong(place, "it", json, "an object") }
        var fields: [String: JSONValue] = [:]
        let known = required + optional
        for member in members {
            guard known.contains(member.key) else {
                throw .wrong(
                    path: path, place: place, found: "it has '\(member.key.prefix(40))'",
                    wanted: "only \(known.map { "'\($0)'" }.joined(separator: ", "))")
            }
            guard fields.updateValue(member.value, forKey: member.key) == nil else {
                throw .wrong(
                    path: path, place: place, found: "it has '\(member.key)' twice", wanted: "it once")
            }
        }
        for key in required where fields[key] == nil {
            throw .wrong(path: path, place: place, found: "it has no '\(key)'", wanted: "one")
        }
        return fields
    }

    func wrong(_ place: String, _ name: String, _ found: JSONValue, _ wanted: String) -> TrajectoryError {
        .wrong(path: path, place: place, found: "\(name) is \(found.summary)", wanted: wanted)
    }
}
