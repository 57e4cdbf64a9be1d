// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// What happened and what people did about it, newest last: the page a postmortem is written from.
///
/// ```
///   INCIDENT 2  open 2m41s  since 02:11:26Z  bkk00 bgp iptx-hk-2519 ─────────────
///  │ 02:11:26Z ✖ bkk00 bgp  iptx-hk-2519 established → active: hold timer expired
///  │~02:11:27Z ! any   any  160.22.180.180 from outside: bkk06 → bkk08
///  │ 02:12:03Z ✎ ops        "HGC NOC on the phone, ticket 4471"
///  │ 02:13:10Z ⚙ bkk00 chg  armed: device timer 05:00, read back
///  │ 02:13:58Z ✔ bkk00 bgp  iptx-hk-2519 active → established (2m32s)
/// ─────────────────────────────────────────────────────────────────────────────
///  the event under the cursor in full
/// ```
///
/// A time without `~` is exact: the device told it, or a person did it. With it, the event happened somewhere between
/// two polls, which the strip below names. The bar at the left stands beside all that belongs to an incident.
enum TimelineScreen {
    /// The rule and four lines.
    static func stripHeight(_ body: Int) -> Int { body >= 12 ? 5 : 0 }
    static func pageHeight(_ body: Int) -> Int { max(1, body - stripHeight(body)) }

    static func identities(_ snapshot: Snapshot, _ state: ViewState, _ lists: Lists, at now: UTC) -> [RowID] {
        lists.timeline.rows(snapshot, state, at: now).ids
    }

    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {
        let context = painter.context
        let made = context.lists.timeline.rows(snapshot, state, at: context.now)
        guard !made.rows.isEmpty else {
            ListScreen.empty(
                &painter, body: body,
                made.total > 0
                    ? ["None of \(made.total) events matches \"\(state.filter.text)\".", "esc shows all of them."]
                    : ["Nothing has happened yet.", "What changes is written here; n writes a note."])
            return
        }
        let list = state.lists[.timeline] ?? ListState()
        // Nobody chose a row: the newest is read.
        let cursor = list.cursor.flatMap(made.ids.firstIndex) ?? (list.chosen ? nil : made.rows.count - 1)
        let height = pageHeight(body.count)
        let top = Window.top(list.top, index: cursor, count: made.rows.count, height: height)
        let dated = made.rows.contains { date($0) != context.now.date }
        let shown = made.rows[top..<min(made.rows.count, top + height)]
        let names = shown.map { row in
            if case .event(let event) = row.content { TextWidth.of(place(event)) } else { 0 }
        }
        let nameWidth = min(max(5, names.max() ?? 0), painter.width / 8)
        for (offset, row) in shown.enumerated() {
            let selected = cursor == top + offset
            draw(row, &painter, line: body.lowerBound + offset, selected: selected, dated: dated, nameWidth: nameWidth)
        }
        guard stripHeight(body.count) > 0 else { return }
        let rule = body.lowerBound + height
        let newer = made.rows.count - top - height
        painter.rule(row: rule, title: newer > 0 ? "\(newer) newer below, G goes there" : nil)
        guard let cursor else { return }
        let lines = strip(made.rows[cursor], context).flatMap { $0.wrapped(painter.width - 2) }
        for (offset, line) in lines.prefix(body.upperBound - rule - 1).enumerated() {
            painter.put(line, row: rule + 1 + offset, column: 1)
        }
    }

    // MARK: One line

    private static func draw(
        _ row: TimelineLines.Row, _ painter: inout Painter, line: Int, selected: Bool, dated: Bool, nameWidth: Int
    ) {
        let context = painter.context
        if selected { painter.fill(.selected, row: line) }
        func look(_ role: Role) -> Role { selected ? .selected : role }
        painter.put(selected ? context.glyphs.cursor : " ", look(.text), row: line, column: 0)
        switch row.content {
        case .incident(let incident):
            let text = headline(incident, context) + " "
            let end = painter.put(
                painter.fit(text, painter.width - 2), look(incident.isOpen ? .bad : .header), row: line, column: 2)
            let rest = String(repeating: context.glyphs.horizontal, count: max(0, painter.width - end))
            painter.put(rest, look(.border), row: line, column: end)
        case .event(let event):
            painter.put(row.inIncident ? context.glyphs.vertical : " ", look(.border), row: line, column: 1)
            var column = painter.put(
                (event.isExact ? " " : "~") + time(event.instant, dated: dated, now: context.now) + " ", look(.muted),
                row: line, column: 2)
            column = painter.put(sign(event, context) + " ", look(role(event)), row: line, column: column)
            column = painter.put(painter.cell(place(event), nameWidth) + " ", look(.text), row: line, column: column)
            column = painter.put(painter.cell(kindWord(event), 4) + " ", look(.muted), row: line, column: column)
            let words = text(event, lost: row.lost, context)
            painter.put(
                painter.fit(words, painter.width - column), look(words.isEmpty ? .text : textRole(event)), row: line,
                column: column)
        }
    }

    private static func date(_ row: TimelineLines.Row) -> String {
        switch row.content {
        case .incident(let incident): incident.start.date
        case .event(let event): event.instant.date
        }
    }

    /// `02:11:26Z`; where another day is in the list too, with month and day.
    private static func time(_ instant: UTC, dated: Bool, now: UTC) -> String {
        let clock = "\(instant.clock)Z"
        guard dated else { return clock }
        return (instant.date == now.date ? "      " : instant.date.suffix(5) + " ") + clock
    }

    private static func sign(_ event: Event, _ context: DrawContext) -> String {
        switch event.source {
        case .note: return context.glyphs.note
        case .change where event.severity != .bad: return context.glyphs.change
        default: break
        }
        switch event.severity {
        case .bad: return context.glyphs.down
        case .warning: return context.glyphs.degraded
        case .good: return context.glyphs.up
        case .info: return context.glyphs.bullet
        }
    }

    private static func role(_ event: Event) -> Role { Painter.role(event.severity) }

    private static func textRole(_ event: Event) -> Role {
        event.severity == .bad ? .bad : event.severity == .warning ? .warning : .text
    }

    /// Where it happened; of a note, who wrote it.
    private static func place(_ event: Event) -> String {
        if event.source == .note { return event.by ?? "" }
        return event.subject.device?.rawValue ?? (event.subject.kind == .path ? event.subject.name : "")
    }

    static func kindWord(_ event: Event) -> String {
        switch event.subject.kind {
        case .path: "path"
        case .device: "dev"
        case .peer: "bgp"
        case .bfd: "bfd"
        case .ospf: "ospf"
        case .anycast: "any"
        case .guest: "gst"
        case .service: "svc"
        case .change: "chg"
        case .note: ""
        }
    }

    private static func text(_ event: Event, lost: Duration?, _ context: DrawContext) -> String {
        let evidence = event.evidence.map { oneLine($0, context) }.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
        switch event.source {
        case .note:
            return "\"\(oneLine(event.after, context))\"" + (event.subject.device.map { " on \($0)" } ?? "")
        case .change: return event.after + evidence
        default:
            let name = event.subject.kind == .path || event.subject.name.isEmpty ? "" : event.subject.name + " "
            let from = event.before.map { "\($0) \(context.glyphs.arrow) " } ?? ""
            return name + from + event.after + evidence + (lost.map { " (\(AgeText.exact($0)))" } ?? "")
        }
    }

    /// The first line of a text, and a mark that there are more.
    private static func oneLine(_ text: String, _ context: DrawContext) -> String {
        let lines = text.split(whereSeparator: \.isNewline)
        return (lines.first.map(String.init) ?? "") + (lines.count > 1 ? " \(context.glyphs.ellipsis)" : "")
    }

    private static func headline(_ incident: Incident, _ context: DrawContext) -> String {
        let what = incident.first.subject
        let name = [place(incident.first), kindWord(incident.first), what.kind == .path ? "" : what.name]
            .filter { !$0.isEmpty }.joined(separator: " ")
        let when: String
        if let end = incident.end {
            when = "\(incident.start.clock)Z to \(end.clock)Z, \(AgeText.exact(end - incident.start))"
        } else {
            when = "open \(AgeText.coarse(context.now - incident.start))  since \(incident.start.clock)Z"
        }
        return "INCIDENT \(incident.number)  \(when)  \(name)"
    }

    // MARK: The strip

    private static func strip(_ row: TimelineLines.Row, _ context: DrawContext) -> [StyledLine] {
        switch row.content {
        case .event(let event): full(event, lost: row.lost, context)
        case .incident(let incident):
            [
                StyledLine(headline(incident, context), incident.isOpen ? .bad : .header),
                StyledLine("lost    ", .label).then(impacts(incident)),
                StyledLine("x", .key).then(" writes it down as Markdown", .muted),
            ]
        }
    }

    private static func impacts(_ incident: Incident) -> String {
        let all = incident.impacts.map {
            "\($0.subject) \(AgeText.exact(.milliseconds($0.lostMilliseconds)))\($0.isBack ? "" : " and not back")"
        }
        return all.isEmpty ? "nothing that is counted" : all.joined(separator: ", ")
    }

    private static func full(_ event: Event, lost: Duration?, _ context: DrawContext) -> [StyledLine] {
        var lines: [StyledLine] = []
        if event.source == .note {
            lines.append(StyledLine("note    ", .label).then("\"\(event.after)\""))
        } else {
            let from = event.before.map { "\($0) \(context.glyphs.arrow) " } ?? ""
            let back = lost.map { ", lost for \(AgeText.exact($0))" } ?? ""
            lines.append(
                StyledLine("what    ", .label).then("\(event.subject)  ").then(from + event.after + back, role(event)))
        }
        if let evidence = event.evidence, !evidence.isEmpty {
            let words = evidence.split(whereSeparator: \.isNewline).joined(separator: " / ")
            lines.append(StyledLine("why     ", .label).then(words))
        }
        lines.append(StyledLine("when    ", .label).then(when(event)))
        let by = event.by.map { " by \($0)" } ?? ""
        let about = event.source == .note ? event.subject.device.map { ", about \($0)" } ?? "" : ""
        lines.append(StyledLine("source  ", .label).then(event.source.rawValue + by + about, .muted))
        return lines
    }

    /// How exactly the time is known, in words.
    private static func when(_ event: Event) -> String {
        let day = event.instant.date
        if let told = event.deviceTime {
            return "\(day) \(told.clock)Z by the device's clock, seen \(event.at.clock)Z"
        }
        if event.isExact { return "\(day) \(event.at.clock)Z" }
        if let before = event.notBefore { return "\(day) between \(before.clock)Z and \(event.at.clock)Z" }
        return "\(day) first seen \(event.at.clock)Z"
    }
}
