import Checkpoints
import Foundation
import PictureReading
import Pictures
import Tensors
import TestSupport
import Testing

@Suite struct PictureReadingTests {
    private static let folder = "pictures/formats"
    private let directory = TemporaryDirectory()

    private func read(_ name: String) throws -> Frame {
        try readPicture(Goldens.url("\(Self.folder)/\(name)").path)
    }

    private func golden(_ name: String) throws -> Frame {
        let pixels = try Goldens.tensor("\(Self.folder)/expected.safetensors", name)
        return Frame(width: pixels.shape[1], height: pixels.shape[0], pixels: pixels.values.map { UInt8($0) })
    }

    /// Largest difference of a channel; the largest number there is for another size.
    private func difference(_ a: Frame, _ b: Frame) -> Int {
        guard a.width == b.width, a.height == b.height else { return .max }
        return zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? .max
    }

    @Test func everyFileIsTested() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Goldens.url(Self.folder).path)
        let pictures = names.filter { !$0.hasSuffix(".json") && !$0.hasSuffix(".safetensors") }
        #expect(Set(pictures) == Set(Self.exact + Self.close + Self.halved))
    }

    static let exact = [
        "rgb.png", "grey.png", "palette.png", "palette-transparent.png", "still.gif", "moving.gif", "rgb.bmp",
        "rgb.tiff", "rgb.ppm", "grey.pgm", "lossless.webp",
    ]
    /// Blending rounds differently, and lossy codecs leave room for the decoder.
    static let close =
        [
            "rgba.png", "grey-alpha.png", "grey-16.png", "lossless-alpha.webp",
            "full-colour.jpg",
            "progressive.jpg", "grey.jpg",
        ] + (1...8).map { "orientation-\($0).jpg" }

    static let halved = ["lossy.webp", "half-colour.jpg"]

    @Test(arguments: exact)
    func pixelsAreThoseOfPillow(name: String) throws { #expect(try read(name) == golden(name)) }

    @Test(arguments: close)
    func pixelsAreCloseToThoseOfPillow(name: String) throws {
        let (found, expected) = (try read(name), try golden(name))
        #expect(difference(found, expected) <= (name.hasSuffix(".png") ? 1 : 3))
    }

    /// Colour at half resolution is spread by another filter, so only brightness is the same everywhere.
    @Test(arguments: halved)
    func halvedColourIsCloseToThatOfPillow(name: String) throws {
        let (found, expected) = (try read(name), try golden(name))
        let differences = zip(found.pixels, expected.pixels).map { Double($0) - Double($1) }
        for first in stride(from: 0, to: differences.count, by: 3) {
            let (red, green, blue) = (differences[first], differences[first + 1], differences[first + 2])
            #expect(abs(0.299 * red + 0.587 * green + 0.114 * blue) <= 2)
        }
        #expect(differences.reduce(0) { $0 + abs($1) } / Double(differences.count) <= 4)
    }

    @Test func namesAreNotAsked() throws {
        let file = directory["picture.txt"]
        try FileManager.default.copyItem(at: Goldens.url("\(Self.folder)/rgb.png"), to: file)
        #expect(try readPicture(file.path) == golden("rgb.png"))
    }

    @Test func whatIsNoPictureIsNamed() throws {
        func problem(_ path: String) -> String {
            do {
                _ = try readPicture(path)
                return "read"
            } catch {
                return "\(error)"
            }
        }
        let (empty, text, huge) = (directory["empty.png"], directory["text.png"], directory["huge.png"])
        try Data().write(to: empty)
        try Data("no picture".utf8).write(to: text)
        try Data().write(to: huge)
        let handle = try FileHandle(forWritingTo: huge)
        try handle.truncate(atOffset: 1 << 30)
        try handle.close()
        #expect(
            problem("/nowhere.png")
                == "The picture '/nowhere.png' cannot be read: No such file or directory. "
                + "Check the path and the permissions.")
        #expect(
            problem(directory.url.path)
                == "'\(directory.url.path)' is a directory or a device, but a picture is "
                + "needed. Give the path of the file itself.")
        #expect(problem("/dev/zero").hasPrefix("'/dev/zero' is a directory or a device"))
        #expect(
            problem(empty.path)
                == "The picture '\(empty.path)' is an empty file. Make it again, or fetch it again.")
        #expect(
            problem(huge.path)
                == "The picture '\(huge.path)' has 1073741824 bytes; files of up to 536870912 bytes "
                + "are read. Make it smaller.")
        #expect(
            problem(text.path)
                == "'\(text.path)' is no picture that can be read here. Give a PNG, JPEG, WebP, GIF, "
                + "BMP, TIFF or PNM file; other formats have to be converted first.")
    }

    /// Every file, cut at several places and with bytes changed: an error or a picture, and no crash.
    @Test(arguments: exact + close + halved)
    func damageIsFoundOrHarmless(name: String) throws {
        let whole = try Array(Data(contentsOf: Goldens.url("\(Self.folder)/\(name)")))
        let file = directory["damaged"]
        // What is missing may belong to the later pictures of a file with several.
        for part in 1..<(name == "moving.gif" ? 4 : 8) {
            try Data(whole.prefix(whole.count * part / 8)).write(to: file)
            #expect(throws: PictureError.self, "cut at \(part)/8") { try readPicture(file.path) }
        }
        for position in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
            var damaged = whole
            damaged[position] ^= 0xFF
            try Data(damaged).write(to: file)
            do {
                let frame = try readPicture(file.path)
                #expect(frame.pixels.count == frame.width * frame.height * 3)
            } catch {
                #expect("\(error)".contains(file.path))
            }
        }
    }

    @Test func hugeSizesAreRefusedBeforeTheirMemoryIsTaken() throws {
        let file = directory["huge.ppm"]
        try Data("P6 60000 60000 255\n".utf8).write(to: file)
        let error = #expect(throws: PictureError.self) { try readPicture(file.path) }
        #expect(
            error?.description.contains(
                "or it has more than 100 million pixels. Convert it to PNG, make it smaller")
                == true)
    }
}
