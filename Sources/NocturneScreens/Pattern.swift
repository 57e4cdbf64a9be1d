// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A regular expression of a filter, as in grep -E: regex(7) and `\d`.
///
/// The system's matcher and not Swift's `Regex`: ten thousand rows are asked at every key, and the system's takes one pass
/// over a row whatever the pattern is, some fifty times faster; nothing that repeats within repeats can hang it. Compiled in
/// the C locale: a byte is a character, and letters match in either case.
///
/// Not Sendable: whoever makes a pass over rows compiles one.
final class Pattern {
    /// Longer repetitions than this are refused: the matcher writes out every one of them.
    static let mostRepetitions = 255

    /// What newlocale(3) calls LC_CTYPE_MASK and LC_COLLATE_MASK.
    private static let text = Int32(1 << LC_CTYPE | 1 << LC_COLLATE)
    private var compiled = regex_t()

    init?(_ source: String) {
        guard let plain = Self.translated(source), let locale = newlocale(Self.text, "C", nil) else { return nil }
        let before = uselocale(locale)
        let result = regcomp(&compiled, plain, REG_EXTENDED | REG_ICASE | REG_NOSUB)
        uselocale(before)
        freelocale(locale)
        guard result == 0 else { return nil }
    }

    deinit { regfree(&compiled) }

    func matches(_ line: String) -> Bool { regexec(&compiled, line, 0, nil, 0) == 0 }

    /// The pattern in the words of regex(7); nil for what would not end in time, or means nothing.
    ///
    /// A reference to a group (`\1`) makes any matcher try every way, so there is none.
    private static func translated(_ source: String) -> String? {
        var text = ""
        var escaped = false
        var inClass = false
        var count: Int?
        var repetitions = 1
        for character in source {
            if let digits = count {
                if let digit = character.wholeNumberValue {
                    count = min(100_000, digits * 10 + digit)
                } else {
                    repetitions *= max(1, digits)
                    count = character == "," ? 0 : nil
                }
                if repetitions > mostRepetitions { return nil }
            }
            if escaped {
                escaped = false
                switch character {
                case "d": text += inClass ? "0-9" : "[0-9]"
                case "D": text += inClass ? "D" : "[^0-9]"
                case "0"..."9": return nil
                default: text += (inClass ? "" : "\\") + String(character)
                }
                continue
            }
            switch character {
            case "\\":
                escaped = true
                continue
            case "[": inClass = true
            case "]": inClass = false
            case "{" where !inClass: count = 0
            case "*", "+", "?": if text.isEmpty { return nil }
            default: break
            }
            text.append(character)
        }
        return escaped ? nil : text.replacing("(?:", with: "(")
    }
}
