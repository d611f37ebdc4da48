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

    /// Threads of other programs that compute at present, by how much of the cores is used in a fifth of a second in which
    /// this one does nothing; 0 where the system does not say. The system's own count of what runs is no measure: on some
    /// virtual machines it always has one more.
    private static func othersRunning() -> Int {
        let pause = 0.2
        let before = secondsUsed()
        usleep(UInt32(pause * 1e6))
        guard let before, let after = secondsUsed() else { return 0 }
        return Int(((after - before) / pause).rounded())
    }

    /// Of all cores together, since the system's start.
    private static func secondsUsed() -> Double? {
        // "cpu  83 0 46 1234 5 0 1 2 0 0": user, nice, system, idle, waiting for a disk, interrupts twice, taken by other
        // machines; guests are counted among users.
        let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8)
        guard let line = text?.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
        guard ticks.count == 8 else { return nil }
        return Double(ticks.reduce(0, +) - ticks[3] - ticks[4]) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
