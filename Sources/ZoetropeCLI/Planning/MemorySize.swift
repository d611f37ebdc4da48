import ArgumentParser

/// A number of bytes as people write it: 2GiB, 1.5G, 800MiB.
struct MemorySize: Equatable {
    let bytes: Int

    private static let units: [String: Double] = [
        "kib": 1024, "mib": 1_048_576, "gib": 1_073_741_824, "tib": 1_099_511_627_776,
        "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
        "k": 1024, "m": 1_048_576, "g": 1_073_741_824, "t": 1_099_511_627_776, "b": 1,
    ]

    /// - Throws: `ValidationError` for what is no size; a number alone is none, because it could mean anything
    init(argument: String) throws {
        let text = argument.lowercased()
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Double(digits), let scale = Self.units[String(unit)], number * scale >= 1,
            number * scale < 1e18
        else {
            throw ValidationError(
                "'\(argument)' is no size. Write a number with KiB, MiB or GiB, such as 1GiB.")
        }
        bytes = Int(number * scale)
    }
}
