/// Text with its HTML references resolved, as browsers do it: "&lt" needs no semicolon.
///
/// - Source: Python 3.11 `html/__init__.py`, `unescape`
package func unescapingHTML(_ text: String) -> String {
    guard text.unicodeScalars.contains("&") else { return text }
    return reference.replacing(in: text) { resolve($0) }
}

private let reference = Pattern(#"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)"#)

/// Text with those references resolved that are meant as such: with their semicolon, and names in capitals
/// too.
///
/// - Source: ftfy 6.3.1 `fixes.py`, `unescape_html`, and `chardata.py`, `HTML_ENTITIES`; Apache-2.0
func resolvingEntities(_ text: String) -> String {
    guard text.unicodeScalars.contains("&") else { return text }
    return closedReference.replacing(in: text) { match in
        let name = match.unicodeScalars.dropFirst().dropLast()
        if name.first == "#" {
            let resolved = unescapingHTML(match)
            return resolved.unicodeScalars.contains(";") ? match : resolved
        }
        return entities[name] ?? capitalEntity(String(name)) ?? match
    }
}

private let closedReference = Pattern("&#?[0-9A-Za-z]{1,24};")

/// "É" for "EACUTE": the upper case of an entity with a name in lower case, when HTML itself has none in
/// capitals.
private func capitalEntity(_ name: String) -> String? {
    guard name == name.uppercased(), let value = entities[name.lowercased().unicodeScalars[...]] else {
        return nil
    }
    return resolve("&\(name);") == "&\(name);" ? value.uppercased() : nil
}

/// - Parameter match: what ``reference`` matches
private func resolve(_ match: String) -> String {
    var name = match.unicodeScalars.dropFirst()
    if name.first == "#" { return character(number: name.dropFirst()) }
    if name.last == ";" {
        name = name.dropLast()
        if let value = entities[name] { return value }
    }
    for length in stride(from: name.count, to: 1, by: -1) {
        guard let value = entities.open(name.prefix(length)) else { continue }
        return value + String(match.unicodeScalars.dropFirst(1 + length))
    }
    return match
}

/// Character of a number, with `x` before it when it is hexadecimal; nothing for one that is no character.
private func character(number: Substring.UnicodeScalarView) -> String {
    let isHexadecimal = number.first == "x" || number.first == "X"
    let digits = String(number.filter { $0 != ";" && $0 != "x" && $0 != "X" })
    let code = UInt32(digits, radix: isHexadecimal ? 16 : 10) ?? .max
    switch code {
    case 0: return "\u{FFFD}"
    case 0x0D: return "\r"
    case 0x80...0x9F: return windows1252Character(code)
    case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0xFDD0...0xFDEF: return ""
    default:
        guard let scalar = Unicode.Scalar(code) else { return "\u{FFFD}" }
        return code & 0xFFFE == 0xFFFE ? "" : String(scalar)
    }
}

private let entities = Entities(HTMLEntityTable.entries)

private struct Entities {
    /// Characters of each name, without `&` and `;`.
    private var values: [String: String] = [:]
    /// Names that count without a semicolon as well.
    private var openNames: Set<String> = []

    init(_ table: String) {
        for entry in table.split(whereSeparator: \.isWhitespace) {
            guard let mark = entry.firstIndex(where: { $0 == "=" || $0 == "*" }) else { continue }
            let name = String(entry[..<mark])
            let codes = entry[entry.index(after: mark)...].split(separator: ",").compactMap {
                UInt32($0, radix: 16)
            }
            values[name] = String(String.UnicodeScalarView(codes.compactMap(Unicode.Scalar.init)))
            if entry[mark] == "*" { openNames.insert(name) }
        }
    }

    /// Only ASCII names: to Swift the Kelvin sign is the same as "K".
    subscript(name: Substring.UnicodeScalarView) -> String? {
        name.allSatisfy(\.isASCII) ? values[String(name)] : nil
    }

    func open(_ name: Substring.UnicodeScalarView) -> String? {
        openNames.contains(String(name)) ? self[name] : nil
    }
}
