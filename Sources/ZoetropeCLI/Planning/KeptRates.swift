import Foundation
import Zoetrope

extension MachineRates {
    /// Those in the user's cache directory, measured where it has none.
    static func kept(anew: Bool = false, threads: Int?) -> MachineRates {
        let folder = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first
        return MachineRates(
            keptIn: folder?.appendingPathComponent("zoetrope/rates.json"), anew: anew, threads: threads)
    }
}
