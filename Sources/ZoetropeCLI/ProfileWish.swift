import Foundation
import Profiling
import Zoetrope

/// A profile that is to be written.
struct ProfileWish {
    /// Nil is named after the clip.
    var path: String?
    /// Whether its figures go to standard output too.
    var printsTable = false

    /// Makes a clip and its profile, and says where the profile is.
    ///
    /// - Parameter make: the run, by way of the profiler
    func make<Report>(
        beside clip: String, threads: Int?, _ progress: ProgressPrinter,
        _ make: (Profiler) async throws -> (report: Report, profile: Profile)
    ) async throws -> Report {
        let profiler = try Profiler(
            path: path(beside: clip), ceiling: MachineRates.kept(threads: threads).operationsPerSecond)
        do {
            let made = try await make(profiler)
            if printsTable {
                progress.end()
                print(ProfileTable(made.profile).text)
            }
            progress.show(.note("profile: \(profiler.pagePath)"))
            return made.report
        } catch {
            progress.end()
            if profiler.hasWritten { progress.line("incomplete profile: \(profiler.pagePath)") }
            throw error
        }
    }

    private func path(beside clip: String) -> String {
        path ?? URL(fileURLWithPath: clip).deletingPathExtension().relativePath + ".profile"
    }
}
