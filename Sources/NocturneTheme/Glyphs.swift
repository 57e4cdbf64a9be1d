// SPDX-License-Identifier: Apache-2.0

/// The signs the screens draw with, each with an ASCII twin of the same width.
///
/// ```swift
/// Glyphs(unicode: true).down    // "✖"
/// Glyphs(unicode: false).down   // "X"
/// ```
///
/// Every glyph is one column wide. None is an emoji by default presentation, because terminals disagree on how wide
/// those are.
public struct Glyphs: Hashable, Sendable {
    public let unicode: Bool

    public init(unicode: Bool) { self.unicode = unicode }

    private func pick(_ unicodeGlyph: String, _ asciiGlyph: String) -> String { unicode ? unicodeGlyph : asciiGlyph }
}

extension Glyphs {
    // Health
    public var down: String { pick("✖", "X") }
    public var degraded: String { "!" }
    public var dark: String { "?" }
    public var up: String { pick("✔", "+") }

    // Marks
    public var cursor: String { pick("▸", ">") }
    public var folded: String { pick("▸", ">") }
    public var unfolded: String { pick("▾", "v") }
    public var recording: String { pick("●", "*") }
    public var moved: String { pick("▲", "^") }
    public var note: String { pick("✎", "#") }
    public var change: String { pick("⚙", "%") }
    /// Between steps of a way: `path ▸ tcp ▸ key`.
    public var step: String { pick("▸", ">") }
    public var bullet: String { pick("·", ".") }
    /// Between two states: `established → active`.
    public var arrow: String { pick("→", ">") }
    public var left: String { pick("←", "<") }
    public var right: String { pick("→", ">") }
    /// A value that the device does not tell.
    public var missing: String { pick("–", "-") }
    /// Where text was cut.
    public var ellipsis: String { pick("…", "~") }
    public var sortUp: String { pick("▲", "^") }
    public var sortDown: String { pick("▼", "v") }

    // Lines
    public var horizontal: String { pick("─", "-") }
    public var vertical: String { pick("│", "|") }
    public var topLeft: String { pick("┌", "+") }
    public var topRight: String { pick("┐", "+") }
    public var bottomLeft: String { pick("└", "+") }
    public var bottomRight: String { pick("┘", "+") }
    public var teeLeft: String { pick("├", "+") }
    public var teeRight: String { pick("┤", "+") }
    /// Filled, for words in large type.
    public var block: String { pick("█", "#") }

    /// Eight heights, lowest first.
    public var levels: [String] {
        unicode ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : ["_", ".", ",", "-", "=", "+", "*", "#"]
    }

    /// A curve of one column per value, scaled from zero to the greatest; a value not known is a blank.
    public func sparkline(_ values: [Double?]) -> String {
        let top = values.compactMap { $0 }.filter(\.isFinite).max() ?? 0
        return values.map { value in
            guard let value, value.isFinite else { return " " }
            guard top > 0, value > 0 else { return levels[0] }
            let step = Int((value / top * Double(levels.count - 1)).rounded())
            return levels[min(max(step, 0), levels.count - 1)]
        }.joined()
    }
}
