// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One condition of a ``Filter``.
struct Term: Sendable {
    enum Field: String, CaseIterable { case device, name, addr, group, family }

    enum Kind: Sendable {
        case word([UInt8])
        case pattern(String, inverse: Bool)
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
        guard Pattern(source) != nil else {
            return .failure(Failure(sentence: "/\(source) is not a regular expression (yet)"))
        }
        return .success(Term(kind: .pattern(source, inverse: inverse)))
    }

    private static func state(_ value: String) -> Result<Term?, Failure> {
        if value.isEmpty { return .success(nil) }
        let word = value.lowercased()
        // A state of two words, not deployed, is found by its first.
        let known =
            PeerState.allCases.map(\.rawValue) + Health.allCases.map(\.rawValue)
            + AnycastVerdict.allCases.map(\.rawValue) + ["running", "stopped", "paused", "exited", "created"]
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

    var pattern: Pattern? { if case .pattern(let source, _) = kind { Pattern(source) } else { nil } }

    /// Whether what this leaves is among what `other` leaves: a word grows while it is typed.
    func narrows(_ other: Term) -> Bool {
        guard case .word(let longer) = kind, case .word(let shorter) = other.kind else { return false }
        return longer.starts(with: shorter)
    }

    func matches(_ row: Candidate, pattern: Pattern?, at now: UTC) -> Bool {
        switch kind {
        case .word(let word): return Self.contains(row.line, word)
        case .pattern(_, let inverse):
            guard let pattern else { return false }
            return pattern.matches(row.line) != inverse
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

    /// Whether `needle` stands in `text`, both in lower case. A word has no blank, so it cannot span two fields.
    private static func contains(_ text: String, _ needle: [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            needle.withUnsafeBufferPointer { needle in
                guard let first = needle.first else { return true }
                guard bytes.count >= needle.count else { return false }
                for start in 0...(bytes.count - needle.count) where bytes[start] == first {
                    var length = 1
                    while length < needle.count, bytes[start + length] == needle[length] { length += 1 }
                    if length == needle.count { return true }
                }
                return false
            }
        }
    }
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
