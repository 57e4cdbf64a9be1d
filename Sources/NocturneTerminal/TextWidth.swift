// SPDX-License-Identifier: Apache-2.0

/// How many columns text takes.
///
/// The C library's table is as old as the machine's distribution and knows scalars only; a grapheme cluster is more
/// than their sum. One table of our own makes every screen, report and test agree:
///
/// | text | columns |
/// | --- | --- |
/// | control characters | 0 |
/// | combining marks, format characters, the vowels and finals of Hangul syllables | 0 |
/// | East Asian wide and fullwidth, emoji by default presentation (UAX #11, UTS #51) | 2 |
/// | emoji made so by U+FE0F, keycaps, flags, sequences with joiners or skin tones | 2 |
/// | anything else | 1 |
///
/// Characters of ambiguous width are narrow. A cluster never takes more than two columns.
public enum TextWidth {
    /// The columns of one scalar standing alone.
    public static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7F: return 1
        case ..<0xA0: return 0
        // A hyphen that shows; every terminal draws it although Unicode calls it a format character.
        case 0xAD: return 1
        case ..<0x300: return 1
        // Signs that enclose the digits after them: format characters that show (Prepended_Concatenation_Mark).
        case 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x110BD, 0x110CD: return 1
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return 0
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .lineSeparator, .paragraphSeparator, .surrogate: return 0
        default: return WideRanges.contains(scalar) ? 2 : 1
        }
    }

    public static func of(_ character: Character) -> Int {
        if let ascii = character.asciiValue { return ascii >= 0x20 && ascii < 0x7F && character != "\r\n" ? 1 : 0 }
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        let alone = of(first)
        guard scalars.count > 1 else { return alone }
        if first.properties.isEmoji, scalars.contains(where: Self.makesEmoji) { return 2 }
        // A mark with nothing to stand on stays without width, whatever is stacked on it.
        guard alone > 0 else { return 0 }
        return min(2, scalars.reduce(0) { $0 + of($1) })
    }

    public static func of(_ text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// Emoji presentation selector, zero-width joiner, skin tones.
    private static func makesEmoji(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFE0F, 0x200D, 0x1F3FB...0x1F3FF: true
        default: false
        }
    }
}

extension TextWidth {
    /// The text cut to at most `columns`; where something was cut, `ellipsis` is the last that fits.
    ///
    /// Characters without width (controls) are left out.
    public static func fit(_ text: some StringProtocol, _ columns: Int, ellipsis: String = "…") -> String {
        guard columns > 0 else { return "" }
        if of(text) <= columns { return String(text.filter { of($0) > 0 }) }
        let mark = of(ellipsis) <= columns ? ellipsis : ""
        return prefix(text, columns - of(mark)) + mark
    }

    /// As much of the beginning as fits into `columns`; a wide character is never halved.
    public static func prefix(_ text: some StringProtocol, _ columns: Int) -> String {
        var result = ""
        var left = columns
        for character in text {
            let width = of(character)
            guard width > 0 else { continue }
            guard width <= left else { break }
            result.append(character)
            left -= width
        }
        return result
    }

    /// Exactly `columns` wide: cut or filled with blanks on the right. For text.
    public static func padRight(_ text: some StringProtocol, _ columns: Int, ellipsis: String = "…") -> String {
        let fitted = fit(text, columns, ellipsis: ellipsis)
        return fitted + String(repeating: " ", count: max(0, columns - of(fitted)))
    }

    /// Exactly `columns` wide: cut or filled with blanks on the left. For numbers.
    public static func padLeft(_ text: some StringProtocol, _ columns: Int, ellipsis: String = "…") -> String {
        let fitted = fit(text, columns, ellipsis: ellipsis)
        return String(repeating: " ", count: max(0, columns - of(fitted))) + fitted
    }
}
