// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneTerminal
import NocturneTheme

/// Every action of the screen one came from: key, command, what it does, and why not where it cannot be used.
///
/// ```
///  KEY     COMMAND     enter runs the line, / searches
///  s       :sort       Sort by the next column.
///  r       :retry      Try a dark device again now.  (bkk00 is not dark)
/// ```
enum HelpScreen {
    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ state: ViewState) {
        let context = painter.context
        let list = state.lists[.help] ?? ListState()
        painter.put(
            painter.fit("KEY          COMMAND      enter runs the line, / searches", painter.width - 2), .header,
            row: body.lowerBound, column: 1)
        guard !context.help.isEmpty else {
            ListScreen.empty(
                &painter, body: body, ["No action has that in its name or text.", "esc shows all of them."])
            return
        }
        let cursor = context.help.firstIndex { RowID.action($0.id) == list.cursor }
        let height = body.count - 1
        let top = Window.top(list.top, index: cursor, count: context.help.count, height: height)
        for (offset, line) in context.help[top..<min(context.help.count, top + height)].enumerated() {
            let row = body.lowerBound + 1 + offset
            let selected = cursor == top + offset
            func look(_ role: Role) -> Role { selected ? .selected : line.refusal == nil ? role : .muted }
            if selected { painter.fill(.selected, row: row) }
            painter.put(selected ? context.glyphs.cursor : " ", look(.text), row: row, column: 0)
            var column = painter.put(painter.cell(line.keys, 12) + " ", look(.key), row: row, column: 1)
            column = painter.put(painter.cell(line.command, 12) + " ", look(.text), row: row, column: column)
            let text = line.text + (line.refusal.map { "  (not now: \($0))" } ?? "")
            painter.put(painter.fit(text, painter.width - column), look(.text), row: row, column: column)
        }
    }
}
