/// What a sweep tries: settings for all trials, combinations of a grid, and trials that are given one by one.
package struct TrialList: Equatable, Sendable {
    /// More than these take days even of the embedded model.
    package static let most = 10_000

    /// Hold in the baseline and, where a trial does not say otherwise, in each trial.
    package var base: [OptionChoice] = []
    package var axes: [OptionGrid.Axis] = []
    package var single: [(name: String?, choices: [OptionChoice])] = []

    package init() {}

    /// The baseline as number 0, then the grid, then single trials. Combinations that are the baseline, and
    /// trials that are there already, are left out.
    ///
    /// - Throws: ``SweepError/nothingToTry``, ``SweepError/repeatedAxis(name:)``, ``SweepError/tooMany(count:most:)``
    package func trials() throws(SweepError) -> [Trial] {
        let grid = OptionGrid(axes)
        let repeated = axes.indices.first { index in axes[..<index].contains { $0.name == axes[index].name } }
        if let repeated { throw .repeatedAxis(name: axes[repeated].name) }
        guard grid.count <= Self.most else { throw .tooMany(count: grid.count, most: Self.most) }
        var trials = [Trial(number: 0, name: "baseline", options: base.over([]))]
        let combinations = axes.isEmpty ? [] : grid.combinations.map { (name: String?.none, choices: $0) }
        for (name, choices) in combinations + single {
            let options = choices.over(base)
            guard !trials.contains(where: { $0.hasSameOptions(as: options) }) else { continue }
            trials.append(
                Trial(number: trials.count, name: name ?? Self.name(of: choices), options: options))
        }
        guard trials.count > 1 else { throw .nothingToTry }
        return trials
    }

    private static func name(of choices: [OptionChoice]) -> String {
        choices.map { $0.value == .leftOut ? "\($0.name)=default" : "\($0)" }.joined(separator: " ")
    }

    package static func == (a: TrialList, b: TrialList) -> Bool {
        a.base == b.base && a.axes == b.axes && a.single.elementsEqual(b.single) { $0 == $1 }
    }
}
