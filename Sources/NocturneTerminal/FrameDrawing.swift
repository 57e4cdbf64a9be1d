// SPDX-License-Identifier: Apache-2.0

// Strokes that more than one screen needs. Like `put`, all of them take any row and column and draw what lies inside.

extension Frame {
    /// Fills `columns` of a row (all of it by default) with a one-column text.
    public mutating func fill(row: Int, columns: Range<Int>? = nil, with text: String = " ", style: Style = .plain) {
        let columns = clamp(columns)
        guard TextWidth.of(text) == 1 else { return }
        for column in columns { put(text, row: row, column: column, style: style) }
    }

    /// Fills a rectangle.
    public mutating func fill(
        rows: Range<Int>, columns: Range<Int>? = nil, with text: String = " ", style: Style = .plain
    ) {
        for row in rows.clamped(to: 0..<size.rows) { fill(row: row, columns: columns, with: text, style: style) }
    }

    /// A rule: `glyph` is the theme's `horizontal`.
    public mutating func horizontalLine(_ glyph: String, row: Int, columns: Range<Int>? = nil, style: Style = .plain) {
        fill(row: row, columns: columns, with: glyph, style: style)
    }

    /// Changes how cells look and leaves their text.
    public mutating func restyle(row: Int, columns: Range<Int>? = nil, _ change: (inout Style) -> Void) {
        guard row >= 0, row < size.rows else { return }
        for column in clamp(columns) { change(&self[row, column].style) }
    }

    /// Lays a style over what is there, as a cursor bar lies over a coloured row.
    ///
    /// Attributes add up; colours that the style names replace. Colours it leaves open stay: a red word in a bar that
    /// only reverses is then a red block.
    public mutating func overlay(_ style: Style, row: Int, columns: Range<Int>? = nil) {
        restyle(row: row, columns: columns) { $0 = $0.overlaid(with: style) }
    }

    /// Copies another frame onto this one, its top left corner at `row` and `column`.
    public mutating func draw(_ other: Frame, row: Int, column: Int) {
        for r in 0..<other.size.rows {
            for c in 0..<other.size.columns where !other[r, c].text.isEmpty {
                let cell = other[r, c]
                put(cell.text, row: row + r, column: column + c, style: cell.style)
            }
        }
    }

    /// Writes so that the last character stands left of `end`; what does not fit is cut at its beginning.
    public mutating func putRight(_ text: some StringProtocol, row: Int, end: Int, style: Style = .plain) {
        put(text, row: row, column: end - TextWidth.of(text), style: style)
    }

    private func clamp(_ columns: Range<Int>?) -> Range<Int> {
        (columns ?? 0..<size.columns).clamped(to: 0..<size.columns)
    }
}

extension Style {
    public func overlaid(with over: Style) -> Style {
        Style(
            foreground: over.foreground ?? foreground, background: over.background ?? background,
            bold: bold || over.bold, dim: dim || over.dim, underline: underline || over.underline,
            reverse: reverse || over.reverse)
    }
}
