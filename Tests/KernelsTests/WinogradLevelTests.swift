import CKernels
import Tensors
import TestSupport
import Testing

/// Each level's own functions behind Winograd's convolutions, those of the fastest included.
@Suite struct WinogradLevelTests {
    /// Around the edges of tiles and of panels of 12 rows.
    @Test(arguments: [1, 2, 4, 5, 6, 7, 11, 12, 13, 14, 24, 25, 29, 43], [1, 2, 3])
    func panelsMatchReference(rows: Int, panels: Int) {
        for depth in [1, 15, 16, 17, 32, 300] {
            let (x, weight) = (
                seeded([rows, depth], seed: 2), seeded([panels * Self.lanes, depth], seed: 3)
            )
            let expected = Reference.linear(x, weight, bias: Tensor(shape: [panels * Self.lanes]))
            let (a, b) = (Block(panelsOfRows(x)), Block(panelsOfColumns(weight)))
            for level in kernelLevels() {
                let (width, stride) = (panels * Self.lanes, panels * Self.lanes + 3)
                let result = Block([Float](repeating: Self.neighbour, count: rows * stride))
                level.multiply_panels(
                    rows, panels, depth, a.start, b.start, depth * Self.lanes, result.start, stride)
                let lines = (0..<rows).map { row in (0..<stride).map { result.start[row * stride + $0] } }
                let found = Tensor(lines.flatMap { $0[..<width] }, shape: [rows, width])
                #expect(
                    relativeError(found, expected) <= 1e-6, "\(String(cString: level.name)), depth \(depth)")
                #expect(lines.allSatisfy { $0[width...].allSatisfy { $0 == Self.neighbour } })
            }
        }
    }

    /// Windows are the same wherever in a panel they go, and nothing else is written.
    @Test(arguments: [1, 5, 16, 21, 40], [0, 3, 16, 21])
    func windowsGoToTheirPlace(channels: Int, place: Int) {
        let pixels = Block(seeded([Self.positions * channels], seed: 4).values)
        let plain = windows(of: ckernels_portable().pointee, pixels, channels, place: 0, line: Self.lanes)
        for level in kernelLevels() {
            let found = windows(of: level, pixels, channels, place: place, line: 5 * Self.lanes)
            for (position, values) in found.enumerated() {
                let written = values.indices.filter { values[$0] != Self.neighbour }
                let places = (0..<channels).map {
                    (place + $0) / Self.lanes * 5 * Self.lanes + (place + $0) % Self.lanes
                }
                #expect(written == places, "\(String(cString: level.name)), position \(position)")
                for (channel, index) in places.enumerated() {
                    #expect(abs(values[index] - plain[position][channel]) <= 1e-5)
                }
            }
        }
    }

    private static let (lanes, positions, neighbour) = (16, 36, Float(77))

    /// What one level makes of a window, for each position, with room behind it.
    private func windows(
        of level: ckernels_table, _ pixels: Block<Float>, _ channels: Int, place: Int, line: Int
    ) -> [[Float]] {
        let stride = (place + channels + Self.lanes) / Self.lanes * line
        let target = Block([Float](repeating: Self.neighbour, count: Self.positions * stride))
        let addresses = (0..<Self.positions).map {
            Optional(UnsafePointer(pixels.start + $0 * channels))
        }
        level.winograd_window(addresses, channels, target.start, place, line, stride)
        return (0..<Self.positions).map { position in
            (0..<stride).map { target.start[position * stride + $0] }
        }
    }

    /// `[depth / 16][rows of the panel][16]`, panels of up to 12 rows about equal.
    private func panelsOfRows(_ x: Tensor) -> [Float] {
        let (rows, depth, values) = (x.shape[0], x.shape[1], x.values)
        let (lines, panels) = ((depth + 15) / 16, (rows + 11) / 12)
        return (0..<panels).flatMap { panel -> [Float] in
            let range = rows * panel / panels..<rows * (panel + 1) / panels
            return (0..<lines).flatMap { line in
                range.flatMap { row in
                    (line * 16..<line * 16 + 16).map { $0 < depth ? values[row * depth + $0] : .nan }
                }
            }
        }
    }

    /// `[depth][16]` each.
    private func panelsOfColumns(_ weight: Tensor) -> [Float] {
        let (depth, values) = (weight.shape[1], weight.values)
        return (0..<weight.shape[0] / 16).flatMap { panel in
            (0..<depth).flatMap { k in (0..<16).map { values[(panel * 16 + $0) * depth + k] } }
        }
    }
}
