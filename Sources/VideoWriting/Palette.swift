internal import Pictures

/// A few colours that stand for all colours of a frame.
struct Palette: Equatable {
    typealias Color = ColorCounts.Color

    /// In ascending order of green, which the search uses.
    let colors: [Color]

    init(_ colors: [Color]) { self.colors = colors.sorted { $0.y < $1.y } }

    /// The best palette of at most `size` colours for a frame; exact when it has no more colours than that.
    ///
    /// Boxes of colours are cut in two, always the box with the largest squared error, along its widest
    /// channel at the place that leaves the least; each box's mean is a colour of the palette.
    ///
    /// - Source: Heckbert, "Color Image Quantization for Frame Buffer Display", SIGGRAPH 1982, with the
    ///   criterion of Wu, "Color Quantization by Dynamic Programming and Principal Analysis", ACM TOG 11(4),
    ///   1992
    init(for frame: ColorCounts, size: Int) {
        guard frame.colors.count > size else {
            self.init(frame.colors)
            return
        }
        var entries = zip(frame.colors, frame.counts).map { ColorBox.Entry(color: $0, count: $1) }
        var boxes = [ColorBox(entries[...], from: 0)]
        while boxes.count < size {
            let worst = boxes.indices.max { boxes[$0].error < boxes[$1].error } ?? 0
            guard let (low, high) = boxes[worst].cut(&entries) else { break }
            boxes[worst] = low
            boxes.append(high)
        }
        self.init(boxes.map(\.mean))
    }

    /// For each colour of a frame, the position of the nearest colour here.
    func nearest(to frame: ColorCounts) -> [UInt8] { frame.colors.map { UInt8(nearest(to: $0)) } }

    /// For each colour of a frame, the two colours here whose mixture looks most like it.
    ///
    /// - Parameter nearest: what ``nearest(to:)`` gave for the frame
    func mixtures(for frame: ColorCounts, nearest: [UInt8]) -> [ColorMixture] {
        let neighbors = colors.map { color in
            let distances = colors.map { squaredDistance($0, color) }
            return colors.indices.filter { distances[$0] > 0 }.sorted { distances[$0] < distances[$1] }
                .prefix(Self.neighborCount)
        }
        return zip(frame.colors, nearest).map { color, position in
            mixture(for: color, nearest: Int(position), among: neighbors[Int(position)])
        }
    }

    private static let neighborCount = 24

    private func mixture(for color: Color, nearest: Int, among neighbors: ArraySlice<Int>) -> ColorMixture {
        let missing = SIMD3<Float>(color &- colors[nearest])
        var best = ColorMixture(first: UInt8(nearest), second: UInt8(nearest), share: 0)
        var bestCost = (missing * missing).sum()
        guard bestCost > 0 else { return best }
        for neighbor in neighbors {
            let step = SIMD3<Float>(colors[neighbor] &- colors[nearest])
            let length = (step * step).sum()
            let share = min(max((missing * step).sum() / length, 0), 1)
            let rest = missing - share * step
            // What is left of the difference, and a little of the grain: near pairs are the calmer ones.
            let cost = (rest * rest).sum() + 0.1 * share * (1 - share) * length
            if cost < bestCost {
                bestCost = cost
                best = ColorMixture(first: UInt8(nearest), second: UInt8(neighbor), share: share)
            }
        }
        return best
    }

    /// Searches outwards from the same green until green alone is farther than the best so far.
    private func nearest(to color: Color) -> Int {
        var above = firstIndex(withGreenFrom: color.y)
        var below = above - 1
        var best = 0
        var bestDistance = Int32.max
        while true {
            let mayRise = above < colors.count && square(colors[above].y - color.y) < bestDistance
            let mayFall = below >= 0 && square(colors[below].y - color.y) < bestDistance
            guard mayRise || mayFall else { return best }
            if mayRise {
                let distance = squaredDistance(colors[above], color)
                if distance < bestDistance { (best, bestDistance) = (above, distance) }
                above += 1
            }
            if mayFall {
                let distance = squaredDistance(colors[below], color)
                if distance < bestDistance { (best, bestDistance) = (below, distance) }
                below -= 1
            }
        }
    }

    private func firstIndex(withGreenFrom green: Int32) -> Int {
        var range = 0..<colors.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = colors[middle].y < green ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }

    /// Squared distances between what colours are and what they become: the sum over all pixels, and the
    /// largest.
    func error(of frame: ColorCounts, mappedTo positions: [UInt8]) -> (sum: Int, largest: Int) {
        var error = (sum: 0, largest: 0)
        for (index, position) in positions.enumerated() {
            let distance = Int(squaredDistance(frame.colors[index], colors[Int(position)]))
            error.sum += Int(frame.counts[index]) * distance
            error.largest = max(error.largest, distance)
        }
        return error
    }
}

private func square(_ value: Int32) -> Int32 { value * value }

private func squaredDistance(_ a: ColorCounts.Color, _ b: ColorCounts.Color) -> Int32 {
    let difference = a &- b
    return (difference &* difference).wrappedSum()
}
