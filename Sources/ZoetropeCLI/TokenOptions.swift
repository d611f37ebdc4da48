import ArgumentParser
import Zoetrope

/// Work on tokens that is left out (docs/token-compression.md).
struct TokenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Merge tokens that resemble each other: the share that goes, 0 to 0.75, such as 0.5 or "
                + "0.5,window=1x2x2,blocks=5-24,steps=0-20 (docs/token-compression.md).", valueName: "ratio"))
    var merge: String?

    func add(to request: inout GenerationRequest) throws {
        var compression = CompressionOptions()
        compression.merge = try merge.map { try MergeOption($0) }
        request.compression = compression
    }
}
