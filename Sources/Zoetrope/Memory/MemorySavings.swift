internal import Tensors

/// Ways to hold less memory that change no pixel; each costs time.
public struct MemorySavings: Codable, Equatable, Sendable {
    /// The transformer's weights leave memory block by block and are read from the file again at each pass.
    public var streamsWeights = false
    /// Memory that a tensor leaves goes back to the system at once instead of waiting for the next tensor.
    public var keepsNoBlocks = false

    static let all = MemorySavings(streamsWeights: true, keepsNoBlocks: true)

    /// All combinations, the cheapest first.
    static let choices: [MemorySavings] = [
        MemorySavings(), MemorySavings(keepsNoBlocks: true), MemorySavings(streamsWeights: true),
        MemorySavings(streamsWeights: true, keepsNoBlocks: true),
    ]

    /// What is done, in words.
    package var ways: [String] {
        (streamsWeights ? ["the transformer's weights are read anew at each pass"] : [])
            + (keepsNoBlocks ? ["freed memory is given back at once"] : [])
    }

    /// What is done under a cap, for the user; nil without a cap.
    func note(cap: Int?) -> String? {
        guard let cap else { return nil }
        return "memory up to \(byteText(cap)): "
            + (ways.isEmpty ? "nothing has to be saved" : ways.joined(separator: ", "))
    }
}

extension MemoryLedger {
    convenience init(_ savings: MemorySavings, isPlan: Bool = false, keepsTimeline: Bool = false) {
        if savings.keepsNoBlocks {
            self.init(isPlan: isPlan, waitingBytes: 0, keepsTimeline: keepsTimeline)
        } else {
            self.init(isPlan: isPlan, keepsTimeline: keepsTimeline)
        }
    }
}

/// A number of bytes in binary units, as in "3.4 MiB".
func byteText(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024, unit + 1 < units.count {
        value /= 1024
        unit += 1
    }
    let digits = value < 100 ? (value * 10).rounded() / 10 : value.rounded()
    return (digits == digits.rounded() ? "\(Int(digits))" : "\(digits)") + " " + units[unit]
}
