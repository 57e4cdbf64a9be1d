// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal

/// Reads theme files.
///
/// One line says how one role looks at one tier, or at several; later lines win:
///
/// ```
/// # role  tier…: words
/// down    mono:     bold reverse
/// down    16 256:   fg=red bold
/// down    true:     fg=#ff5f5f bold
/// text    *:
/// ```
///
/// Tiers are `mono`, `16`, `256`, `true`; `*` is all four. Words are `bold dim underline reverse`, `fg=COLOUR` and
/// `bg=COLOUR`. A colour is `default`, one of the sixteen names (`red`, `bright-red`, …), from tier 256 on a number
/// 0…255, and in tier `true` also `#rrggbb`. No words is plain. `#` at the start of a line or after a blank begins a
/// comment, unless it belongs to a colour.
public enum ThemeParser {
    /// - Parameters:
    ///   - file: the name used in messages.
    ///   - base: what the lines are layered over.
    public static func parse(_ text: String, file: String, name: String, over base: Theme) throws(ThemeError) -> Theme {
        var theme = base
        theme.name = name
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let reader = LineReader(file: file, line: number, words: words(of: line))
            if !reader.words.isEmpty { try reader.apply(to: &theme) }
        }
        return theme
    }

    struct Word {
        var text: String
        var column: Int
    }

    /// The words of a line with their columns; a colon is a word by itself, a comment is none.
    static func words(of line: Substring) -> [Word] {
        var words: [Word] = []
        var current: Word?
        var column = 0
        for character in line {
            column += 1
            if character == "#", current == nil { break }
            if character == " " || character == "\t" || character == ":" {
                if let word = current { words.append(word) }
                current = nil
                if character == ":" { words.append(Word(text: ":", column: column)) }
            } else {
                current = Word(text: (current?.text ?? "") + String(character), column: current?.column ?? column)
            }
        }
        if let word = current { words.append(word) }
        return words
    }
}

private struct LineReader {
    let file: String
    let line: Int
    let words: [ThemeParser.Word]

    func apply(to theme: inout Theme) throws(ThemeError) {
        guard let first = words.first, let colon = words.firstIndex(where: { $0.text == ":" }) else {
            throw failure(words[0], "no colon", "a line is: ROLE TIER: WORDS, for example \"down 16: fg=red bold\"")
        }
        guard let role = Role(rawValue: first.text) else {
            throw failure(
                first, "unknown role \"\(first.text)\"",
                Nearest.hint(first.text, among: Role.allCases.map(\.rawValue), else: "roles are"))
        }
        let tierWords = words[1..<max(colon, 1)]
        guard !tierWords.isEmpty else {
            throw failure(words[colon], "no tier", "put mono, 16, 256, true or * before the colon")
        }
        for word in tierWords {
            for tier in try tiers(word) {
                theme.set(try style(words[(colon + 1)...], tier: tier), role: role, tier: tier)
            }
        }
    }

    private func tiers(_ word: ThemeParser.Word) throws(ThemeError) -> [ColorTier] {
        if word.text == "*" { return ColorTier.allCases }
        if let tier = ColorTier(rawValue: word.text) { return [tier] }
        throw failure(
            word, "unknown tier \"\(word.text)\"",
            Nearest.hint(word.text, among: ColorTier.allCases.map(\.rawValue) + ["*"], else: "tiers are"))
    }

    private func style(_ words: ArraySlice<ThemeParser.Word>, tier: ColorTier) throws(ThemeError) -> Style {
        var style = Style.plain
        for word in words {
            switch word.text {
            case "bold": style.bold = true
            case "dim": style.dim = true
            case "underline": style.underline = true
            case "reverse": style.reverse = true
            default:
                if word.text.hasPrefix("fg=") {
                    style.foreground = try color(word, tier: tier)
                } else if word.text.hasPrefix("bg=") {
                    style.background = try color(word, tier: tier)
                } else {
                    throw failure(
                        word, "unknown word \"\(word.text)\"",
                        Nearest.hint(
                            word.text, among: ["bold", "dim", "underline", "reverse", "fg=", "bg="], else: "words are"))
                }
            }
        }
        return style
    }

    private func color(_ word: ThemeParser.Word, tier: ColorTier) throws(ThemeError) -> Color? {
        let value = String(word.text.dropFirst(3))
        let known = ThemeColor.parse(value)
        guard let known else {
            throw failure(
                word, "unknown colour \"\(value)\"",
                Nearest.hint(value, among: ThemeColor.names + ["default"], else: "colours are"))
        }
        guard let color = known.color else { return nil }
        let needed = ThemeColor.lowestTier(color)
        guard ThemeColor.rank(tier) >= ThemeColor.rank(needed) else {
            throw failure(
                word, "tier \(tier.rawValue) has no colour \"\(value)\"",
                tier == .mono
                    ? "use bold, dim, underline or reverse there" : "it needs tier \(needed.rawValue) or better")
        }
        return color
    }

    private func failure(_ word: ThemeParser.Word, _ problem: String, _ hint: String) -> ThemeError {
        ThemeError(file: file, line: line, column: word.column, problem: problem, hint: hint)
    }
}

/// The vocabulary of colours in theme files.
enum ThemeColor {
    /// The names of colours 0…15.
    static let names: [String] = {
        let plain = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
        return plain + plain.map { "bright-" + $0 }
    }()

    struct Known {
        /// nil is the terminal's own.
        var color: Color?
    }

    static func parse(_ text: String) -> Known? {
        if text == "default" { return Known(color: nil) }
        if let index = names.firstIndex(of: text) { return Known(color: .indexed(UInt8(index))) }
        if text.allSatisfy(\.isNumber), let number = UInt8(text) { return Known(color: .indexed(number)) }
        let digits = text.dropFirst()
        guard text.first == "#", digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
            let value = UInt32(digits, radix: 16)
        else { return nil }
        return Known(color: .rgb(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)))
    }

    static func lowestTier(_ color: Color) -> ColorTier {
        switch color {
        case .indexed(..<16): .sixteen
        case .indexed: .indexed
        case .rgb: .direct
        }
    }

    static func rank(_ tier: ColorTier) -> Int { ColorTier.allCases.firstIndex(of: tier) ?? 0 }
}
