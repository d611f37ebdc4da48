import Foundation
import Testing
import Zoetrope

@Suite struct CompressionOptionTests {
    private func problem(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    /// Text, and its one spelling.
    @Test(arguments: [
        ("0.5", "0.5"), ("0", "0.0"), ("0.750", "0.75"), (".25", "0.25"), ("0.5,window=1x2x2", "0.5"),
        ("0.5,steps=-20,blocks=5-24", "0.5,blocks=5-24,steps=0-20"),
        ("0.3,window=2x2x2,blocks=7,steps=3-", "0.3,window=2x2x2,blocks=7,steps=3-"),
        ("0.5,blocks=0-", "0.5"),
    ])
    func mergingIsReadAndWritten(text: String, written: String) throws {
        let option = try MergeOption(text)
        #expect(option.description == written)
        #expect(try MergeOption(written) == option)
        let json = try JSONEncoder().encode([option])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(written)\"]")
        #expect(try JSONDecoder().decode([MergeOption].self, from: json) == [option])
    }

    @Test func windowsAreReadAndWritten() throws {
        for (text, written) in [
            ("1x2x2", "1x2x2"), ("2x4x4,steps=-3,blocks=1-", "2x4x4,blocks=1-,steps=0-3"),
        ] {
            #expect(try KeyPoolingOption(text).description == written)
        }
        for (text, written) in [
            ("3x16x24", "3x16x24"), ("3x16x24,tile=1x8x12", "3x16x24"),
            ("3x16x24,blocks=2-5,tile=1x4x4", "3x16x24,tile=1x4x4,blocks=2-5"),
        ] {
            #expect(try AttentionWindowOption(text).description == written)
        }
    }

    @Test(arguments: ["", "x", "-0.5", "0.76", "1", "nan", "5e-1", "0x1p-1", "0,5", "+0.5", "inf", "0.00001"])
    func whatIsNoRatioIsNamed(text: String) {
        let value = text == "0,5" ? nil : text
        guard let value else {
            return #expect(
                problem { _ = try MergeOption(text) }
                    == "--merge 0,5: '5' cannot stand there. After the first value come window=1x2x2, blocks=5-24, "
                    + "steps=0-20, each at most once.")
        }
        #expect(
            problem { _ = try MergeOption(text) }
                == "--merge \(text): '\(value)' has to be the share of tokens that go, from 0 to 0.75, as in 0.5."
        )
    }

    @Test func partsThatCannotBeReadAreNamed() {
        let known = "After the first value come blocks=5-24, steps=0-20, each at most once."
        for part in ["tile=1x1x1", "blocks", "", "blocks=1,blocks=2", " blocks=1"] {
            let last = part.split(separator: ",").last.map(String.init) ?? ""
            #expect(
                problem { _ = try KeyPoolingOption("1x2x2,\(part)") }
                    == "--pool-keys 1x2x2,\(part): '\(last)' cannot stand there. \(known)")
        }
        #expect(
            problem { _ = try KeyPoolingOption("2x2") }
                == "--pool-keys 2x2: '2x2' has to be frames x rows x columns of tokens, as in 1x2x2.")
        #expect(
            problem { _ = try AttentionWindowOption("3x8x8,tile=0x8x8") }
                == "--attention-window 3x8x8,tile=0x8x8: 'tile=0x8x8' has to be frames x rows x columns of tokens, "
                + "as in 1x2x2.")
        #expect(
            problem { _ = try MergeOption("0.5,blocks=24-5") }
                == "--merge 0.5,blocks=24-5: 'blocks=24-5' has to be a first and a last number, counted from 0, as in "
                + "blocks=5-24, blocks=5-, blocks=-24 or blocks=7.")
        #expect(
            problem { _ = try MergeOption("0.6,window=1x1x2") }
                == "--merge 0.6,window=1x1x2: of the 2 tokens of a window of 1x1x2 one stays. "
                + "Take a ratio of 1/2 or less, or a larger window.")
        #expect(
            problem { _ = try MergeOption("0.5,window=1x1x1") }
                == "--merge 0.5,window=1x1x1: of the 1 token of a window of 1x1x1 one stays. Take a larger window."
        )
    }

    private func resolved(_ change: (inout CompressionOptions) throws -> Void) -> String {
        problem {
            var request = GenerationRequest(prompt: "a cat")
            request.steps = 4
            var options = CompressionOptions()
            try change(&options)
            request.compression = options
            _ = try VideoGenerator(model: "sprites").resolve(request)
        }
    }

    @Test func blocksAndStepsThatAreNotThereAreNamed() {
        #expect(
            resolved { $0.merge = try MergeOption("0.5,blocks=2-8") }
                == "--merge 0.5,blocks=2-8: this model has no blocks 2-8, only 0 to 7. Take blocks of these.")
        #expect(
            resolved { $0.poolKeys = try KeyPoolingOption("1x2x2,blocks=8-") }
                == "--pool-keys 1x2x2,blocks=8-: this model has no blocks 8-, only 0 to 7. Take blocks of these."
        )
        #expect(
            resolved { $0.attentionWindow = try AttentionWindowOption("1x4x4,steps=4") }
                == "--attention-window 1x4x4,steps=4: this run has no steps 4, only 0 to 3. Take steps of these, or another "
                + "--steps.")
        #expect(resolved { $0.merge = try MergeOption("0.5,blocks=-7,steps=-3") } == "no error")
    }

    @Test func whatCannotBeTogetherIsNamed() {
        func both(_ merge: String, _ window: String) -> String {
            resolved {
                $0.merge = try MergeOption(merge)
                $0.attentionWindow = try AttentionWindowOption(window)
            }
        }
        #expect(
            both("0.5,blocks=2-4", "1x4x4,blocks=4-")
                == "--merge 0.5,blocks=2-4 and --attention-window 1x4x4,blocks=4-: merged tokens do not lie in tiles, "
                + "so a block has one or the other. Give them blocks=... or steps=... that do not meet.")
        #expect(both("0.5,blocks=2-4", "1x4x4,blocks=5-") == "no error")
        #expect(both("0.5,steps=-1", "1x4x4,steps=2-") == "no error")
        func pooled(_ pool: String, _ window: String) -> String {
            resolved {
                $0.poolKeys = try KeyPoolingOption(pool)
                $0.attentionWindow = try AttentionWindowOption(window)
            }
        }
        #expect(
            pooled("1x3x3", "1x4x4,tile=1x4x4")
                == "--pool-keys 1x3x3: each side has to divide that of the attention window's tile, which is 1x4x4. "
                + "Take another window or tile=..., or blocks=... or steps=... that do not meet.")
        #expect(pooled("1x3x3,steps=0", "1x4x4,tile=1x4x4,steps=1-") == "no error")
        #expect(pooled("1x2x4", "1x4x4,tile=1x4x4") == "no error")
    }
}
