import Tensors
import Testing
import Zoetrope

@Suite struct SizeRuleTests {
    let wan = SizeRule(
        compression: (4, 8), patch: PatchSize(time: 1, height: 2, width: 2), positions: 1024)

    @Test func validSizesPass() throws {
        try wan.check(width: 832, height: 480, frames: 81)
        try wan.check(width: 16, height: 16, frames: 1)
    }

    @Test func errorsNameTheNearestSizes() {
        #expect(
            text { try wan.check(width: 840, height: 480, frames: 81) }
                == "--width 840: this model needs a multiple of 16. Take 832 or 848.")
        #expect(
            text { try wan.check(width: 832, height: 7, frames: 81) }
                == "--height 7: this model needs a multiple of 16. Take 16.")
        #expect(
            text { try wan.check(width: 832, height: 480, frames: 16) }
                == "--frames 16: this model makes 4k+1 frames. Take 13 or 17.")
        #expect(
            text { try wan.check(width: 832, height: 480, frames: 0) }
                == "--frames 0: this model makes 4k+1 frames. Take 1.")
        #expect(
            text { try wan.check(width: -16, height: 480, frames: 1) }
                == "--width -16: this model needs a multiple of 16. Take 16.")
        #expect(
            text { try wan.check(width: 16400, height: 480, frames: 1) }
                == "--width 16400: this model has positions for 16384 at the most. Take 16384 or less.")
        #expect(
            text { try wan.check(width: 832, height: 480, frames: 4097) }
                == "--frames 4097: this model has positions for 4093 at the most. Take 4093 or less.")
    }

    @Test func patchesInTimeTakeWholeLatentFrames() throws {
        let rule = SizeRule(
            compression: (4, 8), patch: PatchSize(time: 2, height: 2, width: 2), positions: 64)
        try rule.check(width: 16, height: 16, frames: 5)
        try rule.check(width: 16, height: 16, frames: 13)
        #expect(
            text { try rule.check(width: 16, height: 16, frames: 17) }
                == "--frames 17: this model makes 8k+5 frames. Take 13 or 21.")
        #expect(
            text { try rule.check(width: 16, height: 16, frames: 1) }
                == "--frames 1: this model makes 8k+5 frames. Take 5.")
    }

    private func text(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }
}
