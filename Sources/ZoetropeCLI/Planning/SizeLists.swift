import ArgumentParser

/// The sizes of `generate`, each a list.
struct SizeLists: ParsableArguments {
    @Option(
        help: ArgumentHelp("Pixels; a number or a list.", valueName: "n,n"),
        transform: NumberList.init(argument:))
    var width: NumberList?
    @Option(
        help: ArgumentHelp("Pixels; a number or a list.", valueName: "n,n"),
        transform: NumberList.init(argument:))
    var height: NumberList?
    @Option(
        help: ArgumentHelp("Number of frames, 4k+1 for Wan; a number or a list.", valueName: "n,n"),
        transform: NumberList.init(argument:))
    var frames: NumberList?

    /// Every width with every height and every number of frames; nil is the model's default.
    var combinations: [(width: Int?, height: Int?, frames: Int?)] {
        func values(_ list: NumberList?) -> [Int?] { list?.numbers ?? [nil] }
        return values(width).flatMap { width in
            values(height).flatMap { height in values(frames).map { (width, height, $0) } }
        }
    }
}

/// Numbers with commas between them, at most 1000.
struct NumberList {
    let numbers: [Int]

    /// - Throws: `ValidationError` for what is no such list
    init(argument: String) throws {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, numbers.count <= 1000 else {
            throw ValidationError(
                "'\(argument)' is no list of numbers. Write up to 1000 with commas between them, such as 17,33,81."
            )
        }
    }
}
