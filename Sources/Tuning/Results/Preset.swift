import Foundation

/// Options that were found good, in a file that `zoetrope generate --preset` takes.
package struct Preset: Codable, Equatable, Sendable {
    private static let format = "zoetrope.preset"
    private static let version = 1

    private let format: String
    private let version: Int
    package let name: String
    /// Words of a command line behind `zoetrope generate`.
    package let options: [String]
    /// What was seen of it; nil in files that people write.
    package let measured: Measurement?

    /// Medians of the sweep that a preset comes from.
    package struct Measurement: Codable, Equatable, Sendable {
        package let seconds: Double?
        package let baselineSeconds: Double?
        package let peakResidentBytes: Double?
        package let psnr: Double?
        package let ssim: Double?
    }

    package init(_ trial: Trial, of definition: SweepDefinition, records: [RunRecord]) {
        format = Self.format
        version = Self.version
        name = trial.name
        options = definition.options(of: trial)
        let summary = TrialSummary(trial, records: records)
        measured = Measurement(
            seconds: summary.totalSeconds?.median,
            baselineSeconds: TrialSummary(definition.trials[0], records: records).totalSeconds?.median,
            peakResidentBytes: summary.peakBytes?.median, psnr: summary.psnr?.median,
            ssim: summary.ssim?.median)
    }

    /// The trial of a sweep's directory.
    ///
    /// - Throws: ``SweepError``; a trial that failed makes no preset
    package init(trial number: Int, of directory: String) throws(SweepError) {
        let definition = try SweepDirectory.definition(of: directory)
        guard definition.trials.indices.contains(number) else {
            throw .noSuchTrial(number: number, path: directory, last: definition.trials.count - 1)
        }
        let records = try SweepDirectory.records(of: directory)
        let trial = definition.trials[number]
        let error = TrialSummary(trial, records: records).error
        if let error { throw .failedTrial(number: number, path: directory, error: error) }
        self.init(trial, of: definition, records: records)
    }

    /// - Throws: ``SweepError/unreadable(path:reason:)``, ``SweepError/preset(path:reason:)``
    package static func read(_ path: String) throws(SweepError) -> Preset {
        let bytes = try readFile(path)
        guard let preset = try? JSONDecoder().decode(Preset.self, from: bytes) else {
            throw .preset(path: path, reason: "it has no format, version, name and options")
        }
        guard preset.format == format, preset.version == version else {
            throw .preset(
                path: path, reason: "it is \(preset.format) \(preset.version), not \(format) \(version)")
        }
        return preset
    }

    /// - Throws: ``SweepError/unwritable(path:reason:)``
    package func write(to path: String) throws {
        let bytes = try SweepJSON.pretty(self)
        do {
            try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw SweepError.unwritable(path: path, reason: systemReason(error))
        }
    }
}
