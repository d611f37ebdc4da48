internal import Tensors

/// `--guidance-steps 2-9` or `-75%`: the steps that are guided; the others take the conditional pass alone.
///
/// - Source: Kynkäänniemi et al., "Applying Guidance in a Limited Interval Improves Sample and Distribution Quality in
///   Diffusion Models", arXiv 2404.07724
public struct GuidanceSteps: TextSetting {
    private let extent: Extent

    private enum Extent: Hashable, Sendable {
        case numbers(IndexRange)
        /// Of the run's steps, in percent: the first that is guided, and the first behind the guided ones.
        case share(Range<Int>)
    }

    public static let option = "--guidance-steps"

    /// - Throws: ``OptionError/value(option:found:part:wanted:)``
    public init(_ text: String) throws {
        if let numbers = IndexRange(text) {
            extent = .numbers(numbers)
        } else if let share = Self.share(text) {
            extent = .share(share)
        } else {
            throw OptionError.value(
                option: Self.option, found: text, part: text,
                wanted: IndexRange.wanted(named: nil)
                    + "; or shares of the steps, as in 25%-75%, 25%- or -75%")
        }
    }

    public var description: String {
        switch extent {
        case .numbers(let numbers): return numbers.description
        case .share(let share):
            let last = share.upperBound == 100 ? "" : "\(share.upperBound)%"
            return (share.lowerBound == 0 && !last.isEmpty ? "" : "\(share.lowerBound)%") + "-" + last
        }
    }

    /// The steps that are guided: of a share the nearest whole steps, at least one.
    ///
    /// - Parameter count: steps of the run
    /// - Throws: ``OptionError/steps(option:found:steps:count:)``
    func guided(of count: Int) throws -> Range<Int> {
        switch extent {
        case .numbers(let numbers): return Range(try indices(numbers, of: count))
        case .share(let share):
            let first = min((share.lowerBound * count + 50) / 100, count - 1)
            return first..<max(first + 1, (share.upperBound * count + 50) / 100)
        }
    }

    /// In numbers, as recipes keep it; nil where all steps are guided.
    func resolved(steps count: Int) throws -> GuidanceSteps? {
        let guided = try guided(of: count)
        if guided == 0..<count { return nil }
        return GuidanceSteps(.numbers(IndexRange(first: guided.lowerBound, last: guided.upperBound - 1)))
    }

    private init(_ extent: Extent) { self.extent = extent }

    /// Two shares, of which one may be left out; nil for anything else.
    private static func share(_ text: String) -> Range<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count == 2, ends != ["", ""] else { return nil }
        let (first, last) = (
            percent(ends[0].isEmpty ? "0%" : ends[0]), percent(ends[1].isEmpty ? "100%" : ends[1])
        )
        guard let first, let last, first < last else { return nil }
        return first..<last
    }

    private static func percent(_ text: String) -> Int? {
        guard text.last == "%", let value = Int(text.dropLast()), 0...100 ~= value, "\(value)%" == text else {
            return nil
        }
        return value
    }
}
