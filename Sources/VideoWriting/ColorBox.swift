/// Colours that lie together, on their way to become one colour of a palette.
struct ColorBox {
    struct Entry {
        let color: ColorCounts.Color
        let count: Int32
    }

    /// Where its entries lie among all.
    private let range: Range<Int>
    private let moments: Moments

    init(_ entries: ArraySlice<Entry>, from start: Int) {
        range = start..<start + entries.count
        moments = entries.reduce(into: Moments()) { $0.add($1) }
    }

    private init(_ range: Range<Int>, _ moments: Moments) {
        self.range = range
        self.moments = moments
    }

    /// Squared distance to the mean, over all pixels and channels.
    var error: Double { moments.errors.sum() }

    var mean: ColorCounts.Color {
        ColorCounts.Color((moments.sums / moments.count).rounded(.toNearestOrEven))
    }

    /// Two boxes instead of this one, which reorders its entries; `nil` for a single colour.
    func cut(_ entries: inout [Entry]) -> (low: ColorBox, high: ColorBox)? {
        guard range.count > 1 else { return nil }
        let errors = moments.errors
        let axis = errors.x >= errors.y && errors.x >= errors.z ? 0 : errors.y >= errors.z ? 1 : 2
        // Colours that are equal on this axis keep one order, so that a palette does not hang on the sort.
        entries[range].sort { a, b in
            (a.color[axis], a.color.x, a.color.y, a.color.z)
                < (b.color[axis], b.color.x, b.color.y, b.color.z)
        }
        var low = Moments()
        var best = (end: range.lowerBound + 1, low: low, error: Double.infinity)
        for index in range.dropLast() {
            low.add(entries[index])
            let error = low.errors.sum() + (moments - low).errors.sum()
            if error < best.error { best = (index + 1, low, error) }
        }
        return (
            ColorBox(range.lowerBound..<best.end, best.low),
            ColorBox(best.end..<range.upperBound, moments - best.low)
        )
    }
}

/// Number, sum and sum of squares of colours: enough for their mean and their error. Exact: all are whole
/// numbers below 2^53.
private struct Moments {
    var count = 0.0
    var sums = SIMD3<Double>()
    var squares = SIMD3<Double>()

    mutating func add(_ entry: ColorBox.Entry) {
        let color = SIMD3<Double>(entry.color)
        let weight = Double(entry.count)
        count += weight
        sums += weight * color
        squares += weight * color * color
    }

    static func - (a: Moments, b: Moments) -> Moments {
        Moments(count: a.count - b.count, sums: a.sums - b.sums, squares: a.squares - b.squares)
    }

    /// Squared distance to the mean in each channel.
    var errors: SIMD3<Double> { squares - sums * sums / count }
}
