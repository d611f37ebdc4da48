import Foundation
import Zoetrope

extension MachineRates {
    /// Those in the user's cache directory, measured where it has none.
    static func kept(anew: Bool = false, threads: Int?) -> MachineRates {
        let folder = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first
        return MachineRates(
            keptIn: folder?.appendingPathComponent("zoetrope/rates.json"), anew: anew, threads: threads,
            others: othersRunning)
    }

    /// Threads of other programs that run now: the fewest of some looks, so that what only wakes up does not count. 0 where
    /// the system does not say.
    private static var othersRunning: Int {
        (0..<5).map { _ in
            usleep(5000)
            let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? ""
            // "0.20 0.18 0.12 2/345 4567": the fourth field begins with those that run, this one among them.
            let fields = text.split(separator: " ")
            return fields.count > 3 ? Int(fields[3].prefix { $0 != "/" }).map { max(0, $0 - 1) } ?? 0 : 0
        }.min() ?? 0
    }
}
