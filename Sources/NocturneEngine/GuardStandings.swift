// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What was last known of one change session by what its device tells.
struct GuardStanding: Sendable {
    var isOpen: Bool
    /// When it was last seen so.
    var at: UTC
    var by: String?
    /// By the device's clock; nil when only the journal told of the session.
    var deadline: UTC?
}

/// Change sessions as their devices tell of them, whoever began them.
///
/// A device outlives the console that armed it: what became of a session is told by the device, to whoever looks next.
///
/// ```
///  not known ─ armed ─▶ open ─ reverted, confirmed, stuck ─▶ ended
///                        └──── not listed any more ────────▶ gone: bad before its deadline
/// ```
///
/// Nothing is said twice: who runs change sessions tells of their own, in this process and, after a restart, of those
/// its forerunner left. What the journal of a former run has already said is not said again either.
extension Standings {
    /// - Parameters:
    ///   - isTold: whether somebody else tells of a session, by its id and whose it is.
    ///   - offset: the device's clock minus ours.
    mutating func guards(
        _ now: Observed<[DeviceGuard]>, isTold: (String, String?) -> Bool, offset: Duration
    ) -> [Event] {
        defer { guardsSeen = true }
        var events: [Event] = []
        var listed: Set<String> = []
        for found in now.value where listed.insert(found.session).inserted {
            let last = guards.updateValue(
                GuardStanding(isOpen: found.isOpen, at: now.at, by: found.by, deadline: found.deadline),
                forKey: found.session)
            if isTold(found.session, found.by) { continue }
            // What ended before anybody looked is history that was told by whoever watched then.
            if last == nil, found.isOpen || guardsSeen { events.append(armed(found, at: now.at)) }
            if !found.isOpen, last?.isOpen ?? guardsSeen { events.append(ended(found, last, at: now.at)) }
        }
        for (session, last) in guards.sorted(by: { $0.key < $1.key }) where last.isOpen && !listed.contains(session) {
            guards[session]?.isOpen = false
            if !isTold(session, last.by) { events.append(vanished(session, last, at: now.at, offset: offset)) }
        }
        return events
    }

    /// Takes in what a former run, or its change session, wrote about one.
    mutating func rememberGuard(_ event: Event) {
        let ends = ["reverted", "rolled back", "confirmed", "stuck", "refused", "gone"]
        let said = event.after.lowercased()
        guards[event.subject.name] = GuardStanding(
            // Once ended, ended: a step written afterwards does not open it again.
            isOpen: guards[event.subject.name]?.isOpen != false && !ends.contains { said.contains($0) }, at: event.at,
            by: event.by ?? guards[event.subject.name]?.by)
    }

    private func subject(_ session: String) -> Subject { Subject(kind: .change, device: device, name: session) }

    private func armed(_ found: DeviceGuard, at now: UTC) -> Event {
        Event(
            sequence: 0, at: now, deviceTime: found.armedAt, subject: subject(found.session),
            after: "armed by \(found.by), reverts at \(found.deadline.clock)Z", severity: .info,
            evidence: found.what.isEmpty ? nil : found.what, source: .change, by: found.by)
    }

    private func ended(_ found: DeviceGuard, _ last: GuardStanding?, at now: UTC) -> Event {
        let (after, severity): (String, Event.Severity) =
            switch found.state {
            case .reverted: ("reverted by the device's own timer", .warning)
            case .stuck: ("stuck: the device could not revert", .bad)
            case .confirmed, .armed, .reverting: ("confirmed", .good)
            }
        return Event(
            sequence: 0, at: now, notBefore: last?.at, deviceTime: found.endedAt, subject: subject(found.session),
            before: "armed", after: after, severity: severity, evidence: found.detail, source: .change, by: found.by)
    }

    private func vanished(_ session: String, _ last: GuardStanding, at now: UTC, offset: Duration) -> Event {
        let early = last.deadline.map { now + offset < $0 } ?? false
        return Event(
            sequence: 0, at: now, notBefore: last.at, subject: subject(session), before: "armed",
            after: early ? "guard gone before its deadline" : "guard gone, its end was not seen",
            severity: early ? .bad : .warning,
            evidence: early
                ? "the device does not list it any more: nothing would revert the change"
                : "the device does not list it any more", source: .change, by: last.by)
    }
}
