// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// The change session of this run that matters, in full, then the others, then what devices themselves tell of.
///
/// ```
///  NEW CHANGE on bkk20  checked, nothing sent  by ops
///  ! protected site: applying asks for its name, "bkk"
///  ✔ two ways in (jump, wg-oob)
///  ! touches router id: all 9 sessions on bkk20 reset
///    - router id 10.155.255.2;
///    + router id 10.155.255.20;
///  guard  device timer 300 s + BIRD timer
///  gate   everything that was up is up again for 180 s
///  enter applies it, after a question   e edits   :cancel lets go
/// ```
///
/// Once something is armed, what is waited for and what is missing stand first: the difference has been read by then.
enum ChangesScreen {
    /// The session the screen and the keys are about: the newest that is not over, else the newest.
    static func current(_ snapshot: Snapshot) -> ChangeState? {
        snapshot.changes.last { !$0.phase.isEnd } ?? snapshot.changes.last
    }

    static func lines(_ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        var lines: [StyledLine] = []
        if let change = current(snapshot) {
            lines += session(change, snapshot, context)
        } else if context.replay != nil {
            lines.append(StyledLine("No change was open at this time of the recording."))
        } else {
            lines += [
                StyledLine("No change has been begun in this run."),
                StyledLine("c", .key).then(" begins one on the device under the cursor, ", .muted)
                    .then(":change DEVICE [FILE]", .key).then(" on any.", .muted),
            ]
        }
        let former = snapshot.changes.filter { $0.id != current(snapshot)?.id }.reversed()
        if !former.isEmpty {
            lines += [StyledLine(), StyledLine("others of this run, newest first", .header)]
            lines += former.map { change in
                StyledLine("\(change.startedAt.clock)Z  \(change.device)  \(change.id)  ")
                    .then(word(change.phase), role(change.phase)).then(outcome(change), .muted)
            }
        }
        return lines + guards(snapshot, context)
    }

    // MARK: One session

    private static func session(
        _ change: ChangeState, _ snapshot: Snapshot, _ context: DrawContext
    ) -> [StyledLine] {
        let early = change.phase.isBeforeArming
        let waiting = early || change.phase == .refused
        let title = StyledLine(
            early ? "NEW CHANGE on \(change.device)" : "CHANGE \(change.id) on \(change.device)", .title
        ).then("  ").then(word(change.phase), role(change.phase)).then("  by \(change.by)", .muted)
        var lines = [title]
        if let asks = change.asks { lines.append(StyledLine(context.glyphs.cursor + " ", .key).then(asks, .warning)) }
        if !waiting { lines += gate(change, context) + steps(change, context) }
        if early, snapshot.protected {
            let glyph = context.glyphs.degraded
            lines.append(
                StyledLine("\(glyph) ", .warning).then(
                    "protected site: applying asks for its name, \"\(snapshot.site)\"", .warning))
        }
        lines += change.findings.map { finding($0, context) }
        lines += difference(change, context)
        if !change.guardText.isEmpty { lines.append(StyledLine("guard  ", .label).then(change.guardText)) }
        if waiting { lines += plannedGate(change) + steps(change, context) }
        if let keys = keys(change, context) { lines.append(keys) }
        return lines
    }

    private static func finding(_ finding: ChangeState.Finding, _ context: DrawContext) -> StyledLine {
        let glyphs = context.glyphs
        switch finding.weight {
        case .good: return StyledLine("\(glyphs.up) ", .good).then(finding.text)
        case .warning: return StyledLine("\(glyphs.degraded) ", .warning).then(finding.text, .warning)
        case .blocking: return StyledLine("\(glyphs.down) ", .bad).then(finding.text, .bad)
        }
    }

    private static func difference(_ change: ChangeState, _ context: DrawContext) -> [StyledLine] {
        guard !change.diff.isEmpty else {
            guard change.phase.isBeforeArming else { return [] }
            if let draft = change.draftFile {
                return [
                    StyledLine("draft  ", .label).then(draft),
                    StyledLine("       ").then("e", .key).then(" edits it; what differs then stands here", .muted),
                ]
            }
            return [StyledLine("the difference is being made", .muted)]
        }
        return change.diff.map { line in
            switch line.kind {
            case .same: StyledLine("    ").then(line.text, .muted)
            case .removed: StyledLine("  - ", .bad).then(line.text, .bad)
            case .added: StyledLine("  + ", .good).then(line.text, .good)
            case .skipped: StyledLine("  \(context.glyphs.ellipsis) ", .muted).then(line.text, .muted)
            }
        }
    }

    private static func plannedGate(_ change: ChangeState) -> [StyledLine] {
        guard change.phase != .refused else { return [] }
        let what = change.gate.map { "\($0.wanted) of \($0.wanted) back" } ?? "all that was up is up again"
        return [
            StyledLine("gate   ", .label)
                .then("\(what) and stays so for \(change.holdSeconds)s; undone after \(change.confirmWithinSeconds)s")
        ]
    }

    private static func gate(_ change: ChangeState, _ context: DrawContext) -> [StyledLine] {
        guard let gate = change.gate else { return [] }
        let full = gate.held >= gate.wanted
        var line = StyledLine("gate   ", .label)
            .then("\(gate.held) of \(gate.wanted) as before", full ? .good : .warning)
        if full, let since = gate.since { line = line.then("  since \(since.clock)Z, \(change.holdSeconds)s wanted") }
        let most = 8
        return [line]
            + gate.missing.prefix(most).map { StyledLine("       \(context.glyphs.down) ", .bad).then($0) }
            + (gate.missing.count > most ? [StyledLine("       and \(gate.missing.count - most) more", .muted)] : [])
    }

    private static func steps(_ change: ChangeState, _ context: DrawContext) -> [StyledLine] {
        change.steps.map { step in
            StyledLine("\(step.at.clock)Z  ", .muted)
                .then(step.text, step.severity == .info ? .text : Painter.role(step.severity))
        }
    }

    /// What can be done now, by its keys.
    private static func keys(_ change: ChangeState, _ context: DrawContext) -> StyledLine? {
        guard context.replay == nil else { return nil }
        var line = StyledLine()
        func add(_ key: String, _ text: String) { line = line.then(key, .key).then(" \(text)   ", .muted) }
        switch change.phase {
        case .planned, .snapshot, .checked:
            if change.phase == .checked, !change.isBlocked { add("enter", "apply, after a question") }
            if change.draftFile != nil { add("e", "edit") }
            add(":cancel", "let go")
        case .reconnected:
            add("C", "keep it")
            add("R", "roll back")
        case .armed, .armedVerified, .applied, .gated, .confirming, .reverting, .stuck: add("R", "roll back")
        case .refused, .disarmedVerified, .revertedVerified: return nil
        }
        return line
    }

    private static func outcome(_ change: ChangeState) -> String {
        let end = change.endedAt.map { "  \($0.clock)Z" } ?? ""
        return end + (change.steps.last.map { "  \($0.text)" } ?? "")
    }

    // MARK: What devices tell

    private static func guards(_ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        let found = snapshot.devices.flatMap { device in (device.guards?.value ?? []).map { (device, $0) } }
            .sorted { ($0.1.isOpen ? 0 : 1, $1.1.armedAt) < ($1.1.isOpen ? 0 : 1, $0.1.armedAt) }
        guard !found.isEmpty else { return [] }
        let age = { (device: DeviceState) in
            device.guards.map { AgeText.observed(context.now - $0.at) } ?? context.glyphs.missing
        }
        return [StyledLine(), StyledLine("told by devices, their clocks", .header)]
            + found.map { device, found in
                let end = found.endedAt.map { ", ended \($0.clock)Z" } ?? ""
                let timer = found.isOpen ? (found.alive ? ", timer runs" : ", its timer is gone") : ""
                return StyledLine("\(device.name)  \(found.session)  ")
                    .then(found.state.rawValue, found.state.role)
                    .then("  by \(found.by)  armed \(found.armedAt.clock)Z\(end)\(timer)")
                    .then(found.detail.map { "  \($0)" } ?? "", .muted)
                    .then("  seen \(age(device)) ago", .muted)
            }
    }

    // MARK: Words

    static func word(_ phase: ChangePhase) -> String {
        switch phase {
        case .planned: "planned"
        case .snapshot: "saving what is there"
        case .checked: "checked, nothing sent"
        case .armed: "armed"
        case .armedVerified: "armed, read back"
        case .applied: "applied"
        case .gated: "applied, gate watches"
        case .reconnected: "gate held, reached anew"
        case .confirming: "being kept"
        case .disarmedVerified: "kept, guard gone"
        case .refused: "refused, nothing sent"
        case .reverting: "REVERTING"
        case .revertedVerified: "rolled back, verified"
        case .stuck: "STUCK"
        }
    }

    private static func role(_ phase: ChangePhase) -> Role {
        switch phase {
        case .reverting, .stuck: .bad
        case .refused, .revertedVerified, .armed, .armedVerified, .applied, .gated: .warning
        case .reconnected, .confirming, .disarmedVerified: .good
        case .planned, .snapshot, .checked: .info
        }
    }
}

extension ChangePhase {
    /// Nothing has been sent that changes anything.
    public var isBeforeArming: Bool { self == .planned || self == .snapshot || self == .checked }
}

extension Screens {
    /// The change session that keys on Changes are about.
    public static func currentChange(_ snapshot: Snapshot) -> ChangeState? { ChangesScreen.current(snapshot) }

    /// The incident that a row of the Timeline tells of or is part of.
    public static func incident(of id: RowID?, in snapshot: Snapshot, at now: UTC) -> Incident? {
        TimelineLines.incident(of: id, in: snapshot, at: now)
    }
}

extension DeviceGuard.State {
    fileprivate var role: Role {
        switch self {
        case .armed: .warning
        case .reverting, .stuck: .bad
        case .reverted: .info
        case .confirmed: .good
        }
    }
}
