// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// The page of the wallboard: one word to be read across the room, the worst line, counts, then rows in turn.
///
/// ```
///  #####    ###   #   #  #   #
///  #    #  #   #  #   #  ##  #          nocturne bkk   02:14 UTC
///  #    #  #   #  # # #  # # #
///  #    #  #   #  ## ##  #  ##
///  #####    ###   #   #  #   #
///
///  ✖  down  bkk00  iptx-hk-2519  since 02:11:26Z       (these three rows in reverse)
///  AS9304  active: hold timer expired
///
///
///  ✖ 2 down  ! 3 degraded  ? 40 dark (1 cause)  ✔ 57 up
/// ```
///
/// It must never be green by neglect: when nothing on it was seen lately the word is OLD and nothing stands beside it but the
/// time of the last look. No cursor, no keys; between minutes nothing changes unless the network does.
public enum WallScreen {
    /// How long a page stands.
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

    public static func draw(_ snapshot: Snapshot, _ context: DrawContext) -> Frame {
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
        if let first = items.first {
            row = band(&painter, first, row: row, high: painter.height >= 10)
            row += painter.height >= 18 ? 1 : 0
        }
        counts(&painter, snapshot, row: row)
        row += 1
        painter.rule(row: row)
        pages(&painter, rows: (row + 1)..<painter.height, snapshot, items)
        return painter.frame
    }

    /// What is worst, three rows high in reverse: what is read second. Returns the row below.
    private static func band(_ painter: inout Painter, _ item: OverviewItem, row: Int, high: Bool) -> Int {
        var style = painter.style(Painter.role(item.health))
        style.reverse = true
        style.bold = true
        style.dim = false
        let since = item.since.map { "  since \($0.date == painter.context.now.date ? "" : $0.date + " ")\($0.clock)Z" }
        let head = ["\(painter.mark(item.health)) \(item.health.rawValue)", item.place, item.name].filter {
            !$0.isEmpty
        }
        var lines = [head.joined(separator: "  ") + (since ?? "")]
        // The rest has two rows: the last words stand even where the first are cut.
        let room = painter.width - 2
        let detail = StyledLine(item.detail + item.tail).wrapped(room).map(\.text)
        if detail.count <= 2 {
            lines += detail
        } else {
            lines += [detail[0], painter.fit(detail[1], room - TextWidth.of(item.tail)) + item.tail]
        }
        let height = high ? 3 : 1
        if !high { lines = [text(item, painter)] }
        for offset in 0..<height {
            painter.frame.put(String(repeating: " ", count: painter.width), row: row + offset, column: 0, style: style)
            guard offset < lines.count else { continue }
            painter.frame.put(painter.fit(lines[offset], room), row: row + offset, column: 1, style: style)
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

    private static func text(_ item: OverviewItem, _ painter: Painter) -> String {
        let parts = [painter.mark(item.health), item.health.rawValue, item.place, item.name, item.detail]
        let line = parts.filter { !$0.isEmpty }.joined(separator: "  ")
        return painter.fit(line, painter.width - 2 - TextWidth.of(item.tail)) + item.tail
    }

    /// The whole of it, on as many rows as it takes: there is no cursor to ask for the rest.
    private static func lines(_ item: OverviewItem, _ painter: Painter) -> [String] {
        let name = item.name.isEmpty ? "" : "  \(item.name)"
        let head = "\(painter.mark(item.health)) \(item.health.rawValue.padding(to: 9)) \(item.place)\(name)  "
        return StyledLine(head).then(item.detail + item.tail).wrapped(painter.width - 2).map(\.text)
    }

    /// The remaining rows, worst first; then the devices; as many pages as it takes, turned by the clock.
    private static func pages(_ painter: inout Painter, rows: Range<Int>, _ snapshot: Snapshot, _ items: [OverviewItem])
    {
        guard rows.count > 1 else { return }
        var lines = items.dropFirst().flatMap { item in
            Self.lines(item, painter).map { ($0, Painter.role(item.health)) }
        }
        let devices = painter.context.lists.everyDevice(snapshot, at: painter.context.now)
        let widest = devices.map { TextWidth.of($0.state.name.rawValue) }.max() ?? 0
        for entry in devices {
            let sessions = entry.health == .dark ? "not seen" : "\(entry.sessionsUp) of \(entry.sessions) sessions up"
            let line =
                "\(painter.mark(entry.health)) \(entry.health.rawValue.padding(to: 9)) \(entry.state.name.rawValue.padding(to: widest + 2))\(sessions)"
            lines.append((painter.fit(line, painter.width - 2), Painter.role(entry.health)))
        }
        let height = rows.count - 1
        let count = max(1, (lines.count + height - 1) / height)
        let page = Int(painter.context.now.milliseconds / turn.milliseconds) % count
        for (offset, line) in lines.dropFirst(page * height).prefix(height).enumerated() {
            painter.put(line.0, line.1, row: rows.lowerBound + offset, column: 1)
        }
        if count > 1 { painter.put("\(page + 1)/\(count)", .muted, row: rows.upperBound - 1, column: 1) }
    }

    /// When the wall has to be drawn again though nothing came: a page turns, or the minute does.
    public static func nextTurn(after now: UTC) -> UTC {
        UTC(milliseconds: (now.milliseconds / turn.milliseconds + 1) * turn.milliseconds)
    }
}

/// Letters five rows high, for words that are read across a room.
enum BigLetters {
    private static let shapes: [Character: [String]] = [
        "A": [" ### ", "#   #", "#####", "#   #", "#   #"], "D": ["#### ", "#   #", "#   #", "#   #", "#### "],
        "E": ["#####", "#    ", "###  ", "#    ", "#####"], "G": [" ####", "#    ", "#  ##", "#   #", " ####"],
        "K": ["#   #", "#  # ", "###  ", "#  # ", "#   #"], "L": ["#    ", "#    ", "#    ", "#    ", "#####"],
        "N": ["#   #", "##  #", "# # #", "#  ##", "#   #"], "O": [" ### ", "#   #", "#   #", "#   #", " ### "],
        "P": ["#### ", "#   #", "#### ", "#    ", "#    "], "R": ["#### ", "#   #", "#### ", "#  # ", "#   #"],
        "U": ["#   #", "#   #", "#   #", "#   #", " ### "], "W": ["#   #", "#   #", "# # #", "## ##", "#   #"],
    ]

    static func rows(_ word: String, block: String, gap: Int = 2) -> [String] {
        (0..<5).map { row in
            word.compactMap { shapes[$0]?[row] }.joined(separator: String(repeating: " ", count: gap))
                .map { $0 == "#" ? block : String($0) }.joined()
        }
    }

    /// The word as large as the width and `rows` allow; nil when not even the smallest letters fit.
    static func fitting(_ word: String, _ painter: Painter, rows height: Int) -> [String]? {
        let block = painter.context.glyphs.block
        for (scale, gap) in (1...max(1, height / 5)).reversed().map({ ($0, 2) }) + [(1, 1)] {
            let letters = rows(word, block: block, gap: gap)
            guard TextWidth.of(letters.first ?? "") * scale + 2 <= painter.width else { continue }
            return letters.flatMap { line in
                Array(
                    repeating: line.map { String(repeating: String($0), count: scale) }.joined(), count: scale)
            }
        }
        return nil
    }
}
