import Foundation
import Tensors
import Testing
import Zoetrope

@Suite struct PatchScheduleTests {
    private static let known = ["1x1x1", "1x2x2", "1x4x4", "2x4x4"].compactMap { PatchSize($0) }

    private func sizes(_ text: String, steps: Int) throws -> String {
        try PatchSchedule(text).sizes(steps: steps, known: Self.known).map(\.description)
            .joined(separator: " ")
    }

    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test func everyStepHasASize() throws {
        #expect(try sizes("1x4x4", steps: 3) == "1x4x4 1x4x4 1x4x4")
        #expect(try sizes("2x4x4:2,1x2x2", steps: 3) == "2x4x4 2x4x4 1x2x2")
        #expect(try sizes("2x4x4:2,1x2x2:1", steps: 3) == "2x4x4 2x4x4 1x2x2")
        #expect(try sizes("2x4x4:1,1x4x4:1,2x4x4:1,1x1x1", steps: 4) == "2x4x4 1x4x4 2x4x4 1x1x1")
        #expect(try sizes("1x4x4:1", steps: 1) == "1x4x4")
        #expect(try sizes("1x4x4:1000", steps: 1000).count == 5999)
    }

    /// Over all short schedules: steps to schedule to text and back are the same steps.
    @Test func stepsScheduleAndTextAreOne() throws {
        for steps in 1...5 {
            for number in 0..<Int(pow(4, Double(steps))) {
                let sizes = (0..<steps).map { Self.known[number >> (2 * $0) & 3] }
                let schedule = PatchSchedule(of: sizes)
                #expect(try schedule.sizes(steps: steps, known: Self.known) == sizes)
                let read = try PatchSchedule(schedule.description)
                #expect(read == schedule && read.description == schedule.description)
                let json = try JSONEncoder().encode([schedule])
                #expect(String(decoding: json, as: UTF8.self) == "[\"\(schedule)\"]")
                #expect(try JSONDecoder().decode([PatchSchedule].self, from: json) == [schedule])
            }
        }
    }

    @Test(arguments: [
        ("", ""), ("1x4", "1x4"), ("1x4x4:", "1x4x4:"), ("1x4x4:0,1x2x2", "1x4x4:0"),
        ("1x4x4:-1,1x2x2", "1x4x4:-1"), ("1x4x4:1001,1x2x2", "1x4x4:1001"), ("1x4x4:1:2", "1x4x4:1:2"),
        ("1x4x4:08,1x2x2", "1x4x4:08"), ("1x4x4:8, 1x2x2", " 1x2x2"), ("1x4x4:8,", ""), (":8", ":8"),
        ("1x4x4:99999999999999999999", "1x4x4:99999999999999999999"), ("2x4x4;8", "2x4x4;8"),
    ])
    func whatCannotBeReadIsNamed(text: String, part: String) {
        #expect(
            problem { _ = try PatchSchedule(text) }
                == "--patch \(text): '\(part)' is no patch size. Write time x height x width as in 1x4x4, with a "
                + "number of steps where another size follows, as in 2x4x4:8,1x2x2.")
    }

    @Test func whatDoesNotFitSaysWhatToDo() {
        #expect(
            problem { _ = try PatchSchedule("2x4x4,1x2x2") }
                == "--patch 2x4x4,1x2x2: 2x4x4 has no number of steps, but only the last size takes what is left. "
                + "Write 2x4x4:8 for 8 steps.")
        #expect(
            problem { _ = try sizes("1x8x8", steps: 12) }
                == "--patch 1x8x8: this model has no such patch size. "
                + "Take 1x1x1 or 1x2x2 or 1x4x4 or 2x4x4; or add --untrained-patch, an experiment that resizes the "
                + "model's own patches.")
        #expect(
            problem { _ = try sizes("2x4x4:12,1x2x2", steps: 12) }
                == "--patch 2x4x4:12,1x2x2: 12 steps come before the last size, but the run has only 12. "
                + "Give fewer, or take --steps 13 or more.")
        for steps in [11, 13] {
            #expect(
                problem { _ = try sizes("2x4x4:8,1x2x2:4", steps: steps) }
                    == "--patch 2x4x4:8,1x2x2:4: its steps add up to 12, but the run has \(steps). "
                    + "Leave out the last number, or take --steps 12.")
        }
    }
}
