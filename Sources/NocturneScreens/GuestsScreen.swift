// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// Services and the guests behind them; below, the guests of no service; at the foot, what the row's guests say.
///
/// ```
///  SERVICE  BKK06          BKK07          BKK08          RUNNING  VERDICT
/// ▸haproxy  ✔ 101 lxc 31d  ✖ 201 stopped  ✔ 301 lxc 31d  2 of 3   ! degraded
///  dns      ✔ 102 lxc 31d  ✔ 202 lxc 31d  ✔ 302 lxc 31d  3 of 3   ✔ up
///  OF NO SERVICE
///  DEVICE   ID   NAME      STATE    UPTIME AUTO
///  bkk06  ✔ 140  penumbra  running  3d     yes
/// ```
///
/// Running is not answering: until services are probed, what is counted is what runs, and the heading says so.
enum GuestsScreen {
    static func stripHeight(_ body: Int) -> Int { body >= 14 ? 4 : 0 }

    static func pageHeight(_ body: Int) -> Int { max(1, body - stripHeight(body) - 3) }

    static func identities(_ snapshot: Snapshot, _ state: ViewState, _ lists: Lists, at now: UTC) -> [RowID] {
        let listed = lists.guests(snapshot, state, at: now)
        return listed.services.map(\.id) + listed.others.map(\.id)
    }

    private enum Line {
        case services
        case service(ServiceRow)
        case blank
        case title
        case guests
        case guest(GuestEntry)
        case hidden(DeviceState)

        var id: RowID? {
            switch self {
            case .service(let row): row.id
            case .guest(let entry): entry.id
            case .services, .blank, .title, .guests, .hidden: nil
            }
        }
    }

    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {
        let context = painter.context
        let listed = context.lists.guests(snapshot, state, at: context.now)
        let hiding = snapshot.devicesHidingGuests(at: context.now)
        guard !listed.services.isEmpty || !listed.others.isEmpty else {
            ListScreen.empty(&painter, body: body, sentences(listed.total, hiding, state))
            return
        }
        var lines: [Line] = []
        if !listed.services.isEmpty { lines += [.services] + listed.services.map { .service($0) } }
        if !listed.others.isEmpty {
            lines += (lines.isEmpty ? [] : [.blank, .title]) + [.guests] + listed.others.map { .guest($0) }
        }
        if !hiding.isEmpty { lines += [.blank] + hiding.map { .hidden($0) } }
        let strip = stripHeight(body.count)
        let rows = body.lowerBound..<(body.upperBound - strip)
        let list = state.lists[.guests] ?? ListState()
        let at = list.cursor.flatMap { cursor in lines.firstIndex { $0.id == cursor } }
        var top = Window.top(list.top, index: at, count: lines.count, height: rows.count)
        // At the first row its heading is in sight as well.
        if let at, at == top, top > 0, lines[top - 1].id == nil { top -= 1 }
        let matrix = ServiceMatrix(listed.services, snapshot, marks: context.marks, width: painter.width)
        let layout = ColumnLayout(
            columns, wanted: Column.wanted(columns, rows: listed.others), width: painter.width - 2
        ).columns
        for (offset, line) in lines[top..<min(lines.count, top + rows.count)].enumerated() {
            let row = rows.lowerBound + offset
            let selected = at == top + offset
            if selected {
                painter.fill(.selected, row: row)
                painter.put(context.glyphs.cursor, .selected, row: row, column: 0)
            }
            switch line {
            case .blank: break
            case .title: painter.put("OF NO SERVICE", .label, row: row, column: 1)
            case .services: heading(&painter, matrix, row: row)
            case .service(let service): draw(&painter, service, matrix, row: row, selected: selected)
            case .guests: heading(&painter, layout, row: row)
            case .guest(let entry): draw(&painter, entry, layout, row: row, selected: selected)
            case .hidden(let device):
                let why = device.isDark(at: context.now) ? device.reach.fault : device.refused["guests"]
                painter.put(
                    StyledLine("\(painter.mark(.dark)) \(device.name)  ", .dark)
                        .then("guests not told: \(why?.message ?? "no answer yet")", .dark), row: row, column: 1)
            }
        }
        guard strip > 0, let at else { return }
        for (offset, line) in told(lines[at], snapshot, context).prefix(strip).enumerated() {
            painter.put(line, row: body.upperBound - strip + offset, column: 1)
        }
    }

    private static func sentences(_ total: Int, _ hiding: [DeviceState], _ state: ViewState) -> [String] {
        if total > 0 {
            return [
                "None of \(total) rows matches \"\((state.filters[.guests] ?? Filter()).text)\".",
                "esc shows all of them.",
            ]
        }
        if !hiding.isEmpty {
            return [
                "No guest has been seen yet; \(hiding.count) device\(hiding.count == 1 ? "" : "s") not observed.",
                "8 shows how far each device is reached.",
            ]
        }
        return [
            "No device has guests, and the inventory names no service.",
            "A device with containers says so with runs: [lxc] or runs: [proxmox].",
        ]
    }

    // MARK: services

    private static func heading(_ painter: inout Painter, _ matrix: ServiceMatrix, row: Int) {
        var column = painter.put(painter.cell("SERVICE", matrix.service) + " ", .header, row: row, column: 1)
        for (device, width) in zip(matrix.devices, matrix.widths) {
            let name = painter.cell(device.rawValue.uppercased(), width + 2)
            column = painter.put(name, .header, row: row, column: column)
        }
        let more = matrix.left > 0 ? "  +\(matrix.left) not shown" : ""
        painter.put("RUNNING  VERDICT" + more, .header, row: row, column: column)
    }

    private static func draw(
        _ painter: inout Painter, _ service: ServiceRow, _ matrix: ServiceMatrix, row: Int, selected: Bool
    ) {
        func look(_ role: Role) -> Role { selected ? .selected : role }
        let name = painter.cell(service.service.name, matrix.service) + " "
        var column = painter.put(name, look(.text), row: row, column: 1)
        for (position, width) in matrix.widths.enumerated() {
            let health = matrix.health(service, position)
            let text = painter.cell(matrix.cell(service, position, painter.context.marks), width) + "  "
            // What is well stays calm: colour is for what is not.
            let role: Role = health == nil ? .muted : health == .up ? .text : Painter.role(health ?? .up)
            column = painter.put(text, look(role), row: row, column: column)
        }
        let unseen = service.unseen > 0 ? "  \(service.unseen) not seen" : ""
        let verdict = "\(painter.mark(service.health)) \(service.health.rawValue)\(unseen)"
        column = painter.put(painter.cell(service.ratio, 8) + " ", look(.text), row: row, column: column)
        painter.put(
            painter.fit(verdict, painter.width - column), look(Painter.role(service.health)), row: row, column: column)
    }

    // MARK: guests

    /// What is listed here is of no service.
    private static let columns = GuestEntry.columns.filter { $0.key != "services" }

    private static func heading(_ painter: inout Painter, _ layout: [(index: Int, width: Int)], row: Int) {
        var column = 1
        for (index, width) in layout {
            painter.put(painter.cell(columns[index].title, width), .header, row: row, column: column)
            column += width + 1
        }
    }

    private static func draw(
        _ painter: inout Painter, _ entry: GuestEntry, _ layout: [(index: Int, width: Int)], row: Int, selected: Bool
    ) {
        var column = 1
        for (index, width) in layout {
            let definition = columns[index]
            let role: Role =
                switch definition.key {
                case _ where selected: .selected
                case "health", "state": Painter.role(entry.health)
                default: entry.health == .dark ? .dark : entry.isStale(at: painter.context.now) ? .stale : .text
                }
            let full = definition.text(entry, painter.context.cells)
            let text = TextWidth.of(full) > width ? definition.short?(entry) ?? full : full
            painter.put(painter.cell(text, width), role, row: row, column: column)
            column += width + 1
        }
    }

    // MARK: strip

    /// Every guest of the row in a line, the worst first, as there may be more than lines.
    private static func told(_ line: Line, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        switch line {
        case .service(let row):
            let members = row.members.enumerated().sorted {
                ($0.element.health, $0.offset) < ($1.element.health, $1.offset)
            }
            let ordered = members.map(\.element)
            let lines = ordered.map { member in
                told(member.ref, member.guest, member.health, snapshot, context)
            }
            let shown = lines.count <= 3 ? 3 : 2
            let more = lines.count > 3 ? [StyledLine("and \(lines.count - 2) more, no worse than these", .muted)] : []
            return [StyledLine("\(row.service.name)  ", .label).then(sentence(row), Painter.role(row.health))]
                + lines.prefix(shown) + more
        case .guest(let entry):
            var lines = [told(entry.row.ref, entry.guest, entry.health, snapshot, context)]
            if entry.guest.partial { lines.append(StyledLine("some of it could not be read", .warning)) }
            return lines
        case .services, .blank, .title, .guests, .hidden: return []
        }
    }

    private static func sentence(_ row: ServiceRow) -> String {
        "\(row.running) run, \(row.service.want) wanted" + (row.reason.map { ": \($0)" } ?? "")
    }

    private static func told(
        _ ref: GuestRef, _ guest: Guest?, _ health: Health, _ snapshot: Snapshot, _ context: DrawContext
    ) -> StyledLine {
        let head = StyledLine("\(context.marks(health)) \(ref)  ", Painter.role(health))
        let seen = snapshot[ref.device]?.guests?.at
        let age = seen.map { AgeText.observed(context.now - $0) }
        guard let guest else {
            let why = snapshot[ref.device]?.reach.fault?.message ?? "not seen yet"
            return head.then(health == .dark ? "dark: \(why)" : "the device has no such guest")
        }
        let words: [String?] = [
            guest.name == guest.id || guest.name == ref.id ? nil : guest.name, guest.kind.rawValue,
            health == .dark ? "dark, was \(guest.state.rawValue)" : guest.state.rawValue,
            guest.exitCode.map { "exit \($0)" }, guest.health,
            guest.autostart.map { $0 ? "autostart" : "no autostart" },
            health == .dark ? nil : guest.uptimeSeconds.map { "up \(AgeText.coarse(.seconds($0)))" },
            guest.addresses.isEmpty ? nil : guest.addresses.joined(separator: " "),
        ]
        return head.then(words.compactMap { $0 }.joined(separator: "  "))
            .then(age.map { $0 == "<5s" ? "  seen now" : "  seen \($0) ago" } ?? "", .muted)
    }
}

extension ServiceRow {
    public var id: RowID { .service(service.name) }
}

extension GuestEntry {
    public var id: RowID { .guest(row.ref) }
}
