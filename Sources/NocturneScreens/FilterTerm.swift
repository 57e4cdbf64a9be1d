// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One condition of a ``Filter``.
struct Term: Sendable {
    enum Field: String, CaseIterable { case device, name, addr, group, family }

    enum Kind: Sendable {
        case word([UInt8])
        case pattern(SendableRegex, inverse: Bool)
        case health(Health)
        case state([UInt8])
        case asn(UInt32)
        case age(longer: Bool, than: Duration)
        case field(Field, Glob)
    }

    struct Failure: Error { var sentence: String }

    var kind: Kind

    /// Nil for a term that is still being typed, such as `state:`.
    static func parse(_ word: Substring) -> Result<Term?, Failure> {
        if word.first == "/" { return pattern(word.dropFirst()) }
        if let health = Health(rawValue: word.lowercased()) { return .success(Term(kind: .health(health))) }
        guard let colon = word.firstIndex(of: ":") else {
            return .success(Term(kind: .word(Array(word.lowercased().utf8))))
        }
        let key = word[..<colon].lowercased()
        let value = String(word[word.index(after: colon)...])
        if let field = Field(rawValue: key) {
            return .success(value.isEmpty ? nil : Term(kind: .field(field, Glob(value))))
        }
        switch key {
        case "state": return state(value)
        case "as":
            if value.isEmpty { return .success(nil) }
            let digits = value.lowercased().hasPrefix("as") ? String(value.dropFirst(2)) : value
            guard let number = UInt32(digits) else {
                return .failure(Failure(sentence: "as:\(value) is not an AS number; write as:9304"))
            }
            return .success(Term(kind: .asn(number)))
        case "age": return age(value)
        default:
            // An address has colons too: what is no field we know, but could be one, is looked for as it stands.
            if key.allSatisfy({ $0.isHexDigit }) {
                return .success(Term(kind: .word(Array(word.lowercased().utf8))))
            }
            return .failure(
                Failure(sentence: "no field \"\(key):\"; there are \(Filter.fields.joined(separator: " "))"))
        }
    }

    private static func pattern(_ text: Substring) -> Result<Term?, Failure> {
        let inverse = text.first == "!"
        let source = String(inverse ? text.dropFirst() : text)
        if source.isEmpty { return .success(nil) }
        guard source.utf8.count <= 200 else {
            return .failure(Failure(sentence: "the pattern is longer than 200 bytes"))
        }
        guard !SendableRegex.explodes(source) else {
            return .failure(Failure(sentence: "/\(source) repeats within repeats; matching it may never end"))
        }
        guard let regex = SendableRegex(source) else {
            return .failure(Failure(sentence: "/\(source) is not a regular expression (yet)"))
        }
        return .success(Term(kind: .pattern(regex, inverse: inverse)))
    }

    private static func state(_ value: String) -> Result<Term?, Failure> {
        if value.isEmpty { return .success(nil) }
        let word = value.lowercased()
        let known = PeerState.allCases.map(\.rawValue) + Health.allCases.map(\.rawValue)
        guard known.contains(where: { $0.hasPrefix(word) }) else {
            return .failure(Failure(sentence: "no state \"\(value)\"; there are \(known.joined(separator: " "))"))
        }
        return .success(Term(kind: .state(Array(word.utf8))))
    }

    private static func age(_ value: String) -> Result<Term?, Failure> {
        if value.isEmpty || value == ">" || value == "<" { return .success(nil) }
        let bad = Failure(sentence: "age:\(value) is not an age; write age:>10m or age:<30s (s m h d w)")
        guard let sign = value.first, sign == ">" || sign == "<" else { return .failure(bad) }
        let digits = value.dropFirst().prefix { $0.isNumber }
        let unit = value.dropFirst(1 + digits.count)
        let factors: [Substring: Int64] = ["": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let number = Int64(digits), let factor = factors[unit], number < 1_000_000_000 else {
            return .failure(bad)
        }
        return .success(Term(kind: .age(longer: sign == ">", than: .seconds(number * factor))))
    }

    var regex: Regex<AnyRegexOutput>? { if case .pattern(let regex, _) = kind { regex.compiled() } else { nil } }

    func matches(_ row: Candidate, regex: Regex<AnyRegexOutput>?, at now: UTC) -> Bool {
        switch kind {
        case .word(let word): return row.pieces.contains { $0.map { Self.contains($0, word) } ?? false }
        case .pattern(_, let inverse):
            guard let regex else { return false }
            return ((try? regex.firstMatch(in: row.line)) != nil) != inverse
        case .health(let health): return row.health == health
        case .state(let word):
            // What is dark is in no state of its own: its last one is history.
            let words = row.health == .dark ? ["dark", "unknown"] : [row.state, row.health.rawValue]
            return words.contains { $0.utf8.starts(with: word) }
        case .asn(let number): return row.asn?.rawValue == number
        case .age(let longer, let limit):
            guard let since = row.since else { return false }
            return longer ? now - since > limit : now - since < limit
        case .field(.device, let glob): return glob.matches(row.device)
        case .field(.name, let glob): return glob.matches(row.name)
        case .field(.group, let glob): return row.group.map(glob.matches) ?? false
        case .field(.addr, let glob): return row.addresses.contains(where: glob.matches)
        case .field(.family, let glob): return row.families.contains(where: glob.matches)
        }
    }

    /// Whether `needle`, in lower case, stands in `text`, in any case.
    private static func contains(_ text: String, _ needle: [UInt8]) -> Bool {
        var text = text.utf8.allSatisfy({ $0 < 0x80 }) ? text : text.lowercased()
        return text.withUTF8 { bytes in
            guard let first = needle.first else { return true }
            guard bytes.count >= needle.count else { return false }
            for start in 0...(bytes.count - needle.count) where lower(bytes[start]) == first {
                if needle.indices.allSatisfy({ lower(bytes[start + $0]) == needle[$0] }) { return true }
            }
            return false
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

/// A value of a field: the beginning of it, or with `*` the whole of it.
struct Glob: Sendable {
    private let pieces: [String]
    private let whole: Bool

    init(_ text: String) {
        whole = text.contains("*")
        pieces = text.lowercased().split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    }

    func matches(_ value: String) -> Bool {
        var rest = Substring(value.lowercased())
        guard let first = pieces.first, rest.hasPrefix(first) else { return false }
        rest = rest.dropFirst(first.count)
        guard whole, let last = pieces.last, pieces.count > 1 else { return true }
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let range = rest.firstRange(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}

/// A regular expression that a value can hold: `Regex` itself is not Sendable, so a pass over rows compiles its own.
struct SendableRegex: Hashable, Sendable {
    let source: String

    init?(_ source: String) {
        self.source = source
        guard compiled() != nil else { return nil }
    }

    func compiled() -> Regex<AnyRegexOutput>? { (try? Regex(source))?.ignoresCase() }

    /// Whether matching may take time beyond measure: a repetition within a repeated group, or many open repetitions.
    ///
    /// The engine backtracks, and the keyboard waits for it.
    static func explodes(_ source: String) -> Bool {
        var groups: [Bool] = []
        var repetitions = 0
        var closed: Bool?
        var escaped = false
        var inClass = false
        for character in source {
            defer { if character != ")" || escaped { closed = nil } }
            if escaped {
                escaped = false
                continue
            }
            switch character {
            case "\\": escaped = true
            case "[": inClass = true
            case "]": inClass = false
            case _ where inClass: break
            case "(": groups.append(false)
            case ")": closed = groups.popLast() ?? false
            case "|": if !groups.isEmpty { groups[groups.count - 1] = true }
            case "*", "+", "{":
                repetitions += 1
                if closed == true { return true }
                for index in groups.indices { groups[index] = true }
            default: break
            }
        }
        return repetitions > 4
    }
}
