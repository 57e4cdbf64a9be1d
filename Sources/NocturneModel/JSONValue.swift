// SPDX-License-Identifier: Apache-2.0

/// A JSON document (RFC 8259) whose members keep the order they were given.
///
/// Scripts and people read our JSON, and both rely on the order of members and on null where nothing is known;
/// `Codable` encoders keep neither.
///
/// ```swift
/// JSONValue.object([("device", "bkk10"), ("flaps", .null)]).text   // {"device":"bkk10","flaps":null}
/// ```
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// What JSON has no number for, such as infinity, is written as null.
    case double(Double)
    case string(String)
    case array([JSONValue])
    case members([Member])

    public struct Member: Hashable, Sendable {
        public var key: String
        public var value: JSONValue
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .members(members.map { Member(key: $0.0, value: $0.1) })
    }

    // What is not known is null.
    public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
    public init(_ value: Int?) { self = value.map { .int($0) } ?? .null }
    public init(_ value: Bool?) { self = value.map { .bool($0) } ?? .null }
    public init(_ value: UTC?) { self = value.map { .string($0.description) } ?? .null }
    public init(_ value: ASN?) { self = value.map { .int(Int($0.rawValue)) } ?? .null }

    /// A measured number with so many decimals, since more would be noise.
    public init(_ value: Double?, decimals: Int) {
        guard let value else {
            self = .null
            return
        }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        self = .double((value * scale).rounded() / scale)
    }

    /// The value of a member of an object; nil when there is none.
    public subscript(key: String) -> JSONValue? {
        guard case .members(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue {
    /// On one line, without blanks.
    public var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// An array with one entry on each line, so that `grep` and `head` are of use; anything else as ``text``.
    public var lines: String {
        guard case .array(let values) = self, !values.isEmpty else { return text }
        return "[\n" + values.map(\.text).joined(separator: ",\n") + "\n]"
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value):
            // Whole numbers without ".0": 2 and 2.0 are one number in JSON, and the short form is the usual one.
            if !value.isFinite {
                text += "null"
            } else if let whole = Int(exactly: value) {
                text += String(whole)
            } else {
                text += value.description
            }
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .members(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.key, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // RFC 8259, section 7, wants C0 escaped; DEL, C1 and the line separators could act on a terminal or a script.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
