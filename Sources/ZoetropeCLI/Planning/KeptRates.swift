import Foundation
import Zoetrope

extension MachineRates {
    /// Those in the user's cache directory, measured where it has none; says so where other work disturbs the measurement.
    static func kept(anew: Bool = false, threads: Int?) -> MachineRates {
        let folder = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first
        let rates = MachineRates(
            keptIn: folder?.appendingPathComponent("zoetrope/rates.json"), anew: anew, threads: threads,
            load: load)
        if rates.areOfBusyMachine {
            ProgressPrinter(quiet: false).line(
                "The machine is busy (load \(String(format: "%.1f", load))), so it was measured slower than it is; "
                    + "the measurement is not kept.")
        }
        return rates
    }

    /// Mean number of programs that computed in the last minute.
    private static var load: Double {
        var loads = [0.0]
        return getloadavg(&loads, 1) == 1 ? loads[0] : 0
    }
}
