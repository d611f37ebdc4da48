/// Settings that are tried. Number 0 is the baseline, which the others are compared with.
package struct Trial: Codable, Equatable, Sendable {
    package let number: Int
    package let name: String
    /// Options of `zoetrope generate`, those of the base settings included.
    package let options: [OptionChoice]

    package init(number: Int, name: String, options: [OptionChoice]) {
        self.number = number
        self.name = name
        self.options = options
    }

    package var isBaseline: Bool { number == 0 }

    func hasSameOptions(as others: [OptionChoice]) -> Bool {
        options.map(\.description).sorted() == others.map(\.description).sorted()
    }
}
