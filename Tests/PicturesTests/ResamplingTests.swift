import Pictures
import Tensors
import TestSupport
import Testing

@Suite struct ResamplingTests {
    private static let file = "pictures/formats/expected.safetensors"
    private static let sizes = [(24, 18), (7, 18), (24, 5), (9, 7), (50, 40), (13, 31), (1, 1)]

    private func golden(_ name: String) throws -> Frame {
        let pixels = try Goldens.tensor(Self.file, name)
        return Frame(width: pixels.shape[1], height: pixels.shape[0], pixels: pixels.values.map { UInt8($0) })
    }

    @Test(arguments: sizes)
    func isPillowsToTheLastBit(width: Int, height: Int) throws {
        let picture = try golden("rgb.png")
        for (name, filter) in [("bicubic", ResamplingFilter.bicubic), ("lanczos", .lanczos)] {
            let found = picture.resampled(width: width, height: height, by: filter)
            #expect(try found == golden("\(name).\(width)x\(height)"), "\(name)")
        }
    }

    /// Pillow goes down first here, so that the rounding in between is another.
    @Test func theOrderOfTheAxesCostsTheLastBit() throws {
        for (name, filter) in [("bicubic", ResamplingFilter.bicubic), ("lanczos", .lanczos)] {
            let found = try golden("rgb.png").resampled(width: 240, height: 3, by: filter)
            let expected = try golden("\(name).240x3")
            let difference = zip(found.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max()
            #expect(difference == 1)
        }
    }

    @Test func itsOwnSizeChangesNothing() throws {
        let picture = try golden("rgb.png")
        #expect(picture.resampled(width: picture.width, height: picture.height, by: .lanczos) == picture)
    }

    @Test func plainColoursStayAsTheyAre() {
        let plain = Frame(width: 33, height: 20, pixels: (0..<660).flatMap { _ in [3, 128, 255] as [UInt8] })
        for (width, height) in [(5, 90), (100, 3), (1, 1)] {
            let scaled = plain.resampled(width: width, height: height, by: .lanczos)
            #expect(scaled.pixels == (0..<width * height).flatMap { _ in [3, 128, 255] as [UInt8] })
        }
    }

    @Test func cropsTakeTheirPixels() throws {
        let picture = try golden("rgb.png")
        let part = picture.cropped(left: 3, top: 2, width: 4, height: 5)
        for y in 0..<5 {
            for x in 0..<4 {
                let (at, from) = ((y * 4 + x) * 3, ((y + 2) * 24 + x + 3) * 3)
                #expect(part.pixels[at..<at + 3] == picture.pixels[from..<from + 3])
            }
        }
    }
}
