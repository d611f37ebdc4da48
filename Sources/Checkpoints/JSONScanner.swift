/// Reads JSON from front to back.
///
/// Unlike Foundation's decoders it sees a key that is there twice and takes no integer that it would have to
/// round.
struct JSONScanner {
    private let text: UnsafeRawBufferPointer
    private let file: String
    private var position = 0
    /// Named in errors.
    var place = ""

    static let deepest = 64

    /// - Parameter text: outlives the scanner
    init(_ text: UnsafeRawBufferPointer, file: String) {
        self.text = text
        self.file = file
    }

    /// Calls `member` with each key; `member` reads the value.
    mutating func object(
        _ member: (String, inout JSONScanner) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        try expect("{")
        var isFirst = true
        while try hasNext(before: "}", isFirst: isFirst) {
            isFirst = false
            let key = try string()
            try expect(":")
            try member(key, &self)
        }
    }

    /// Calls `element` before each element; `element` reads it.
    mutating func array(
        _ element: (inout JSONScanner) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        try expect("[")
        var isFirst = true
        while try hasNext(before: "]", isFirst: isFirst) {
            isFirst = false
            try element(&self)
        }
    }

    mutating func integers() throws(CheckpointError) -> [Int] {
        var integers: [Int] = []
        try array { json throws(CheckpointError) in integers.append(try json.integer()) }
        return integers
    }

    /// A whole number that fits 64 bits, written without fraction or exponent.
    mutating func integer() throws(CheckpointError) -> Int {
        skipSpace()
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        while let byte = peek(), isDigit(byte) { position += 1 }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        let isFraction = peek().map { $0 == 0x2E || $0 | 0x20 == 0x65 } ?? false
        guard !isFraction, let number = Int(digits) else {
            position = start
            throw problem(wanted: "a whole number below 2^63")
        }
        return number
    }

    /// Leaves out one value of any kind.
    mutating func skip(depth: Int = 0) throws(CheckpointError) {
        skipSpace()
        guard depth < Self.deepest else {
            throw problem(wanted: "less than \(Self.deepest) levels of nesting")
        }
        switch peek() {
        case UInt8(ascii: "{"):
            try object { _, json throws(CheckpointError) in try json.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { json throws(CheckpointError) in try json.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default: _ = try word()
        }
    }

    /// Nothing but space may follow.
    mutating func end() throws(CheckpointError) {
        skipSpace()
        guard position == text.count else { throw problem(wanted: "the end") }
    }

    /// A number, `true`, `false` or `null`, as it is written.
    mutating func word() throws(CheckpointError) -> String {
        skipSpace()
        let start = position
        while let byte = peek(),
            isDigit(byte) || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte == 0x2B
                || byte == 0x2D || byte == 0x2E
        { position += 1 }
        let word = String(decoding: text[start..<position], as: UTF8.self)
        let isNumber = word.first.map { $0.isNumber || $0 == "-" } ?? false
        guard ["true", "false", "null"].contains(word) || isNumber && Double(word)?.isFinite == true else {
            position = start
            throw problem(wanted: "a value")
        }
        return word
    }

    private mutating func hasNext(before close: Unicode.Scalar, isFirst: Bool) throws(CheckpointError) -> Bool
    {
        skipSpace()
        if peek() == UInt8(ascii: close) {
            position += 1
            return false
        }
        if !isFirst {
            guard peek() == UInt8(ascii: ",") else { throw problem(wanted: "',' or '\(close)'") }
            position += 1
        }
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
        skipSpace()
        guard peek() == UInt8(ascii: character) else { throw problem(wanted: "'\(character)'") }
        position += 1
    }

    mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    func peek() -> UInt8? { position < text.count ? text[position] : nil }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    func problem(wanted: String) -> CheckpointError {
        let found: String =
            switch peek() {
            case nil: "the end"
            case let byte? where byte > 0x20 && byte < 0x7F: "'\(Character(Unicode.Scalar(byte)))'"
            case let byte?: "the byte \(byte)"
            }
        return .json(file, JSONProblem(offset: position, found: found, wanted: wanted, place: place))
    }
}

extension JSONScanner {
    mutating func string() throws(CheckpointError) -> String {
        try expect("\"")
        let start = position
        var bytes: [UInt8] = []
        while let byte = peek(), byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw problem(wanted: "an escaped control character") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                bytes.append(contentsOf: String(try escaped()).utf8)
            } else {
                bytes.append(byte)
            }
        }
        guard peek() != nil else { throw problem(wanted: "'\"'") }
        guard let string = String(validating: bytes, as: UTF8.self) else {
            position = start
            throw problem(wanted: "text in UTF-8")
        }
        position += 1
        return string
    }

    private mutating func escaped() throws(CheckpointError) -> Unicode.Scalar {
        let simple: [UInt8: Unicode.Scalar] = [
            0x22: "\"", 0x5C: "\\", 0x2F: "/", 0x62: "\u{8}", 0x66: "\u{C}", 0x6E: "\n", 0x72: "\r",
            0x74: "\t",
        ]
        let letter = peek() ?? 0
        if let scalar = simple[letter] {
            position += 1
            return scalar
        }
        guard letter == UInt8(ascii: "u") else { throw problem(wanted: "an escape such as \\n") }
        var code = try codeUnit()
        if code >> 10 == 0x36, peek() == UInt8(ascii: "\\") {
            position += 1
            let low = try codeUnit()
            guard low >> 10 == 0x37 else { throw problem(wanted: "the second half of a surrogate pair") }
            code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(code) else { throw problem(wanted: "a Unicode character") }
        return scalar
    }

    /// The number in `u12AB`.
    private mutating func codeUnit() throws(CheckpointError) -> UInt32 {
        guard peek() == UInt8(ascii: "u") else { throw problem(wanted: "'u'") }
        position += 1
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem(wanted: "a hexadecimal digit")
            }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }
}
