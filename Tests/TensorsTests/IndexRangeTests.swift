import Tensors
import Testing

@Suite struct IndexRangeTests {
    @Test(arguments: [
        ("5-24", "5-24"), ("5-", "5-"), ("-24", "0-24"), ("7", "7"), ("7-7", "7"), ("0-", "0-"), ("0", "0"),
        ("9999", "9999"),
    ])
    func isReadAndWritten(text: String, written: String) throws {
        let range = try #require(IndexRange(text))
        #expect(range.description == written)
        #expect(IndexRange(written) == range)
    }

    @Test(arguments: [
        "", "-", "24-5", "05-24", "5-24-", "--5", "+5", "5 -24", "10000", "0-99999999999999999999", "a",
        "5..24",
    ])
    func whatIsNoRangeIsRefused(text: String) { #expect(IndexRange(text) == nil) }

    @Test(arguments: ["3-5", "3-", "-5", "4"])
    func holdsWhatItNames(text: String) throws {
        let range = try #require(IndexRange(text))
        let (first, last) = (
            text.hasPrefix("-") ? 0 : text == "4" ? 4 : 3, text == "4" ? 4 : text == "3-" ? 99 : 5
        )
        for index in 0...10 {
            #expect(range.contains(index) == (index >= first && index <= last), "\(index)")
        }
    }

    @Test func fitsWhereAllOfItIsThere() throws {
        for (text, count) in [("3-5", 6), ("3-", 4), ("-5", 6), ("4", 5)] {
            let range = try #require(IndexRange(text))
            #expect(range.fits(count) && !range.fits(count - 1), "\(text)")
        }
        #expect(IndexRange.all.fits(1) && !IndexRange.all.fits(0))
    }

    @Test func overlapsWhereAnIndexIsInBoth() throws {
        let texts = ["0", "2", "1-3", "3-", "-1", "0-", "5-6"]
        for one in texts {
            for other in texts {
                let (a, b) = (try #require(IndexRange(one)), try #require(IndexRange(other)))
                #expect(
                    a.overlaps(b) == (0...20).contains { a.contains($0) && b.contains($0) }, "\(one) \(other)"
                )
            }
        }
    }
}
