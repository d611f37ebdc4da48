internal import Checkpoints
import Foundation

/// How the tokenizer of a folder treats what its SentencePiece model alone does not settle.
///
/// The published UMT5 folder has a `tokenizer.json`, which then holds. Without one, the rules are those by
/// which transformers turns a `spiece.model` into a `T5TokenizerFast`: characters without a piece become the
/// unknown id although the model has pieces for bytes.
///
/// From version 5 on, transformers' `T5TokenizerFast` applies these rules to folders with a `tokenizer.json`
/// as well, and takes the id 2 for what is unknown, whatever the file says. Here the file holds, as it did
/// when the models were trained.
///
/// - Source: transformers 5.23.0 `models/t5/tokenization_t5.py` and `convert_slow_tokenizer.py`
///   (`T5Converter`)
struct TokenizerSettings: Equatable {
    /// Texts that stand for an id of their own wherever they occur in a prompt, such as `</s>` and
    /// `<extra_id_0>`.
    var marks: [String: Int32]
    /// Takes the place of each run of characters that the model does not know; nil leaves the model's byte
    /// pieces.
    var unknownID: Int32?
    /// Whether a space before a mark, or at the end, counts as an empty word.
    var keepsSpaceAtEnd = false

    /// - Throws: `CheckpointError` for a settings file that cannot be read, ``TokenizerError`` for one of
    ///   another kind of tokenizer
    init(directory: URL, model: SentencePieceTokenizer) throws {
        let (whole, config) = (
            directory.appending(path: "tokenizer.json"), directory.appending(path: "tokenizer_config.json")
        )
        if FileManager.default.fileExists(atPath: whole.path) {
            try self.init(readConfig(TokenizerFile.self, at: whole), path: whole.path)
        } else if FileManager.default.fileExists(atPath: config.path) {
            let settings = try readConfig(TokenizerConfig.self, at: config)
            guard (0...1_000_000).contains(settings.sentinels ?? 0) else {
                throw TokenizerError.unsupportedSettings(
                    config.path, found: "an 'extra_ids' of \(settings.sentinels ?? 0)")
            }
            self.init(settings, model: model)
        } else {
            self.init(TokenizerConfig(sentinels: nil, marks: nil), model: model)
        }
    }

    init(_ config: TokenizerConfig, model: SentencePieceTokenizer) {
        marks = Self.marks(of: model, config: config)
        unknownID = model.unknownID
    }

    init(_ file: TokenizerFile, path: String) throws {
        guard file.model.type == "Unigram" else {
            throw TokenizerError.unsupportedSettings(path, found: "a model of type '\(file.model.type)'")
        }
        let stages = file.stages
        guard stages.contains("Metaspace") else {
            throw TokenizerError.unsupportedSettings(path, found: "a tokenizer without the stage 'Metaspace'")
        }
        guard !file.leavesWordsUnmarked else {
            throw TokenizerError.unsupportedSettings(path, found: "a prompt without a space before it")
        }
        marks = Dictionary(file.marks.map { ($0.content, $0.id) }) { _, last in last }
        unknownID = file.model.splitsUnknownIntoBytes == true ? nil : file.model.unknownID
        keepsSpaceAtEnd = !stages.contains("WhitespaceSplit") && !stages.contains("Strip")
    }

    /// The model's own marks, and the sentinels that follow its pieces in falling order.
    private static func marks(of model: SentencePieceTokenizer, config: TokenizerConfig) -> [String: Int32] {
        var marks: [String: Int32] = [:]
        for id in 0..<Int32(model.count) where model.isControl(id) || id == model.unknownID {
            if let piece = model.piece(id) { marks[piece] = id }
        }
        let sentinels = config.sentinels ?? 100
        for index in 0..<sentinels {
            marks["<extra_id_\(index)>"] = Int32(model.count + sentinels - 1 - index)
        }
        for (id, mark) in config.marks ?? [:] { marks[mark.content] = Int32(id) }
        return marks
    }
}

/// What is read of `tokenizer_config.json`.
struct TokenizerConfig: Decodable {
    struct Mark: Decodable { let content: String }

    let sentinels: Int?
    let marks: [String: Mark]?

    enum CodingKeys: String, CodingKey {
        case sentinels = "extra_ids"
        case marks = "added_tokens_decoder"
    }
}

/// What is read of `tokenizer.json`; its pieces are those of `spiece.model`.
struct TokenizerFile: Decodable {
    struct Model: Decodable {
        let type: String
        let unknownID: Int32?
        let splitsUnknownIntoBytes: Bool?

        enum CodingKeys: String, CodingKey {
            case type
            case unknownID = "unk_id"
            case splitsUnknownIntoBytes = "byte_fallback"
        }
    }

    struct Mark: Decodable {
        let id: Int32
        let content: String
    }

    struct Stage: Decodable {
        let type: String
        let normalizers: [Stage]?
        let pretokenizers: [Stage]?
        let prependScheme: String?
        let addsPrefixSpace: Bool?

        enum CodingKeys: String, CodingKey {
            case type, normalizers, pretokenizers
            case prependScheme = "prepend_scheme"
            case addsPrefixSpace = "add_prefix_space"
        }

        /// Itself and its parts.
        var all: [Stage] { [self] + ((normalizers ?? []) + (pretokenizers ?? [])).flatMap(\.all) }
    }

    let model: Model
    let marks: [Mark]
    private let normalizer: Stage?
    private let preTokenizer: Stage?

    /// Names of all stages.
    var stages: [String] { allStages.map(\.type) }

    /// Whether the first word begins without "▁".
    var leavesWordsUnmarked: Bool {
        allStages.contains { $0.prependScheme.map { $0 == "never" } ?? ($0.addsPrefixSpace == false) }
    }

    private var allStages: [Stage] { [normalizer, preTokenizer].compactMap { $0 }.flatMap(\.all) }

    enum CodingKeys: String, CodingKey {
        case model, normalizer
        case marks = "added_tokens"
        case preTokenizer = "pre_tokenizer"
    }
}
