import Foundation
import Tensors
import Testing

@Suite struct PatchSizeTests {
    @Test func textAndSizeAreOne() {
        for time in [1, 2, 64] {
            for height in [1, 4, 10] {
                for width in [1, 3, 64] {
                    let patch = PatchSize(time: time, height: height, width: width)
                    #expect(patch.description == "\(time)x\(height)x\(width)")
                    #expect(PatchSize(patch.description) == patch)
                }
            }
        }
    }

    @Test(arguments: [
        "", "1", "1x2", "1x2x2x2", "1x2x", "x2x2", "0x2x2", "1x-2x2", "1x65x2", "01x2x2", "+1x2x2", "1X2X2",
        "1x2x2 ", "1 x 2 x 2", "1x2.0x2", "1x2x99999999999999999999", "one", "1×2×2",
    ])
    func whatIsNoSizeIsNotRead(text: String) { #expect(PatchSize(text) == nil) }

    @Test func finerSizesComeFirst() {
        let names = ["2x4x4", "1x4x4", "1x1x1", "4x2x2", "2x2x2", "1x2x2"]
        #expect(
            names.compactMap { PatchSize($0) }.sorted().map(\.description)
                == ["1x1x1", "1x2x2", "2x2x2", "1x4x4", "4x2x2", "2x4x4"])
    }

    @Test func aPatchSizeIsReadFromAConfig() throws {
        let patch = PatchSize(time: 1, height: 2, width: 3)
        #expect(try JSONDecoder().decode(PatchSize.self, from: Data("[1, 2, 3]".utf8)) == patch)
        #expect(try String(decoding: JSONEncoder().encode(patch), as: UTF8.self) == "[1,2,3]")
    }

    @Test(arguments: ["[1, 2]", "[1, 2, 2, 2]", "[1, 0, 2]", "[1, -2, 2]", "[1, 2.5, 2]", "[1, 65, 2]", "2"])
    func anImpossiblePatchSizeIsRefused(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(PatchSize.self, from: Data(json.utf8))
        }
    }
}
