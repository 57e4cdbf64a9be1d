// SPDX-License-Identifier: Apache-2.0

// Frames as text, for tests that compare and people who read the difference.

extension Frame {
    /// The frame with how every cell looks: each row of text, below it a row of letters, and at the end what each letter
    /// means. `.` is plain. Rows that are plain throughout have no second row.
    ///
    /// ```
    /// |✖ 2 down  ? 40 dark|
    /// |aaaaaaaa..bbbbbbbbb|
    /// a fg=1 bold
    /// b underline
    /// ```
    public var styledText: String {
        var letters: [Style: Character] = [.plain: "."]
        var legend: [String] = []
        var lines: [String] = []
        for row in 0..<size.rows {
            var text = ""
            var map = ""
            for column in 0..<size.columns {
                let cell = self[row, column]
                text += cell.text
                if letters[cell.style] == nil {
                    let letter = Self.letter(letters.count - 1)
                    letters[cell.style] = letter
                    legend.append("\(letter) \(cell.style)")
                }
                map.append(letters[cell.style] ?? ".")
            }
            lines.append("|\(text)|")
            if map.contains(where: { $0 != "." }) { lines.append("|\(map)|") }
        }
        return (lines + legend).joined(separator: "\n")
    }

    private static func letter(_ index: Int) -> Character {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return index < letters.count ? letters[index] : "#"
    }

    /// Where `text` first stands, nil when it does not.
    public func find(_ text: String) -> (row: Int, column: Int)? {
        let wanted = Array(text)
        guard !wanted.isEmpty else { return nil }
        for row in 0..<size.rows {
            let columns = (0..<size.columns).filter { !self[row, $0].text.isEmpty }
            let characters = columns.map { self[row, $0].text.first ?? " " }
            guard characters.count >= wanted.count else { continue }
            for start in 0...(characters.count - wanted.count)
            where characters[start..<start + wanted.count].elementsEqual(wanted) {
                return (row, columns[start])
            }
        }
        return nil
    }

    /// How the place looks where `text` first stands, nil when it does not.
    public func style(of text: String) -> Style? { find(text).map { self[$0.row, $0.column].style } }
}

extension Color: CustomStringConvertible {
    /// The number, or `#rrggbb`.
    public var description: String {
        switch self {
        case .indexed(let index): return String(index)
        case .rgb: return hex
        }
    }

    /// `#rrggbb`
    public var hex: String {
        let (red, green, blue) = components
        return "#"
            + [red, green, blue].map { value in
                let digits = String(value, radix: 16)
                return digits.utf8.count == 1 ? "0" + digits : digits
            }.joined()
    }
}

extension Style: CustomStringConvertible {
    /// In the words of theme files: `fg=1 bold`; `plain` when there is nothing to say.
    public var description: String {
        let words = [
            foreground.map { "fg=\($0)" }, background.map { "bg=\($0)" }, bold ? "bold" : nil, dim ? "dim" : nil,
            underline ? "underline" : nil, reverse ? "reverse" : nil,
        ].compactMap { $0 }
        return words.isEmpty ? "plain" : words.joined(separator: " ")
    }
}
