// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// The page of the wallboard: one word to be read across the room, the incident, changes, counts, then pages in turn.
///
/// ```
///  #####    ###   #   #  #   #
///  #    #  #   #  #   #  ##  #          nocturne bkk   02:14 UTC
///  #    #  #   #  # # #  # # #
///  #    #  #   #  ## ##  #  ##
///  #####    ###   #   #  #   #
///
///  INCIDENT 3  since 02:11:26Z  4 lost                 (these three rows in reverse)
///  first 02:11:26Z ✖ bkk00 peer iptx-hk-2519  established → active: hold timer expired
///  worst ✖ blackhole  bkk06  203.0.113.81/32  announced, not on any interface
///
///  CHANGE OPEN on bkk20 by ops@laptop: reverts by itself within 5 min
///  ✖ 2 down  ! 3 degraded  ? 40 dark (1 cause)  ✔ 57 up
/// ```
///
/// It must never be green by neglect: when nothing on it was seen lately the word is OLD and nothing stands beside it but the
/// time of the last look. No cursor, no keys; between minutes nothing changes unless the network does.
public enum WallScreen {
    /// How long a page stands unless told otherwise.
    public static let turn = Duration.seconds(15)

    public enum Word: String, Hashable, Sendable, CaseIterable {
        case up = "UP"
        case degraded = "DEGRADED"
        case down = "DOWN"
        case dark = "DARK"
        case old = "OLD"
    }

    /// What the wall says of a snapshot.
    ///
    /// `OLD` is about us: our own snapshot is not being renewed, so it may not speak for the network at all.
    public static func word(_ snapshot: Snapshot, now: UTC) -> Word {
        if isOld(snapshot, now: now) { return .old }
        let counts = snapshot.counts(at: now)
        if counts.down > 0 { return .down }
        if counts.dark > 0 || counts.total == 0 { return .dark }
        return counts.degraded > 0 ? .degraded : .up
    }

    static func isOld(_ snapshot: Snapshot, now: UTC) -> Bool {
        let patience = snapshot.devices.map(\.darkAfter).max() ?? .seconds(10)
        return now - snapshot.at > max(patience, .seconds(10))
    }

    public static func draw(_ snapshot: Snapshot, _ context: DrawContext, every: Duration = turn) -> Frame {
        var painter = Painter(context)
        let word = word(snapshot, now: context.now)
        let role = role(word)
        if word == .old {
            old(&painter, snapshot)
            return painter.frame
        }
        let site = " nocturne \(snapshot.site)   \(context.wall.clockMinutes) UTC "
        painter.put(site, .title, row: 0, column: max(0, painter.width - TextWidth.of(site)))
        let items = context.lists.overview(snapshot, at: context.now)
        let roomy = painter.height >= 12
        var row = roomy ? 1 : 0
        // A word wider than the wall is better read small than cut; a large wall has larger letters.
        if roomy, let letters = BigLetters.fitting(word.rawValue, painter, rows: max(5, painter.height / 3)) {
            for line in letters {
                painter.put(line, role, row: row, column: 1)
                row += 1
            }
            row += painter.height >= 18 ? 1 : 0
        } else {
            painter.put(word.rawValue, role, row: row, column: 1)
            row += 1
        }
        let incident = OverviewHead.incident(snapshot, context.lists, at: context.now)
        let open = incident.flatMap { $0.isOpen ? $0 : nil }
        if let lines = open.map({ Self.lines($0, items.first, painter) }) ?? items.first.map({ lines($0, painter) }) {
            row = band(&painter, lines, worst: items.first, row: row, high: painter.height >= 10)
            row += painter.height >= 18 ? 1 : 0
        }
        for change in WallChange.lines(snapshot, at: context.now) where row < painter.height - 3 {
            if change.isOpen { painter.fill(change.role, row: row) }
            painter.put(painter.fit(change.text, painter.width - 2), change.role, row: row, column: 1)
            row += 1
        }
        if let end = incident?.end, painter.height >= 12, let incident {
            let text = "INCIDENT \(incident.number)  closed \(end.clock)Z  since \(incident.start.clock)Z"
            painter.put(painter.fit(text, painter.width - 2), .good, row: row, column: 1)
            row += 1
        }
        counts(&painter, snapshot, row: row)
        row += 1
        painter.rule(row: row)
        let rest = open == nil ? Array(items.dropFirst()) : items
        WallPages.draw(&painter, rows: min(row + 1, painter.height)..<painter.height, snapshot, rest, every: every)
        return painter.frame
    }

    /// An open incident in three lines: since when and how much, the first symptom, what is worst now.
    ///
    /// Nothing in it counts seconds: it stands still until something happens.
    private static func lines(_ incident: Incident, _ worst: OverviewItem?, _ painter: Painter) -> [String] {
        let now = painter.context.now
        let day = incident.start.date == now.date ? "" : incident.start.date + " "
        let counts = OverviewHead.counts(incident)
        return [
            "INCIDENT \(incident.number)  since \(day)\(incident.start.clock)Z  \(counts)",
            "first " + EventLine.line(incident.first, painter.context).text,
            worst.map { "worst " + whole($0, painter, room: painter.width - 8) } ?? "",
        ]
    }

    /// The row with its detail where that fits whole; the pages have it in any case.
    private static func whole(_ item: OverviewItem, _ painter: Painter, room: Int) -> String {
        let head = ["\(painter.mark(item.health)) \(item.state)", item.place, item.name].filter { !$0.isEmpty }
        let full = (head + [item.detail + item.tail]).joined(separator: "  ")
        return TextWidth.of(full) <= room ? full : head.joined(separator: "  ")
    }

    /// The worst row by itself, in full as far as three lines hold it.
    private static func lines(_ item: OverviewItem, _ painter: Painter) -> [String] {
        let since = item.since.map { "  since \($0.date == painter.context.now.date ? "" : $0.date + " ")\($0.clock)Z" }
        let head = ["\(painter.mark(item.health)) \(item.state)", item.place, item.name].filter { !$0.isEmpty }
        let room = painter.width - 2
        // The rest has two rows: the last words stand even where the first are cut.
        let detail = StyledLine(item.detail + item.tail).wrapped(room).map(\.text)
        let rest =
            detail.count <= 2
            ? detail : [detail[0], painter.fit(detail[1], room - TextWidth.of(item.tail)) + item.tail]
        return [head.joined(separator: "  ") + (since ?? "")] + rest
    }

    /// Three rows in reverse: what is read second. One on a low wall. Returns the row below.
    private static func band(
        _ painter: inout Painter, _ lines: [String], worst: OverviewItem?, row: Int, high: Bool
    ) -> Int {
        var style = painter.style(worst.map { Painter.role($0.health) } ?? .bad)
        style.reverse = true
        style.bold = true
        style.dim = false
        let lines = high ? lines : worst.map { [text($0, painter, room: painter.width - 2)] } ?? lines
        let height = high ? 3 : 1
        for offset in 0..<height {
            painter.frame.put(String(repeating: " ", count: painter.width), row: row + offset, column: 0, style: style)
            guard offset < lines.count else { continue }
            painter.frame.put(painter.fit(lines[offset], painter.width - 2), row: row + offset, column: 1, style: style)
        }
        return row + height
    }

    private static func role(_ word: Word) -> Role {
        switch word {
        case .up: .up
        case .degraded: .degraded
        case .down: .down
        case .dark: .dark
        case .old: .bad
        }
    }

    /// Larger than anything else: every letter twice as high and wide, and the time of the last look.
    private static func old(_ painter: inout Painter, _ snapshot: Snapshot) {
        let letters = BigLetters.rows(Word.old.rawValue, block: painter.context.glyphs.block)
        let room = max(
            1, min(painter.width / (TextWidth.of(letters.first ?? " ") + 1), (painter.height - 4) / letters.count))
        var row = 1
        for line in letters {
            let wide = line.map { String(repeating: String($0), count: room) }.joined()
            for _ in 0..<room {
                painter.put(wide, .bad, row: row, column: 1)
                row += 1
            }
        }
        painter.put("Nothing new since \(snapshot.at.date) \(snapshot.at.clock)Z.", .bad, row: row, column: 1)
        painter.put("This wall does not know how the network is.", .bad, row: row + 1, column: 1)
    }

    private static func counts(_ painter: inout Painter, _ snapshot: Snapshot, row: Int) {
        let counts = painter.context.lists.counts(snapshot, at: painter.context.now)
        var column = 1
        let room = painter.width >= 60
        let causes =
            counts.dark > 0 && room ? " (\(counts.darkCauses) cause\(counts.darkCauses == 1 ? "" : "s"))" : ""
        for (health, count, rest) in [
            (Health.down, counts.down, ""), (.degraded, counts.degraded, ""), (.dark, counts.dark, causes),
            (.up, counts.up, ""),
        ] {
            let text = "\(painter.mark(health)) \(count) \(health.rawValue)\(rest)  "
            column = painter.put(text, count > 0 ? Painter.role(health) : .muted, row: row, column: column)
        }
    }

    private static func text(_ item: OverviewItem, _ painter: Painter, room: Int) -> String {
        let parts = ["\(painter.mark(item.health)) \(item.state)", item.place, item.name, item.detail]
        let line = parts.filter { !$0.isEmpty }.joined(separator: "  ")
        return painter.fit(line, room - TextWidth.of(item.tail)) + item.tail
    }

    /// When the wall has to be drawn again though nothing came: a page turns, or the minute does.
    public static func nextTurn(after now: UTC) -> UTC {
        UTC(milliseconds: (now.milliseconds / turn.milliseconds + 1) * turn.milliseconds)
    }
}
