import Foundation

/// A prompt and a seed: what every trial makes a clip of, from the same noise.
package struct SweepCase: Hashable, Codable, Sendable {
    package let prompt: String
    package let seed: UInt64

    package init(prompt: String, seed: UInt64) {
        self.prompt = prompt
        self.seed = seed
    }

    /// Every prompt with every seed.
    package static func all(prompts: [String], seeds: [UInt64]) -> [SweepCase] {
        prompts.flatMap { prompt in seeds.map { SweepCase(prompt: prompt, seed: $0) } }
    }

    /// Reads `1,2,10-12`.
    ///
    /// - Throws: ``SweepError/seeds(found:part:)``
    package static func seeds(_ text: String) throws(SweepError) -> [UInt64] {
        var seeds: [UInt64] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { UInt64($0.trimmed) }
            guard let first = ends[0], ends.count <= 2, let last = ends[ends.count - 1], first <= last,
                last - first < 10_000
            else { throw .seeds(found: text, part: String(part)) }
            seeds += (first...last).filter { !seeds.contains($0) }
        }
        return seeds
    }

    /// The prompts of a text file: one on each line; empty lines and those that begin with `#` do not count.
    ///
    /// - Throws: ``SweepError/unreadable(path:reason:)``, ``SweepError/noPrompts(path:)``
    package static func prompts(in path: String) throws(SweepError) -> [String] {
        let text = String(decoding: try readFile(path), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed)
        var prompts: [String] = []
        for line in lines where !line.isEmpty && !line.hasPrefix("#") && !prompts.contains(line) {
            prompts.append(line)
        }
        guard !prompts.isEmpty else { throw .noPrompts(path: path) }
        return prompts
    }
}

/// - Throws: ``SweepError/unreadable(path:reason:)``
func readFile(_ path: String) throws(SweepError) -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
        return try file.readToEnd() ?? Data()
    } catch {
        throw .unreadable(path: path, reason: systemReason(error))
    }
}

/// Why the system refused, in its own words where it has some.
package func systemReason(_ error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
    let code = [error, cause].compactMap { $0 as NSError? }.first { $0.domain == NSPOSIXErrorDomain }?.code
    if let code { return String(cString: strerror(Int32(code))) }
    return error.localizedDescription.trimmingCharacters(in: CharacterSet(charactersIn: "."))
}
