// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// Every anycast prefix on every node: wanted, local, best path, announced, answered; below, why a verdict is what it is.
///
/// ```
///  203.0.113.81/32 local    WANTED IFACE  BEST PATH    EXPORTED ANSWERS
/// ▸  bkk06  ✖ BLACKHOLE     yes    no     unreachable  2 peers  –
///    bkk07  ✔ ok            yes    lo     local        2 peers  <1ms
///    bkk08  · not deployed  no     no     none         no       –
///  bkk06 203.0.113.81/32  blackhole: announced, not on any interface
/// ```
enum AnycastScreen {
    static func stripHeight(_ body: Int) -> Int { body >= 14 ? 4 : 0 }

    /// What a page key moves by; headings take a line each, so a page never skips a row.
    static func pageHeight(_ body: Int) -> Int { max(1, body - stripHeight(body) - 2) }

    static func identities(_ snapshot: Snapshot, _ state: ViewState, _ lists: Lists, at now: UTC) -> [RowID] {
        lists.anycast(snapshot, state, at: now).rows.map(\.id)
    }

    private enum Line {
        case heading(AnycastEntry)
        case node(Int)
        case blank
    }

    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {
        let context = painter.context
        let (entries, total) = context.lists.anycast(snapshot, state, at: context.now)
        guard !entries.isEmpty else {
            ListScreen.empty(&painter, body: body, sentences(total, state))
            return
        }
        let strip = stripHeight(body.count)
        let rows = body.lowerBound..<(body.upperBound - strip)
        let lines = lines(entries, room: rows.count)
        let list = state.lists[.anycast] ?? ListState()
        let cursor = entries.firstIndex { $0.id == list.cursor }
        let at = cursor.flatMap { cursor in
            lines.firstIndex { if case .node(let index) = $0 { index == cursor } else { false } }
        }
        var top = Window.top(list.top, index: at, count: lines.count, height: rows.count)
        // The first row in sight is not parted from the prefix it belongs to.
        if top > 0, case .node = lines[top], case .heading = lines[top - 1], at != top + rows.count - 1 { top -= 1 }
        let layout = layout(entries, painter.width)
        for (offset, line) in lines[top..<min(lines.count, top + rows.count)].enumerated() {
            let row = rows.lowerBound + offset
            switch line {
            case .blank: break
            case .heading(let entry): heading(&painter, entry, row: row, layout)
            case .node(let index): node(&painter, entries[index], row: row, layout, selected: index == cursor)
            }
        }
        let below = lines.count - top - rows.count
        if below > 0, strip == 0 {
            painter.put(" \(below) more below ", .muted, row: body.upperBound, column: max(0, painter.width - 20))
        }
        guard strip > 0, let cursor else { return }
        for (offset, line) in told(entries[cursor], context, painter.width).prefix(strip).enumerated() {
            painter.put(line, row: body.upperBound - strip + offset, column: 1)
        }
    }

    private static func sentences(_ total: Int, _ state: ViewState) -> [String] {
        total > 0
            ? [
                "None of \(total) rows matches \"\((state.filters[.anycast] ?? Filter()).text)\".",
                "esc shows all of them.",
            ]
            : [
                "No anycast prefix is in the inventory.",
                "Write one down under anycast: with the nodes that announce it.",
            ]
    }

    private static func lines(_ entries: [AnycastEntry], room: Int) -> [Line] {
        var groups: [[Line]] = []
        for (index, entry) in entries.enumerated() {
            if index == 0 || entries[index - 1].row.prefix != entry.row.prefix { groups.append([.heading(entry)]) }
            groups[groups.count - 1].append(.node(index))
        }
        let airy = groups.reduce(groups.count - 1) { $0 + $1.count } <= room
        return Array(groups.joined(separator: airy ? [.blank] : []))
    }

    /// The columns of a node, moved in below the prefix.
    private static let indent = 3

    private static func layout(_ entries: [AnycastEntry], _ width: Int) -> [(index: Int, width: Int)] {
        var wanted = Column.wanted(AnycastEntry.nodeColumns, rows: entries)
        // The prefix and its name stand above device, mark and verdict.
        let heading = entries.map { TextWidth.of("\($0.row.prefix) \($0.row.name)") }.max() ?? 0
        wanted[2] = max(wanted[2], heading + 1 - (indent - 1) - wanted[0] - 3)
        return ColumnLayout(AnycastEntry.nodeColumns, wanted: wanted, width: width - indent - 1).columns
    }

    private static func heading(
        _ painter: inout Painter, _ entry: AnycastEntry, row: Int, _ layout: [(index: Int, width: Int)]
    ) {
        var column = indent
        for (position, (index, width)) in layout.enumerated() {
            if position == 3 {
                let name = StyledLine("\(entry.row.prefix) ", .label).then(entry.row.name, .header)
                let room = column - 2
                painter.put(
                    TextWidth.of(name.text) <= room ? name : StyledLine(painter.fit(name.text, room), .label), row: row,
                    column: 1)
            }
            if position >= 3 {
                painter.put(
                    painter.cell(AnycastEntry.nodeColumns[index].title, width), .header, row: row, column: column)
            }
            column += width + 1
        }
        // So narrow that nothing stands beside the verdict.
        if layout.count <= 3 {
            painter.put(
                painter.fit("\(entry.row.prefix) \(entry.row.name)", painter.width - 2), .label, row: row, column: 1)
        }
    }

    private static func node(
        _ painter: inout Painter, _ entry: AnycastEntry, row: Int, _ layout: [(index: Int, width: Int)], selected: Bool
    ) {
        if selected { painter.fill(.selected, row: row) }
        painter.put(selected ? painter.context.glyphs.cursor : " ", selected ? .selected : .text, row: row, column: 0)
        var column = indent
        for (index, width) in layout {
            let definition = AnycastEntry.nodeColumns[index]
            let role: Role =
                if selected { .selected } else if !entry.row.isSubject { .muted } else {
                    switch definition.key {
                    case "health", "verdict": Painter.role(entry.row.health)
                    default: entry.isHistory ? .dark : entry.isStale(at: painter.context.now) ? .stale : .text
                    }
                }
            painter.put(
                painter.cell(definition.text(entry, painter.context.cells), width), role, row: row, column: column)
            column += width + 1
        }
    }

    /// What the columns cannot hold: the reason in full, where it is announced, who answered, and when that was.
    private static func told(_ entry: AnycastEntry, _ context: DrawContext, _ width: Int) -> [StyledLine] {
        let row = entry.row
        let verdict = row.verdict.rawValue + (row.reason.map { ": \($0)" } ?? "")
        var lines = StyledLine("\(row.device) \(row.prefix)  ", .label)
            .then(verdict, row.isSubject ? Painter.role(row.health) : .muted).wrapped(width - 2).prefix(2).map { $0 }
        guard let sighting = entry.sighting else { return lines }
        let past = entry.isHistory ? "was " : ""
        var facts: [String] = []
        if let exported = sighting.exportedTo {
            facts.append(exported.isEmpty ? "announced to nobody" : "announced to " + exported.joined(separator: ", "))
        }
        if case .answered(let by, let took) = sighting.answer {
            facts.append("answered by \(by) in \(AgeText.milliseconds(took))")
        }
        if !facts.isEmpty {
            lines.append(StyledLine(past + facts.joined(separator: "; "), entry.isHistory ? .dark : .text))
        }
        let faults = AnycastSighting.Part.allCases.compactMap { part in
            sighting.faults[part].map { "\(part.word) not told: \($0.message)" }
        }
        if !faults.isEmpty { lines.append(StyledLine(faults.joined(separator: "; "), .warning)) }
        if let observed = row.observed {
            let age = AgeText.observed(context.now - observed.at)
            let way = " by \(observed.path), in \(AgeText.milliseconds(observed.tookMilliseconds))"
            lines.append(StyledLine("seen \(age == "<5s" ? "now" : age + " ago")\(way)", .muted))
        }
        return lines
    }
}

extension AnycastSighting.Part {
    fileprivate var word: String {
        switch self {
        case .local: "interface"
        case .bestPath: "best path"
        case .exported: "exported"
        case .answer: "answer"
        }
    }
}

extension AnycastEntry {
    public var id: RowID { .anycast(row.device, prefix: row.prefix) }
}
