/// Latent cells that one token holds along each axis; `[time, height, width]` in a model's config and
/// `1x2x2` in text.
package struct PatchSize: Hashable, Sendable {
    package let time: Int
    package let height: Int
    package let width: Int

    /// What a side may be: far more than any model has, and small enough for products of them.
    private static let sides = 1...64

    /// - Precondition: every side is from 1 to 64
    package init(time: Int, height: Int, width: Int) {
        precondition(
            [time, height, width].allSatisfy(Self.sides.contains), "\(time)x\(height)x\(width) is no patch")
        self.time = time
        self.height = height
        self.width = width
    }

    /// Cells of one patch in one channel.
    package var cells: Int { time * height * width }

    package var axes: [Int] { [time, height, width] }
}

/// Finer sizes first.
extension PatchSize: Comparable {
    package static func < (one: PatchSize, other: PatchSize) -> Bool {
        ([one.cells] + one.axes).lexicographicallyPrecedes([other.cells] + other.axes)
    }
}

extension PatchSize: LosslessStringConvertible {
    package var description: String { "\(time)x\(height)x\(width)" }

    /// Reads `1x2x2`: time, height and width, each from 1 to 64 and without leading zeros; nil for all else.
    package init?(_ text: String) {
        let axes = text.split(separator: "x", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard axes.count == 3, axes.allSatisfy(Self.sides.contains) else { return nil }
        self.init(time: axes[0], height: axes[1], width: axes[2])
        if description != text { return nil }
    }
}

extension PatchSize: Codable {
    /// - Throws: `DecodingError` unless there are three numbers from 1 to 64
    package init(from decoder: any Decoder) throws {
        let axes = try [Int](from: decoder)
        guard axes.count == 3, axes.allSatisfy(Self.sides.contains) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "\(axes) is no patch size; it takes three numbers from 1 to 64"))
        }
        self.init(time: axes[0], height: axes[1], width: axes[2])
    }

    package func encode(to encoder: any Encoder) throws { try axes.encode(to: encoder) }
}
