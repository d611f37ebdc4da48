/// The command that makes a trial's clip again.
package enum Repetition {
    package static func command(_ trial: Trial, _ item: SweepCase, of definition: SweepDefinition) -> String {
        let isPlain = !item.prompt.hasPrefix("-")
        let words =
            ["zoetrope", "generate"] + (isPlain ? [item.prompt] : []) + definition.options(of: trial)
            + ["--seed", "\(item.seed)", "-o", "clip.mp4"] + (isPlain ? [] : ["--", item.prompt])
        return words.map(quoted).joined(separator: " ")
    }

    /// As a POSIX shell reads it.
    package static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-_./:=,@%+".utf8.contains(byte)
                }
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
