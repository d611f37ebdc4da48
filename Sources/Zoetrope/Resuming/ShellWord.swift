import Foundation

/// A word of a command as a shell takes it, quoted where it has to be.
func shellWord(_ text: String) -> String {
    let isPlain =
        !text.isEmpty
        && text.utf8.allSatisfy { byte in
            let character = Character(UnicodeScalar(byte))
            return byte >= 128 || character.isLetter || character.isNumber || "/._-+=:,@%".contains(character)
        }
    return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
}
