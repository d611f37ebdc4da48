/// Latent cells that one token holds along each axis; `[time, height, width]` in a model's config.
package struct PatchSize: Equatable, Sendable {
    package let time: Int
    package let height: Int
    package let width: Int

    /// - Precondition: every side is at least 1
    package init(time: Int, height: Int, width: Int) {
        precondition(min(time, height, width) >= 1, "a patch has no empty side: \(time)x\(height)x\(width)")
        self.time = time
        self.height = height
        self.width = width
    }

    /// Cells of one patch in one channel.
    package var cells: Int { time * height * width }

    /// Whether a latent of this size can be cut into patches with nothing left over; an empty latent cannot.
    package func divides(frames: Int, height: Int, width: Int) -> Bool {
        let sides = [(frames, time), (height, self.height), (width, self.width)]
        return sides.allSatisfy { $0 > 0 && $0.isMultiple(of: $1) }
    }
}

extension PatchSize: Codable {
    /// - Throws: `DecodingError` unless there are three numbers of at least 1
    package init(from decoder: any Decoder) throws {
        let sides = try [Int](from: decoder)
        guard sides.count == 3, sides.allSatisfy({ $0 >= 1 }) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "\(sides) is no patch size; it takes three numbers, each at least 1"))
        }
        self.init(time: sides[0], height: sides[1], width: sides[2])
    }

    package func encode(to encoder: any Encoder) throws { try [time, height, width].encode(to: encoder) }
}
