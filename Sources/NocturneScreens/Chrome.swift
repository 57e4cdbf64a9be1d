// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// What stands around every screen, and the room it leaves for the body.
///
/// ```
///  nocturne bkk  jump 12ms  alt wg-oob ok                        ● REC  02:14 UTC
///  1 Overview 2 Peers 3 Anycast 4 Guests 5 Timeline 6 Changes 8 Devices
///  ✖ 2 down  ! 3 degraded  ? 40 dark (1 cause)  ✔ 57 up   oldest 4s       Overview
/// ────────────────────────────────────────────────────────────────────────────────
///  (banners: RECORDING, FROZEN)
///  (body)
/// ────────────────────────────────────────────────────────────────────────────────
///  SAFE bkk20  04:31 left  …    only while a change is open; see ``SafeLine``
///  enter open  / filter  : command  ? help       or the prompt, or the message
/// ```
///
/// Below 16 rows the line of screens makes way for the worst row.
enum Chrome {
    static let compactRows = 16
    static let least = Size(rows: 10, columns: 40)

    static func fits(_ size: Size) -> Bool { size.rows >= least.rows && size.columns >= least.columns }

    /// Draws the frame around the body and returns the rows of the body.
    ///
    /// What is open now is shown of `live`, also while the screen stands still.
    static func draw(
        _ painter: inout Painter, _ snapshot: Snapshot, live: Snapshot, _ state: ViewState
    ) -> Range<Int> {
        title(&painter, snapshot)
        if painter.height >= compactRows { tabs(&painter, state) } else { worst(&painter, snapshot) }
        counts(&painter, snapshot, state)
        painter.rule(row: 3)
        var top = 4
        for banner in banners(painter.context, snapshot, state) {
            painter.fill(.banner, row: top)
            painter.put(painter.fit(banner, painter.width - 1), .banner, row: top, column: 1)
            top += 1
        }
        var bottom = painter.height - 2
        if let safe = SafeLine.find(live, painter.context) {
            safe.draw(&painter, row: bottom)
            bottom -= 1
        }
        painter.rule(row: bottom)
        foot(&painter, state)
        return top..<max(top, bottom)
    }

    /// The rows the body has, without drawing: what a page is.
    static func bodyHeight(
        _ context: DrawContext, _ snapshot: Snapshot, live: Snapshot, _ state: ViewState
    ) -> Int {
        let safe = SafeLine.find(live, context) == nil ? 0 : 1
        return max(1, context.size.rows - 6 - safe - banners(context, snapshot, state).count)
    }

    private static func title(_ painter: inout Painter, _ snapshot: Snapshot) {
        let paths = snapshot.paths
        var pieces: [StyledLine] = [StyledLine(" nocturne ", .title).then(snapshot.site, .title)]
        let live = paths.first(where: \.alive)
        if let live {
            pieces.append(StyledLine("  \(live.name) ").then(liveness(live, snapshot, painter.context.now)))
        } else if let first = paths.first {
            pieces.append(StyledLine("  \(first.name) ").then(word(first), first.fault == nil ? .dark : .bad))
        }
        let why = pieces.count
        for path in paths where path.name != (live ?? paths.first)?.name {
            let role: Role = path.alive ? .up : path.fault == nil ? .dark : .bad
            pieces.append(StyledLine("  alt \(path.name) ").then(word(path), role))
        }
        let clock = "  \(painter.context.wall.clockMinutes) UTC"
        let (mark, role): (String, Role) =
            switch snapshot.recorder {
            case _ where snapshot.journal.isFailed: ("  JOURNAL FAILED", .bad)
            case .off: ("", .muted)
            // What is being played is not being recorded.
            case .recording where painter.context.replay != nil: ("", .muted)
            case .recording: ("  \(painter.context.glyphs.recording) REC", .recording)
            case .failed: ("  REC FAILED", .bad)
            }
        let start = painter.width - TextWidth.of(mark + clock) - 1
        // Nothing is reached: why is worth the room that the rest leaves.
        let room = start - pieces.reduce(0) { $0 + TextWidth.of($1.text) }
        if live == nil, let fault = paths.first?.fault, room >= 12 {
            pieces.insert(StyledLine(painter.fit(": " + fault.message, room), .bad), at: why)
        }
        // What does not fit whole is left out: half a number is another number.
        var column = 0
        for piece in pieces where column + TextWidth.of(piece.text) <= start {
            column = painter.put(piece, row: 0, column: column)
        }
        painter.put(mark, role, row: 0, column: start)
        painter.put(clock + " ", .title, row: 0, column: start + TextWidth.of(mark))
    }

    /// The round trip, while something comes back; a connection that stands and carries nothing is not called well.
    private static func liveness(_ path: PathState, _ snapshot: Snapshot, _ now: UTC) -> StyledLine {
        let users = snapshot.devices.filter { $0.reach.path == path.name && $0.seenAt != nil }
        if let last = users.compactMap(\.seenAt).max(), users.allSatisfy({ now - last > $0.darkAfter }) {
            return StyledLine("silent for \(AgeText.coarse(now - last))", .bad)
        }
        return StyledLine(path.roundTripMilliseconds.map(AgeText.milliseconds) ?? "")
    }

    private static func word(_ path: PathState) -> String {
        path.alive ? "ok" : path.fault == nil ? "not up yet" : "lost"
    }

    private static func tabs(_ painter: inout Painter, _ state: ViewState) {
        let current = state.visits.first?.place.kind
        var column = 1
        for (number, place) in Place.tabs {
            let role: Role = place.kind == current ? .tabActive : .tab
            column = painter.put("\(number) \(place.title)", role, row: 1, column: column) + 1
        }
    }

    private static func worst(_ painter: inout Painter, _ snapshot: Snapshot) {
        let context = painter.context
        guard let item = context.lists.overview(snapshot, at: context.now).first else {
            painter.put(" \(painter.mark(.up)) nothing is wrong", .up, row: 1, column: 0)
            return
        }
        let text = [painter.mark(item.health), item.place, item.name, item.detail].filter { !$0.isEmpty }
        painter.put(
            painter.fit(" " + text.joined(separator: " "), painter.width), Painter.role(item.health), row: 1, column: 0)
    }

    private static func counts(_ painter: inout Painter, _ snapshot: Snapshot, _ state: ViewState) {
        let context = painter.context
        let counts = context.lists.counts(snapshot, at: context.now)
        // Where words do not fit, signs and numbers do.
        let wide = painter.width >= 76
        func piece(_ health: Health, _ count: Int, _ word: String) -> StyledLine.Span {
            let text = "\(painter.mark(health)) \(count)" + (wide ? " \(word)  " : " ")
            return StyledLine.Span(text: text, role: count > 0 ? Painter.role(health) : .muted)
        }
        let causes =
            "dark" + (counts.dark > 0 ? " (\(counts.darkCauses) cause\(counts.darkCauses == 1 ? "" : "s"))" : "")
        var line = StyledLine(" ")
        line.spans += [
            piece(.down, counts.down, "down"), piece(.degraded, counts.degraded, "degraded"),
            piece(.dark, counts.dark, causes), piece(.up, counts.up, "up"),
        ]
        if let oldest = counts.oldest {
            line = line.then(" oldest \(AgeText.observed(context.now - oldest))", .muted)
        } else if let last = snapshot.devices.compactMap(\.seenAt).max() {
            line = line.then(" newest ~\(AgeText.observed(context.now - last))", .dark)
        }
        if let (shown, total) = context.lists.filtered(snapshot, state, at: context.now), !state.filter.text.isEmpty {
            line = line.then("  \(shown) of \(total)", .filter)
        }
        let end = painter.put(line, row: 2, column: 0)
        let step = " \(context.glyphs.step) "
        let full = state.visits.map(\.place.title).joined(separator: step)
        for crumb in [full, state.place.title] where end + 2 + TextWidth.of(crumb) < painter.width {
            painter.put(crumb, .muted, row: 2, column: painter.width - TextWidth.of(crumb) - 1)
            return
        }
    }

    static func banners(_ context: DrawContext, _ snapshot: Snapshot, _ state: ViewState) -> [String] {
        var banners: [String] = []
        if let replay = context.replay {
            let doing = replay.playing ? "playing" : "paused"
            banners.append(
                "RECORDING \(snapshot.at.date) \(snapshot.at.clock)Z \(replay.position)/\(replay.count) \(doing)  \(replay.file)"
            )
        }
        if let frozen = state.frozen {
            let age = AgeText.coarse(context.wall - frozen.at)
            banners.append("FROZEN at \(frozen.at.clock)Z, \(age) ago: the network goes on, Z shows it")
        }
        if case .failed(let reason) = snapshot.recorder { banners.append("REC FAILED: \(reason)") }
        if case .failed(let reason) = snapshot.journal { banners.append("JOURNAL FAILED: \(reason)") }
        return banners
    }

    private static func foot(_ painter: inout Painter, _ state: ViewState) {
        let row = painter.height - 1
        if let prompt = state.prompt {
            typing(&painter, prompt, state, row: row)
            return
        }
        if let message = state.message {
            painter.put(
                painter.fit(" " + message.text, painter.width), Painter.role(message.severity), row: row, column: 0)
            return
        }
        var column = 1
        if !state.filter.text.isEmpty, [.peers, .devices, .timeline].contains(state.place.kind) {
            let text = state.filter.problem ?? "filter: \(state.filter.text)"
            column = painter.put(painter.fit(text, painter.width / 2), .filter, row: row, column: column) + 2
        }
        for hint in painter.context.hints {
            guard column + TextWidth.of(hint.key) + 1 + TextWidth.of(hint.title) <= painter.width else { break }
            column = painter.put(hint.key, .key, row: row, column: column)
            column = painter.put(" " + hint.title, .muted, row: row, column: column) + 2
        }
    }

    private static func typing(_ painter: inout Painter, _ prompt: Prompt, _ state: ViewState, row: Int) {
        let sign = painter.fit(prompt.sign(at: painter.context.wall), painter.width - 10)
        let start = painter.put(sign, .prompt, row: row, column: 1)
        let before = prompt.text.prefix(prompt.cursor)
        // A long line slides to keep the cursor in sight.
        let room = max(8, painter.width - start - 1)
        let skipped = max(0, TextWidth.of(before) - room + 1)
        let column = painter.put(String(prompt.text.dropFirst(skipped)), .prompt, row: row, column: start)
        painter.frame.cursor = (row, min(painter.width - 1, start + TextWidth.of(before) - skipped))
        let note = state.message?.text ?? (prompt.kind == .filter ? state.filter.problem : nil)
        if let note, column + 3 < painter.width {
            let role = state.message.map { Painter.role($0.severity) } ?? .warning
            painter.put(painter.fit(note, painter.width - column - 3), role, row: row, column: column + 2)
        }
    }
}

extension RecorderState {
    fileprivate var isFailed: Bool { if case .failed = self { true } else { false } }
}
