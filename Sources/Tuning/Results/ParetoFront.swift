/// The trials that no other one beats in both measures.
package enum ParetoFront {
    package struct Point: Equatable, Sendable {
        package let trial: Int
        /// Less is better.
        package let cost: Double
        /// More is better.
        package let gain: Double

        package init(trial: Int, cost: Double, gain: Double) {
            self.trial = trial
            self.cost = cost
            self.gain = gain
        }
    }

    /// In the order of rising cost. Of equal points all stay.
    package static func of(_ points: [Point]) -> [Point] {
        points.filter { point in
            !points.contains { other in
                other.cost <= point.cost && other.gain >= point.gain
                    && (other.cost < point.cost || other.gain > point.gain)
            }
        }.sorted { ($0.cost, $0.gain, $0.trial) < ($1.cost, $1.gain, $1.trial) }
    }
}
