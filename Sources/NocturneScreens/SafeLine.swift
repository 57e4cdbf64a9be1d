// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneTerminal
import NocturneTheme

/// The line above the foot while a change is open, on every screen: who is held, how long, and by which key it goes back.
///
/// ```
///  SAFE bkk20  04:31 left  armed                                     R roll back
///  SAFE bkk20  04:31 left  gate 3 of 4 back                          R roll back
///  SAFE bkk20  01:02 left  gate held: confirm?            C confirm  R roll back
///  REVERTING bkk20  02:10 left                                       R roll back
///  STUCK bkk20  6 Changes says what is left                          R roll back
///  CHANGE OPEN bkk20 by ops@console  04:31 left                      R roll back
/// ```
///
/// Of several, the one whose time ends first is shown, ours before others', and how many more there are. A session that is stuck stays until
/// another one on its device has begun: a third state is never silent. What it tells is live, also on a frozen screen.
public struct SafeLine: Hashable, Sendable {
    /// Ours, or seen on the device only.
    public enum Owner: Hashable, Sendable {
        case us
        case another(String)
    }

    public var session: String
    public var device: DeviceName
    public var owner: Owner
    public var isReverting: Bool
    public var isStuck: Bool
    /// Nothing is waited for but a person.
    public var asksForConfirmation: Bool
    /// Until the device undoes it by itself; nil where nobody knows.
    public var left: Duration?
    public var text: String
    public var others = 0
}

extension SafeLine {
    /// The most urgent open change, if there is one.
    public static func find(_ live: Snapshot, _ context: DrawContext) -> SafeLine? {
        // A recording is told at its own time, all else at the time on the wall.
        let lines = all(live, at: context.replay == nil ? context.wall : context.now)
        guard var first = lines.first else { return nil }
        first.others = lines.count - 1
        return first
    }

    /// Every open change, the most urgent first.
    static func all(_ live: Snapshot, at now: UTC) -> [SafeLine] {
        let known = Set(live.changes.map(\.id))
        let ours = live.changes.enumerated().compactMap { index, change -> SafeLine? in
            let later = live.changes[(index + 1)...].contains { $0.device == change.device }
            guard change.phase.isGuarded || (change.phase == .stuck && !later) else { return nil }
            return SafeLine(change, at: now)
        }
        let others = live.devices.flatMap { device in
            (device.guards?.value ?? []).filter { $0.isOpen && !known.contains($0.session) }.map {
                SafeLine($0, on: device, seen: device.guards?.at ?? now, at: now)
            }
        }
        // Ours before those of others: what R undoes must not change because a stranger's time runs out sooner.
        return sorted(ours) + sorted(others)
    }

    private static func sorted(_ lines: [SafeLine]) -> [SafeLine] {
        lines.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
    }

    private var rank: Int64 { isStuck ? Int64.min : left?.milliseconds ?? Int64.max }

    private init(_ change: ChangeState, at now: UTC) {
        self.init(
            session: change.id, device: change.device, owner: .us, isReverting: change.phase == .reverting,
            isStuck: change.phase == .stuck, asksForConfirmation: change.phase == .reconnected,
            left: change.phase == .stuck ? nil : change.deadline.map { $0 - now }, text: Self.word(change, at: now))
    }

    private init(_ found: DeviceGuard, on device: DeviceState, seen: UTC, at now: UTC) {
        let offset = Duration.milliseconds(device.clockOffsetMilliseconds ?? 0)
        let told = found.remainingSeconds.map { Duration.seconds($0) - (now - seen) }
        let silent = device.isDark(at: now)
        self.init(
            session: found.session, device: device.name, owner: .another(found.by),
            isReverting: found.state == .reverting, isStuck: false, asksForConfirmation: false,
            left: told ?? (found.deadline - now - offset),
            text: silent ? "device is dark" : found.alive ? "" : "its timer is gone")
    }

    private static func word(_ change: ChangeState, at now: UTC) -> String {
        switch change.phase {
        case .armed, .armedVerified: return "armed"
        case .applied, .gated:
            guard let gate = change.gate else { return "applied" }
            guard gate.held >= gate.wanted, let since = gate.since else {
                return "gate \(gate.held) of \(gate.wanted) back"
            }
            let held = max(0, min(change.holdSeconds, Int((now - since).milliseconds / 1000)))
            return "gate \(gate.held) of \(gate.wanted), held \(held) of \(change.holdSeconds)s"
        case .reconnected: return "gate held: keep it?"
        case .confirming: return "keeping it: wait for the device"
        case .stuck: return "6 says what is not back"
        default: return ""
        }
    }

    func draw(_ painter: inout Painter, row: Int) {
        // In a recording there is nothing to press.
        let pressable = painter.context.replay == nil
        var keys: [KeyHint] = pressable ? [KeyHint(key: "R", title: "roll back")] : []
        if pressable, asksForConfirmation { keys.insert(KeyHint(key: "C", title: "confirm"), at: 0) }
        let keysWidth = keys.reduce(0) { $0 + TextWidth.of($1.key + $1.title) + 3 }
        let loud = isStuck || isReverting
        let head: String
        switch owner {
        case .us: head = isStuck ? " STUCK " : isReverting ? " REVERTING " : " SAFE "
        case .another: head = isReverting ? " REVERTING " : " CHANGE OPEN "
        }
        let more = others > 0 ? " +\(others)" : ""
        let time = left.map { $0 > .zero ? "  \(CountdownText.of($0)) left" : "  time is up" } ?? ""
        // Time and keys are never cut; a name and the words behind them are.
        let room = painter.width - keysWidth
        let name = painter.fit(device.rawValue, max(6, room - TextWidth.of(head + more + time) - 1))
        var line = StyledLine(head, loud ? .bad : .banner).then(" \(name)").then(more, .warning)
            .then(time, left.map { $0 < .seconds(60) } == true ? .bad : .warning)
        if case .another(let by) = owner { line = line.then("  by \(by)", .text) }
        if !text.isEmpty { line = line.then("  \(text)", asksForConfirmation ? .good : loud ? .bad : .text) }
        var column = 0
        for span in line.spans where column < room {
            column = painter.put(painter.fit(span.text, room - column), span.role, row: row, column: column)
        }
        column = room
        for hint in keys {
            column = painter.put("  \(hint.key)", .key, row: row, column: column)
            column = painter.put(" \(hint.title)", .text, row: row, column: column)
        }
    }
}

/// The time that is left, to the second: `04:31`, `1:02:09`.
public enum CountdownText {
    public static func of(_ left: Duration) -> String {
        // Rounded up: what shows 00:01 is not over yet.
        let seconds = max(0, (left.milliseconds + 999) / 1000)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = "\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return seconds < 3600 ? rest : "\(seconds / 3600):\(rest)"
    }
}
