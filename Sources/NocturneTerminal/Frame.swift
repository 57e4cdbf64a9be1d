// SPDX-License-Identifier: Apache-2.0

/// Rows and columns of a terminal.
public struct Size: Hashable, Sendable {
    public var rows: Int
    public var columns: Int
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }
}

/// How many colours a terminal has; every tier is designed, none is a poor copy of the next.
public enum ColorTier: String, Hashable, Sendable, CaseIterable {
    case mono
    case sixteen = "16"
    case indexed = "256"
    case direct = "true"
}

/// A colour in the vocabulary of its tier.
public enum Color: Hashable, Sendable {
    /// 0…15 are the named colours of the user's palette, 16…255 the fixed ones.
    case indexed(UInt8)
    case rgb(UInt8, UInt8, UInt8)
}

/// How a cell looks: colours (nil is the terminal's own) and attributes.
public struct Style: Hashable, Sendable {
    public var foreground: Color?
    public var background: Color?
    public var bold: Bool
    public var dim: Bool
    public var underline: Bool
    public var reverse: Bool

    public init(
        foreground: Color? = nil, background: Color? = nil, bold: Bool = false, dim: Bool = false,
        underline: Bool = false, reverse: Bool = false
    ) {
        self.foreground = foreground
        self.background = background
        self.bold = bold
        self.dim = dim
        self.underline = underline
        self.reverse = reverse
    }

    public static let plain = Style()
}

/// One place on the screen. A wide character owns its cell and an empty one to its right.
public struct Cell: Hashable, Sendable {
    /// One grapheme cluster; empty in the right half of a wide one.
    public var text: String
    public var style: Style
    public init(text: String = " ", style: Style = .plain) {
        self.text = text
        self.style = style
    }
}

/// A whole screen as a value: what `draw` returns, what a screen shows and what tests read.
public struct Frame: Hashable, Sendable {
    public let size: Size
    public private(set) var cells: [Cell]
    /// Where the terminal's own cursor stands; nil hides it.
    public var cursor: (row: Int, column: Int)? {
        get { cursorRow.map { ($0, cursorColumn) } }
        set {
            cursorRow = newValue?.row
            cursorColumn = newValue?.column ?? 0
        }
    }
    private var cursorRow: Int?
    private var cursorColumn = 0

    public init(size: Size) {
        self.size = Size(rows: max(0, size.rows), columns: max(0, size.columns))
        cells = Array(repeating: Cell(), count: self.size.rows * self.size.columns)
    }

    public subscript(row: Int, column: Int) -> Cell {
        get { cells[row * size.columns + column] }
        set { cells[row * size.columns + column] = newValue }
    }

    /// Writes text from `column` on and returns the column after it; what does not fit is cut, never wrapped.
    ///
    /// Any row and column may be given; what lies outside is not drawn. A wide character that would be halved by an
    /// edge or by `limit` becomes a blank. Writing into half of a wide character blanks its other half. Characters
    /// without width (controls) are left out.
    @discardableResult
    public mutating func put(
        _ text: some StringProtocol, row: Int, column: Int, style: Style = .plain, limit: Int? = nil
    ) -> Int {
        guard row >= 0, row < size.rows else { return column }
        var end = size.columns
        if let limit, limit < end - column { end = column + max(0, limit) }
        var at = column
        for character in text {
            let width = TextWidth.of(character)
            guard width > 0 else { continue }
            if at + width > end {
                if at < end, at >= 0 { set(row, at, Cell(text: " ", style: style)) }
                return end
            }
            if at >= 0 {
                set(row, at, Cell(text: String(character), style: style), wide: width == 2)
            } else if at + width > 0 {
                set(row, 0, Cell(text: " ", style: style))
            }
            at += width
        }
        return at
    }

    /// Writes one cell, or two for a wide character, and leaves no half of another wide character beside it.
    private mutating func set(_ row: Int, _ column: Int, _ cell: Cell, wide: Bool = false) {
        detach(row, column)
        if wide {
            detach(row, column + 1)
            self[row, column + 1] = Cell(text: "", style: cell.style)
        }
        self[row, column] = cell
    }

    private mutating func detach(_ row: Int, _ column: Int) {
        if column > 0, self[row, column].text.isEmpty { self[row, column - 1].text = " " }
        if column + 1 < size.columns, self[row, column + 1].text.isEmpty { self[row, column + 1].text = " " }
    }

    /// The row as text without trailing blanks.
    public func line(_ row: Int) -> String {
        var line = ""
        for column in 0..<size.columns { line += self[row, column].text }
        while line.last == " " { line.removeLast() }
        return line
    }

    /// All rows as text.
    public var text: String { (0..<size.rows).map(line).joined(separator: "\n") }
}
