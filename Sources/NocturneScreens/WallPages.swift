// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// What stands below the rule of the wall: the Overview's rows, the devices, anycast and services, turned by the clock.
///
/// ```
///  ✖ blackhole  bkk06  203.0.113.81/32  announced, not on any interface
///  ! degraded   haproxy  2 of 3: bkk07/haproxy stopped
///  1/3 overview
/// ```
enum WallPages {
    private typealias Lines = [(text: String, role: Role)]

    static func draw(
        _ painter: inout Painter, rows: Range<Int>, _ snapshot: Snapshot, _ items: [OverviewItem], every: Duration
    ) {
        guard rows.count > 1 else { return }
        let height = rows.count - 1
        var parts = [
            ("overview", overview(items, snapshot, painter)), ("anycast", anycast(snapshot, painter)),
            ("services", services(snapshot, painter)),
        ]
        // What fits on one page stands still.
        let all = parts.flatMap(\.1)
        if all.count <= height { parts = [("all", all)] }
        var pages: [(title: String, lines: Lines)] = []
        for (title, lines) in parts {
            for start in stride(from: 0, to: lines.count, by: height) {
                pages.append((title, Array(lines[start..<min(lines.count, start + height)])))
            }
        }
        guard !pages.isEmpty else { return }
        let page = Int(painter.context.now.milliseconds / max(1000, every.milliseconds)) % pages.count
        for (offset, line) in pages[page].lines.enumerated() {
            painter.put(line.text, line.role, row: rows.lowerBound + offset, column: 1)
        }
        if pages.count > 1 {
            painter.put("\(page + 1)/\(pages.count) \(pages[page].title)", .muted, row: rows.upperBound - 1, column: 1)
        }
    }

    /// The rows that are not well in full, on as many lines as each takes, as there is no cursor to ask for the rest;
    /// then the devices.
    private static func overview(_ items: [OverviewItem], _ snapshot: Snapshot, _ painter: Painter) -> Lines {
        var lines: Lines = items.flatMap { item in
            let name = [item.place, item.name].filter { !$0.isEmpty }.joined(separator: "  ")
            return StyledLine("\(painter.mark(item.health)) \(item.state.padding(to: 10))\(name)  ")
                .then(item.detail + item.tail).wrapped(painter.width - 2).map { ($0.text, Painter.role(item.health)) }
        }
        let devices = painter.context.lists.everyDevice(snapshot, at: painter.context.now)
        let widest = devices.map { TextWidth.of($0.state.name.rawValue) }.max() ?? 0
        for entry in devices {
            let sessions = entry.health == .dark ? "not seen" : "\(entry.sessionsUp) of \(entry.sessions) sessions up"
            let name = entry.state.name.rawValue.padding(to: widest + 2)
            let line = "\(painter.mark(entry.health)) \(entry.health.rawValue.padding(to: 10))\(name)\(sessions)"
            lines.append((painter.fit(line, painter.width - 2), Painter.role(entry.health)))
        }
        return lines
    }

    private static func anycast(_ snapshot: Snapshot, _ painter: Painter) -> Lines {
        snapshot.anycastRows(at: painter.context.now).filter(\.isSubject).map { row in
            let line =
                "\(painter.mark(row.health)) \(row.verdict.rawValue.padding(to: 10))"
                + [row.device.rawValue, row.prefix, row.name, row.reason ?? ""].joined(separator: "  ")
            return (painter.fit(line, painter.width - 2), Painter.role(row.health))
        }
    }

    private static func services(_ snapshot: Snapshot, _ painter: Painter) -> Lines {
        snapshot.serviceRows(at: painter.context.now).map { row in
            let line =
                "\(painter.mark(row.health)) \(row.health.rawValue.padding(to: 10))\(row.service.name)  \(row.ratio) run"
                + (row.reason.map { ": \($0)" } ?? "")
            return (painter.fit(line, painter.width - 2), Painter.role(row.health))
        }
    }
}

/// What the wall says of change sessions, as the devices themselves tell of them.
///
/// ```
///  CHANGE OPEN on bkk20 by ops@laptop: reverts by itself within 5 min
///  CHANGE on bkk20 by ops@laptop reverted 02:18:31Z
/// ```
enum WallChange {
    /// How long an ended one is told of.
    static let recent = Duration.seconds(300)

    struct Line: Hashable {
        var text: String
        var role: Role
        var isOpen: Bool
    }

    static func lines(_ snapshot: Snapshot, at now: UTC) -> [Line] {
        snapshot.devices.flatMap { device in
            (device.guards?.value ?? []).compactMap { line($0, device, at: now) }
        }
    }

    private static func line(_ session: DeviceGuard, _ device: DeviceState, at now: UTC) -> Line? {
        let who = "on \(device.name) by \(session.by)"
        // The device's own clock, put on ours.
        let offset = Duration.milliseconds(device.clockOffsetMilliseconds ?? 0)
        switch session.state {
        case .armed, .reverting:
            let seen = device.guards?.at ?? now
            if device.isDark(at: now) {
                return Line(
                    text: "CHANGE OPEN \(who) when last seen \(seen.clock)Z; \(device.name) is dark", role: .banner,
                    isOpen: true)
            }
            if session.state == .reverting {
                return Line(text: "CHANGE \(who) is being reverted", role: .banner, isOpen: true)
            }
            guard session.alive else {
                return Line(
                    text:
                        "CHANGE OPEN on \(device.name) does NOT revert by itself: its timer is gone; by \(session.by)",
                    role: .bad, isOpen: true)
            }
            let end = session.remainingSeconds.map { seen + .seconds($0) } ?? session.deadline - offset
            // Whole minutes: the wall stands still between them.
            let minutes = max(1, ((end - now).milliseconds + 59_999) / 60_000)
            return Line(
                text: "CHANGE OPEN \(who): reverts by itself within \(minutes) min", role: .banner, isOpen: true)
        case .stuck:
            let detail = session.detail.map { ": \($0)" } ?? ""
            return Line(text: "CHANGE \(who) is STUCK\(detail)", role: .bad, isOpen: true)
        case .reverted, .confirmed:
            guard let ended = session.endedAt.map({ $0 - offset }), now - ended <= recent else { return nil }
            return Line(
                text: "CHANGE \(who) \(session.state.rawValue) \(ended.clock)Z", role: .info, isOpen: false)
        }
    }
}
