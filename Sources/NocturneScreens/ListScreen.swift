// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// The window of a list: which rows are in sight.
public enum Window {
    /// Moves `top` as little as needed for `index` to be among `height` rows of `count`.
    public static func top(_ top: Int, index: Int?, count: Int, height: Int) -> Int {
        var top = top
        if let index {
            if index < top { top = index }
            if index >= top + height { top = index - height + 1 }
        }
        return max(0, min(top, count - height))
    }
}

/// Draws any list of columns: heading, rows in sight, the cursor.
enum ListScreen {
    struct Look<Row> {
        var id: (Row) -> RowID
        var health: (Row) -> Health
        var stale: (Row) -> Bool
        /// Whether it differs from the baseline.
        var moved: (Row) -> Bool
    }

    static func draw<Row>(
        _ painter: inout Painter, body: Range<Int>, columns: [Column<Row>], rows: Rows<Row>, list: ListState,
        look: Look<Row>
    ) {
        let layout = ColumnLayout(columns, wanted: rows.wanted, width: painter.width - 2).columns
        heading(&painter, row: body.lowerBound, columns: columns, layout: layout, list: list)
        let height = body.count - 1
        let cursor = rows.position(of: list.cursor)
        let top = Window.top(list.top, index: cursor, count: rows.rows.count, height: height)
        let cells = painter.context.cells
        for (offset, entry) in rows.rows[top..<min(rows.rows.count, top + height)].enumerated() {
            let row = body.lowerBound + 1 + offset
            let selected = cursor == top + offset
            let moved = look.moved(entry)
            if selected { painter.fill(.selected, row: row) }
            let sign = selected ? painter.context.glyphs.cursor : moved ? painter.context.glyphs.moved : " "
            painter.put(sign, selected ? .selected : moved ? .changed : .text, row: row, column: 0)
            var column = 1
            for (index, width) in layout {
                let role: Role =
                    if selected { .selected } else {
                        role(columns[index].key, look.health(entry), stale: look.stale(entry), moved: moved)
                    }
                let full = columns[index].text(entry, cells)
                let text = painter.cell(
                    TextWidth.of(full) > width ? columns[index].short?(entry) ?? full : full, width,
                    columns[index].alignment == .right ? .right : .left)
                painter.put(text, role, row: row, column: column)
                column += width + 1
            }
        }
    }

    private static func heading<Row>(
        _ painter: inout Painter, row: Int, columns: [Column<Row>], layout: [(index: Int, width: Int)], list: ListState
    ) {
        var column = 1
        for (index, width) in layout {
            var title = columns[index].title
            if columns[index].key == list.sort, title != " " {
                title += list.reversed ? painter.context.glyphs.sortDown : painter.context.glyphs.sortUp
            }
            painter.put(
                painter.cell(title, width, columns[index].alignment == .right ? .right : .left), .header, row: row,
                column: column)
            column += width + 1
        }
    }

    private static func role(_ key: String, _ health: Health, stale: Bool, moved: Bool) -> Role {
        switch key {
        case "health", "state": return health == .up && stale ? .stale : moved ? .changed : Painter.role(health)
        case "ladder": return health == .up ? .text : Painter.role(health)
        default: return health == .dark ? .dark : stale ? .stale : .text
        }
    }

    /// A sentence in the middle of an empty body.
    static func empty(_ painter: inout Painter, body: Range<Int>, _ sentences: [String]) {
        for (offset, sentence) in sentences.enumerated() where body.lowerBound + 1 + offset < body.upperBound {
            painter.put(
                painter.fit(sentence, painter.width - 4), offset == 0 ? .text : .muted,
                row: body.lowerBound + 1 + offset,
                column: 2)
        }
    }
}

/// Draws a page of text that can be scrolled.
enum PageScreen {
    static func draw(_ painter: inout Painter, body: Range<Int>, lines: [StyledLine], scroll: Int) {
        let top = max(0, min(scroll, lines.count - body.count))
        for (offset, line) in lines[top..<min(lines.count, top + body.count)].enumerated() {
            painter.put(line, row: body.lowerBound + offset, column: 1)
        }
        let below = lines.count - top - body.count
        if below > 0 {
            let note = " \(below) more below "
            painter.put(note, .muted, row: body.upperBound, column: painter.width - TextWidth.of(note) - 2)
        }
    }
}
