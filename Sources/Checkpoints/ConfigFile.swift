package import Foundation

/// Decodes a `config.json` or another small JSON file that comes with a model.
///
/// - Throws: ``CheckpointError`` with the file and the key that is missing or wrong
package func readConfig<Config: Decodable>(
    _ type: Config.Type, at url: URL
) throws(CheckpointError) -> Config {
    let mapping = try MappedFile(url)
    // Foundation's decoder does not say where a text stops being JSON.
    var json = JSONScanner(mapping.bytes, file: url.path)
    try json.skip()
    try json.end()
    let data = Data(mapping.bytes)
    do {
        return try JSONDecoder().decode(type, from: data)
    } catch {
        throw .config(url.path, ConfigProblem(error, in: data))
    }
}

extension ConfigProblem {
    fileprivate init(_ error: any Error, in data: Data) {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context)?:
            self = .missingKey(name(of: context.codingPath + [key]))
        case .typeMismatch(let type, let context)?:
            self = .wrongType(
                key: name(of: context.codingPath), found: value(at: context.codingPath, in: data),
                wanted: kind(type))
        case .valueNotFound(let type, let context)?:
            self = .wrongType(key: name(of: context.codingPath), found: "null", wanted: kind(type))
        case .dataCorrupted(let context)? where !context.codingPath.isEmpty:
            self = .wrongValue(key: name(of: context.codingPath), reason: context.debugDescription)
        case .dataCorrupted?:
            self = .wrongNumber(suspects: fractions(in: object(from: data), at: ""))
        default:
            self = .undecodable(reason: "\(error)")
        }
    }
}

/// A path such as `rope.axes[2]`.
private func name(of path: [any CodingKey]) -> String {
    path.reduce(into: "") { name, key in
        if let index = key.intValue {
            name += "[\(index)]"
        } else {
            name += name.isEmpty ? key.stringValue : "." + key.stringValue
        }
    }
}

/// JSON's word for a type, where the decoder names one of its own.
private func kind(_ type: any Any.Type) -> String {
    if type is any ExpressibleByDictionaryLiteral.Type { return "object" }
    return type is any ExpressibleByArrayLiteral.Type ? "list" : "\(type)"
}

/// What the file has at `path`, in JSON, for a message.
private func value(at path: [any CodingKey], in data: Data) -> String {
    var value = object(from: data)
    for key in path {
        if let index = key.intValue {
            let list = value as? [Any] ?? []
            value = list.indices.contains(index) ? list[index] : nil
        } else {
            value = (value as? [String: Any])?[key.stringValue]
        }
    }
    let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .sortedKeys]
    guard let value, let text = try? JSONSerialization.data(withJSONObject: value, options: options) else {
        return "something else"
    }
    let json = String(decoding: text, as: UTF8.self)
    return json.count > 40 ? json.prefix(40) + "..." : json
}

/// All numbers of a JSON value that are no 64-bit integers, with their paths.
private func fractions(in value: Any?, at path: String) -> [String] {
    switch value {
    case let members as [String: Any]:
        members.sorted { $0.key < $1.key }.flatMap { key, value in
            fractions(in: value, at: path.isEmpty ? key : "\(path).\(key)")
        }
    case let list as [Any]:
        list.enumerated().flatMap { index, value in fractions(in: value, at: "\(path)[\(index)]") }
    case let number as NSNumber where Int(exactly: number) == nil: ["'\(path)' = \(number)"]
    default: []
    }
}

private func object(from data: Data) -> Any? {
    try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
}
