internal import Checkpoints
package import Foundation

/// A JSON file of trials: `{"base": {...}, "grid": {...}, "trials": [{"name": ..., "options": {...}}]}`, each part
/// of which may be left out. Options have their long names; values are texts, numbers, or true and false for
/// flags; null leaves an option out.
package struct SettingsFile {
    private let path: String

    /// - Throws: ``SweepError/unreadable(path:reason:)``, ``SweepError/settings(path:place:found:wanted:)``
    package static func read(_ path: String) throws(SweepError) -> TrialList {
        try parse(readFile(path), from: path)
    }

    /// - Parameter path: named in errors
    package static func parse(_ text: Data, from path: String) throws(SweepError) -> TrialList {
        let file = SettingsFile(path: path)
        let root: JSONValue
        do throws(CheckpointError) {
            root = try JSONValue(text, file: path)
        } catch {
            throw .settings(path: path, place: "the file", found: "\(error)", wanted: "JSON")
        }
        return try file.list(root)
    }

    private func list(_ root: JSONValue) throws(SweepError) -> TrialList {
        var list = TrialList()
        for member in try members(root, at: "the file") {
            switch member.key {
            case "base": list.base = try choices(member.value, at: "base")
            case "grid": list.axes = try axes(member.value)
            case "trials": list.single = try trials(member.value)
            default:
                throw problem("the file", found: "'\(member.key)'", wanted: "only base, grid and trials")
            }
        }
        return list
    }

    private func axes(_ value: JSONValue) throws(SweepError) -> [OptionGrid.Axis] {
        var axes: [OptionGrid.Axis] = []
        for member in try members(value, at: "grid") {
            let place = "grid.\(member.key)"
            guard case let .list(elements) = member.value, !elements.isEmpty else {
                throw problem(place, found: member.value.summary, wanted: "a list of values")
            }
            var values: [OptionChoice.Value] = []
            for element in elements { values.append(try self.value(element, at: place)) }
            axes.append(.init(try name(member.key, at: place), values))
        }
        return axes
    }

    private func trials(_ value: JSONValue) throws(SweepError) -> [(name: String?, choices: [OptionChoice])] {
        guard case let .list(elements) = value else {
            throw problem("trials", found: value.summary, wanted: "a list of trials")
        }
        var trials: [(name: String?, choices: [OptionChoice])] = []
        for (index, element) in elements.enumerated() {
            trials.append(try trial(element, at: "trials[\(index)]"))
        }
        return trials
    }

    private func trial(
        _ value: JSONValue, at place: String
    ) throws(SweepError) -> (name: String?, choices: [OptionChoice]) {
        var trial: (name: String?, choices: [OptionChoice]) = (nil, [])
        for member in try members(value, at: place) {
            switch (member.key, member.value) {
            case let ("name", .string(name)): trial.name = name
            case ("options", let options): trial.choices = try choices(options, at: "\(place).options")
            default:
                throw problem(place, found: "'\(member.key)'", wanted: "only name, a text, and options")
            }
        }
        return trial
    }

    private func choices(_ value: JSONValue, at place: String) throws(SweepError) -> [OptionChoice] {
        var choices: [OptionChoice] = []
        for member in try members(value, at: place) {
            let place = "\(place).\(member.key)"
            choices.append(
                OptionChoice(try name(member.key, at: place), try self.value(member.value, at: place)))
        }
        return choices
    }

    private func name(_ key: String, at place: String) throws(SweepError) -> String {
        do throws(SweepError) {
            return try OptionChoice.name(in: key[...], of: key)
        } catch {
            throw problem(place, found: "'\(key)'", wanted: "the long name of an option, such as patch")
        }
    }

    private func value(_ value: JSONValue, at place: String) throws(SweepError) -> OptionChoice.Value {
        switch value {
        case let .string(text): .text(text)
        case let .number(number):
            .text(number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)")
        case .bool(true): .on
        case .bool(false), .null: .leftOut
        case .list, .object:
            throw problem(place, found: value.summary, wanted: "a text, a number, true, false or null")
        }
    }

    private func members(_ value: JSONValue, at place: String) throws(SweepError) -> [JSONValue.Member] {
        guard case let .object(members) = value else {
            throw problem(place, found: value.summary, wanted: "an object")
        }
        return members
    }

    private func problem(_ place: String, found: String, wanted: String) -> SweepError {
        .settings(path: path, place: place, found: found, wanted: wanted)
    }
}
