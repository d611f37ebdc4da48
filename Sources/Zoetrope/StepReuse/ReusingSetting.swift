internal import Tensors

/// A setting under which steps may leave out what an earlier one has computed.
protocol ReusingSetting: TextSetting {
    /// Where that may be; nil leaves out the first quarter, where steps differ most and the clip is laid out, and the last
    /// step, whose errors nothing corrects.
    var steps: IndexRange? { get set }
}

extension ReusingSetting {
    /// The steps at which something may be left out; never the first, which has no earlier one.
    ///
    /// - Parameter count: steps of the run
    /// - Throws: ``OptionError/steps(option:found:steps:count:)``
    func allowed(steps count: Int) throws -> Range<Int> {
        guard let steps else {
            let first = max(1, (count + 3) / 4)
            return first..<max(first, count - 1)
        }
        return Range(try indices(steps, of: count)).clamped(to: 1..<max(1, count))
    }

    /// With nothing left open, as recipes keep it; nil where no step may leave anything out.
    func resolved(steps count: Int) throws -> Self? {
        let allowed = try allowed(steps: count)
        guard let first = allowed.first, let last = allowed.last else { return nil }
        var setting = self
        setting.steps = IndexRange(first: first, last: last)
        return setting
    }
}

extension TextSetting {
    /// A range of steps in numbers.
    ///
    /// - Throws: ``OptionError/steps(option:found:steps:count:)`` where the run has not all of them
    func indices(_ range: IndexRange, of count: Int) throws -> ClosedRange<Int> {
        guard range.fits(count) else {
            throw OptionError.steps(
                option: Self.option, found: description, steps: range.description, count: count)
        }
        return range.first...(range.last ?? count - 1)
    }
}
