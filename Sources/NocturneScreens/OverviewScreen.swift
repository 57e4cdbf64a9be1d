// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// The incident, and what is wrong now, worst first.
///
/// ```
///  INCIDENT 3  open 00:02:40  since 02:11:26Z  3 lost
///   first  02:11:26Z ✖ bkk00 peer iptx-hk-2519  established → active: hold timer expired
///   then   02:11:27Z ! bkk06 bfd 10.9.0.1  up → down
///  ─ worst first ────────────────────────────────────────────────────────────────
///  ✖ blackhole bkk06  any    203.0.113.81/32  announced, not on any interface    2m40s
///  ✖ down      bkk00  peer   iptx-hk-2519  AS9304  active: hold timer     2m40s
///  ? dark      bkk05  device               TCP timeout after jump; 39 sessions behind it
/// ```
enum OverviewScreen {
    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {
        let context = painter.context
        var row = body.lowerBound
        for line in head(snapshot, state, context, height: body.count) {
            painter.put(line, row: row, column: 1)
            row += 1
        }
        let items = context.lists.overview(snapshot, at: context.now)
        guard !items.isEmpty else {
            well(&painter, row..<body.upperBound, snapshot)
            return
        }
        if row < body.upperBound - 1 {
            painter.rule(row: row, title: "worst first")
            row += 1
        }
        let list = state.lists[.overview] ?? ListState()
        let cursor = items.firstIndex { $0.id == list.cursor }
        let height = body.upperBound - row
        let top = Window.top(list.top, index: cursor, count: items.count, height: height)
        let widths = widths(items, painter.width)
        for (offset, item) in items[top..<min(items.count, top + height)].enumerated() {
            draw(&painter, item, row: row + offset, selected: cursor == top + offset, widths: widths)
        }
        let free = row + items.count - top + 1
        if let cursor, free < body.upperBound { whole(&painter, items[cursor], free..<body.upperBound) }
        let below = items.count - top - height
        if below > 0 {
            painter.put(" \(below) more below ", .muted, row: body.upperBound, column: max(0, painter.width - 20))
        }
    }

    /// Where rows are left, what the row under the cursor had no room for.
    private static func whole(_ painter: inout Painter, _ item: OverviewItem, _ rows: Range<Int>) {
        let name = [item.place, item.name].filter { !$0.isEmpty }.joined(separator: " ")
        let label = "\(name)  "
        var lines = StyledLine(label, .label).then(item.detail + item.tail).wrapped(painter.width - 2)
        if let hint = item.hint {
            lines += StyledLine("to do  ", .label).then(hint, .warning).wrapped(painter.width - 2)
        }
        for (offset, line) in lines.enumerated() where lines.count <= rows.count {
            painter.put(line, row: rows.upperBound - lines.count + offset, column: 1)
        }
    }

    private struct Widths {
        var place: Int
        var kind: Int
        var name: Int
        /// The widest detail that an age stands behind.
        var detail: Int
    }

    private static func widths(_ items: [OverviewItem], _ width: Int) -> Widths {
        let place = items.filter { $0.kind != "path" }.map { TextWidth.of($0.place) }.max() ?? 0
        // A service is on no device: its kind stands where other rows have their device as well.
        let kind =
            items.filter { $0.kind != "path" && $0.kind != "device" && !$0.place.isEmpty }
            .map { TextWidth.of($0.kind) }.max() ?? 4
        let name = items.map { TextWidth.of($0.name) }.max() ?? 0
        let detail = items.filter { $0.since != nil }.map { TextWidth.of($0.detail) }.max() ?? 0
        return width < 60
            ? Widths(place: min(place, 8), kind: 0, name: min(name, 16), detail: detail)
            : Widths(place: max(3, min(place, 16)), kind: kind, name: min(name, 24), detail: detail)
    }

    private static func draw(
        _ painter: inout Painter, _ item: OverviewItem, row: Int, selected: Bool, widths: Widths
    ) {
        let role = Painter.role(item.health)
        func look(_ other: Role) -> Role { selected ? .selected : other }
        if selected { painter.fill(.selected, row: row) }
        painter.put(selected ? painter.context.glyphs.cursor : " ", look(.text), row: row, column: 0)
        let narrow = painter.width < 60
        let word = painter.mark(item.health) + " " + (narrow ? "" : painter.cell(item.state, 10))
        var column = painter.put(word, look(role), row: row, column: 1)
        if item.kind == "path" {
            // `jump ops@192.0.2.1:22` is called by its name where its reason would not fit beside the whole of it.
            let whole = TextWidth.of(item.place + item.detail + item.tail) + 3 <= painter.width - column
            let place = whole ? item.place : String(item.place.prefix { $0 != " " })
            column = painter.put(
                painter.fit(place, painter.width / 3) + "  ", look(.dark), row: row, column: column)
        } else {
            if !item.place.isEmpty || narrow {
                let place = painter.cell(item.place.isEmpty ? item.kind : item.place, widths.place) + " "
                column = painter.put(place, look(.text), row: row, column: column)
            }
            if !narrow, item.kind != "device" {
                let width = widths.kind + (item.place.isEmpty ? widths.place + 1 : 0)
                column = painter.put(painter.cell(item.kind, width) + " ", look(.muted), row: row, column: column)
            }
            if item.kind != "device", widths.name > 0 {
                column = painter.put(painter.cell(item.name, widths.name) + " ", look(.text), row: row, column: column)
            }
        }
        var age = item.tail + (item.since.map { " " + AgeText.coarse(painter.context.now - $0) } ?? "")
        // A verdict is worth more than its age.
        if item.isUrgent, TextWidth.of(item.detail + age) > painter.width - column - 1 { age = item.tail }
        let room = painter.width - column - TextWidth.of(age) - 1
        let detail =
            item.since == nil
            ? painter.fit(item.detail, max(0, room)) : painter.cell(item.detail, max(0, min(room, widths.detail + 1)))
        painter.put(painter.fit(detail + age, painter.width - column), look(role), row: row, column: column)
    }

    /// What stands above the rows: the incident, or the latest transitions.
    static func head(_ snapshot: Snapshot, _ state: ViewState, _ context: DrawContext, height: Int) -> [StyledLine] {
        OverviewHead.lines(snapshot, context, height: height)
    }

    /// All is well, and what that rests on.
    private static func well(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot) {
        let context = painter.context
        guard !snapshot.devices.isEmpty else {
            ListScreen.empty(
                &painter, body: body,
                ["No device is in the inventory.", "Write one down under devices: and start again."])
            return
        }
        ListScreen.empty(
            &painter, body: body,
            [
                "\(painter.mark(.up)) Nothing is wrong: \(kinds(snapshot, at: context.now)) are up and seen."
            ])
        for (offset, device) in snapshot.devices.enumerated() {
            let row = body.lowerBound + 3 + offset
            guard row < body.upperBound else { return }
            let sessions = device.peers?.value.count ?? 0
            let neighbours = device.ospf.map { ", OSPF \($0.value.count)" } ?? ""
            let bfd = device.bfd.map { ", BFD \($0.value.count)" } ?? ""
            let any = device.anycast.map { ", anycast \($0.value.count { $0.exportedTo?.isEmpty == false })" } ?? ""
            let guests = device.guests.map { ", guests \($0.value.count { $0.state == .running })" } ?? ""
            painter.put(
                painter.fit(
                    "\(device.name.rawValue.padding(to: 10))BGP \(sessions)\(bfd)\(neighbours)\(any)\(guests)",
                    painter.width - 4),
                .muted, row: row, column: 2)
        }
    }
}

/// `9 devices, 48 sessions, 5 anycast nodes and 2 services`.
private func kinds(_ snapshot: Snapshot, at now: UTC) -> String {
    let sessions = snapshot.devices.reduce(0) { $0 + ($1.peers?.value.count ?? 0) }
    let nodes = snapshot.anycastRows(at: now).count(where: \.isSubject)
    let guests = snapshot.guestRows(at: now).count
    let all = [
        (snapshot.devices.count, "device"), (sessions, "session"), (nodes, "anycast node"),
        (snapshot.services.count, "service"), (guests, "guest"),
    ].filter { $0.0 > 0 }.map { count, word in "\(count) \(word)\(count == 1 ? "" : "s")" }
    return all.count < 2 ? all.joined() : all.dropLast().joined(separator: ", ") + " and " + (all.last ?? "")
}

extension String {
    /// The text with blanks behind it, at least `width` columns.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - TextWidth.of(self))) }
}
