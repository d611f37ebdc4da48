import Conditioning
import Foundation
import Tensors
import TestSupport
import Testing
import Zoetrope

@Suite struct TrajectoryTests {
    private let directory = TemporaryDirectory()
    private var file: String { directory["tracks.json"].path }

    private func read(_ text: String) throws -> Trajectory {
        try Data(text.utf8).write(to: directory["tracks.json"])
        return try Trajectory(path: file)
    }

    private func problem(_ text: String) -> String {
        do {
            _ = try read(text)
            return "read"
        } catch {
            return "\(error)"
        }
    }

    /// A file whose second track has these points.
    private func points(_ text: String) -> String {
        #"{"version": 1, "tracks": [{"anchor": {"x": 0, "y": 0}}, {"points": [\#(text)]}]}"#
    }

    @Test(arguments: [
        (#"{"tracks": []}"#, "", "it has no 'version'", "one"),
        (#"{"version": 2, "tracks": []}"#, "", "'version' is 2", "1"),
        (#"{"version": 1, "tracks": {}}"#, "", "'tracks' is an object", "a list of tracks"),
        (#"{"version": 1, "tracks": []}"#, "", "it has 0 tracks", "1 to 256"),
        (#"{"version": 1, "tracks": [], "fps": 8}"#, "", "it has 'fps'", "only 'version', 'tracks'"),
        (#"[]"#, "", "it is a list of 0", "an object"),
        (
            #"{"version": 1, "version": 1, "tracks": []}"#, "", "it has 'version' twice", "it once"
        ),
        (#"{"version": 1, "tracks": [7]}"#, "track 1", "it is 7", "an object"),
        (#"{"version": 1, "tracks": [{}]}"#, "track 1", "it has neither", "either 'points' or an 'anchor'"),
        (
            #"{"version": 1, "tracks": [{"points": [], "anchor": {"x": 0, "y": 0}}]}"#, "track 1",
            "it has both",
            "either 'points' or an 'anchor'"
        ),
        (
            #"{"version": 1, "tracks": [{"anchor": {"x": 0}}]}"#, "track 1, its anchor", "it has no 'y'",
            "one"
        ),
        (#"{"version": 1, "tracks": [{"points": []}]}"#, "track 1", "it has no points", "at least one"),
    ])
    func filesAreCheckedAsAWhole(text: String, place: String, found: String, wanted: String) {
        let error = TrajectoryError.wrong(path: file, place: place, found: found, wanted: wanted)
        #expect(throws: error) { try read(text) }
    }

    @Test(arguments: [
        (#"{"time": 0, "x": "left", "y": 0}"#, 1, "'x' is the text 'left'", "a number"),
        (#"{"time": 0, "x": null, "y": 0}"#, 1, "'x' is null", "a number"),
        (
            #"{"time": 0, "x": 12, "y": 0}"#, 1, "'x' is 12.0",
            "a number from -1 to 2, where 0 and 1 are the edges of the picture"
        ),
        (#"{"time": 0, "y": 0}"#, 1, "it has no 'x'", "one"),
        (#"{"x": 0, "y": 0}"#, 1, "it has neither", "either 'time' or 'frame'"),
        (#"{"time": 0, "frame": 0, "x": 0, "y": 0}"#, 1, "it has both", "either 'time' or 'frame'"),
        (#"{"time": 1.5, "x": 0, "y": 0}"#, 1, "'time' is 1.5", "a number from 0 to 1"),
        (#"{"frame": 0.5, "x": 0, "y": 0}"#, 1, "'frame' is 0.5", "a whole number"),
        (#"{"frame": -1, "x": 0, "y": 0}"#, 1, "'frame' is -1", "0 or more"),
        (#"{"time": 0, "x": 0, "y": 0, "visible": 1}"#, 1, "'visible' is 1", "true or false"),
        (
            #"{"time": 0, "x": 0, "y": 0, "z": 1}"#, 1, "it has 'z'",
            "only 'x', 'y', 'time', 'frame', 'visible'"
        ),
        (
            #"{"time": 0.5, "x": 0, "y": 0}, {"time": 0.5, "x": 1, "y": 0}"#, 2,
            "its moment is not after that of point 1",
            "'time' or 'frame', the same in a whole track, that grows from point to point"
        ),
        (
            #"{"time": 0.5, "x": 0, "y": 0}, {"frame": 9, "x": 1, "y": 0}"#, 2,
            "its moment is not after that of point 1",
            "'time' or 'frame', the same in a whole track, that grows from point to point"
        ),
    ])
    func pointsAreChecked(text: String, point: Int, found: String, wanted: String) {
        let error = TrajectoryError.wrong(
            path: file, place: "track 2, point \(point)", found: found, wanted: wanted)
        #expect(throws: error) { try read(points(text)) }
    }

    @Test func limitsAreNamed() {
        let anchors = Array(repeating: #"{"anchor": {"x": 0, "y": 0}}"#, count: 257).joined(separator: ",")
        #expect(
            problem(#"{"version": 1, "tracks": [\#(anchors)]}"#)
                == "The trajectory '\(file)': it has 257 tracks, but it takes 1 to 256. Correct it there; "
                + "docs/trajectories.md has examples.")
        let many = (0..<4096).map { #"{"frame": \#($0), "x": 0, "y": 0}"# }.joined(separator: ",")
        #expect(problem(points(many)).contains("its tracks have 4097 points, but it takes 4096 at the most."))
    }

    @Test func textsSayWhereAndWhatToDo() {
        #expect(
            problem(points(#"{"time": 2, "x": 0, "y": 0}"#))
                == "The trajectory '\(file)', track 2, point 1: 'time' is 2.0, but it takes a number from 0 to 1. "
                + "Correct it there; docs/trajectories.md has examples.")
        #expect(
            problem(#"{"version": 1, "tracks": [}"#)
                == "The trajectory '\(file)' is no JSON: byte 26 is '}', but a value is needed. Correct it there; "
                + "docs/trajectories.md has examples.")
        for number in ["NaN", "1e999", "-inf", "Infinity"] {
            #expect(
                problem(points(#"{"time": 0, "x": \#(number), "y": 0}"#)).contains("but a value is needed"))
        }
        #expect(
            "\(TrajectoryError.cannotRead(path: "a", reason: "b"))"
                == "The trajectory 'a' cannot be read: b. Check the path and the permissions.")
        #expect(
            "\(TrajectoryError.notAFile(path: "a"))"
                == "The trajectory 'a' is a directory or a device. Give the path of a JSON file.")
        #expect(
            "\(TrajectoryError.tooManyBytes(path: "a", found: 9, most: 4))"
                == "The trajectory 'a' has 9 bytes; files of up to 4 bytes are read. Leave out tracks or points."
        )
        #expect(throws: TrajectoryError.notAFile(path: "/tmp")) { try Trajectory(path: "/tmp") }
        #expect(
            throws: TrajectoryError.cannotRead(path: "/nowhere.json", reason: "No such file or directory")
        ) {
            try Trajectory(path: "/nowhere.json")
        }
    }

    @Test func whatDoesNotFitTheClipIsNamed() throws {
        let model = try SmallImageModel("no-encoder")
        let generator = try VideoGenerator(model: model.path)
        func problem(_ track: Trajectory.Track) -> String {
            var request = model.request
            request.image = model.first
            request.trajectory = Trajectory(tracks: [.anchor(x: 0, y: 1), track])
            do {
                _ = try generator.resolve(request)
                return "accepted"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            problem(.init(points: [.init(.frame(0), x: 0, y: 0), .init(.frame(9), x: 1, y: 0)]))
                == "Track 2 of the trajectory does not fit the clip: it has a point at frame 9, but it takes frames 0 "
                + "to 8, which the clip has. Correct the track, or leave it out.")
        let unseen =
            "Track 2 of the trajectory does not fit the clip: its first point is not seen, but it takes one inside the "
            + "picture and visible, because what lies there is what moves. Correct the track, or leave it out."
        #expect(problem(.init(points: [.init(.share(0), x: 0, y: 0, visible: false)])) == unseen)
        #expect(problem(.anchor(x: 1.01, y: 0)) == unseen)
        #expect(problem(.init(points: [.init(.share(0), x: .nan, y: 0)])).contains("'x' is nan"))
        #expect(problem(.anchor(x: 1, y: 1)) == "accepted")
    }

    @Test func itGoesStraightBetweenPointsAndStaysOutsideThem() throws {
        let trajectory = Trajectory(tracks: [
            .init(points: [
                .init(.share(0.25), x: 0, y: 0.5), .init(.share(0.75), x: 1, y: 0.5),
            ]),
            .init(points: [
                .init(.frame(0), x: 0.5, y: 0), .init(.frame(8), x: 0.5, y: 1, visible: false),
                .init(.frame(12), x: 0.5, y: 0.99),
            ]),
            .init(points: [.init(.frame(0), x: 0.99, y: 0.01), .init(.frame(16), x: 1.99, y: 0.01)]),
        ])
        let cells = trajectory.cells(frames: 17, height: 32, width: 64, factor: (4, 8))
        #expect(cells[0].map { $0?.column } == [0, 0, 4, 7, 7])
        #expect(cells[0].allSatisfy { $0?.row == 2 })
        #expect(cells[1].map { $0?.row } == [0, 2, nil, 3, 3])
        #expect(cells[2] == [Cell(row: 0, column: 7), nil, nil, nil, nil])
        #expect(trajectory.cells(frames: 1, height: 32, width: 64, factor: (4, 8)).map(\.count) == [1, 1, 1])
    }

    @Test func drawsAsInTraining() throws {
        let model = try SmallImageModel("no-encoder")
        let (condition, drawn) = (try model.expected("condition"), try model.expected("drawn_condition"))
        let cells = try Trajectory(path: model.trajectory).cells(
            frames: 9, height: 32, width: 48, factor: (4, 8))
        let found = PictureCondition(of: condition.rows(4..<20), hasLast: true, maskChannels: 4)
        #expect(found.values.values == condition.values)
        #expect(found.drawing(cells, order: drawingOrder(count: 4, seed: 11)).values.values == drawn.values)
        #expect(condition.values != drawn.values)
    }

    @Test func recipesKeepEveryPoint() throws {
        let trajectory = try Trajectory(path: Goldens.url("image_to_video/shared/trajectory.json").path)
        let json = try JSONEncoder().encode(trajectory)
        #expect(try JSONDecoder().decode(Trajectory.self, from: json) == trajectory)
        try json.write(to: directory["tracks.json"])
        #expect(try Trajectory(path: file) == trajectory)
    }
}
