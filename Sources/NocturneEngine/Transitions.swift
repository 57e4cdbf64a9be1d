// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel

/// What changed on one device between two looks at it.
///
/// Nothing is a transition at first sight, unless the journal of a former run knew it otherwise. Polling sees a transition only afterwards, so each event carries bounds: it
/// happened after the former state was last seen (`notBefore`) and before `at`; where the device tells the instant
/// itself, `deviceTime` has it.
struct Transitions {
    let old: DeviceState
    let new: DeviceState
    let report: SweepReport
    /// The last word of former runs, looked at once: when something is seen for the first time.
    var former: [Subject: Event] = [:]

    /// In the order in which causes come before effects: configuration, detection, routing protocol, sessions.
    var events: [Event] { reconfiguration + bfd + ospf + peers }

    private func subject(_ kind: Subject.Kind, _ name: String = "") -> Subject {
        Subject(kind: kind, device: new.name, name: name)
    }

    private var reconfiguration: [Event] {
        guard let before = old.status, let now = report.status else { return [] }
        var events: [Event] = []
        // BIRD reckons the date anew from a monotonic clock at every answer: it trembles by a millisecond, and drifts
        // where the system's clock is being set right.
        if let last = now.value.lastReconfiguration, let former = before.value.lastReconfiguration,
            last - former > .seconds(1)
        {
            events.append(
                Event(
                    sequence: 0, at: now.at, notBefore: before.at, deviceTime: last, subject: subject(.device),
                    before: "configured \(former)", after: "reconfigured", severity: .info))
        }
        if let id = now.value.routerId, let former = before.value.routerId, id != former {
            events.append(
                Event(
                    sequence: 0, at: now.at, notBefore: before.at, subject: subject(.device),
                    before: "router id \(former)", after: "router id \(id)", severity: .warning))
        }
        return events
    }

    private var bfd: [Event] {
        guard let now = report.bfd else { return [] }
        return compare(
            old.bfd, now, kind: .bfd, key: { [$0.vrf, $0.peer, $0.interface ?? ""] },
            name: { [$0.peer, $0.interface].compactMap { $0 }.joined(separator: " ") }, state: \.state.rawValue,
            good: { $0 == "up" }, since: \.since)
    }

    private var ospf: [Event] {
        guard let now = report.ospf else { return [] }
        return compare(
            old.ospf, now, kind: .ospf,
            key: { [$0.vrf, $0.instance ?? "", $0.neighborId, $0.interface ?? "", $0.address ?? ""] },
            name: { [$0.neighborId, $0.interface].compactMap { $0 }.joined(separator: " ") }, state: \.state,
            // 2-Way is where routers rest that need no adjacency, and a stage for those that do (RFC 2328, section
            // 10.4): reaching or leaving it is information.
            good: { $0 == "full" }, since: { _ in nil })
    }

    private var peers: [Event] {
        guard let now = report.peers else { return [] }
        var events = compare(
            old.peers, now, kind: .peer, key: { [$0.vrf, $0.remoteAddress ?? $0.interface ?? "", $0.name] },
            name: \.name, state: \.state.rawValue, good: { $0 == "established" }, since: \.since,
            evidence: { $0.state == .established ? nil : $0.lastError })
        guard let before = old.peers else { return events }
        let former = Dictionary(before.value.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for peer in now.value {
            guard let last = former[peer.key], reestablished(last, peer, within: now.at - before.at) else { continue }
            events.append(
                Event(
                    sequence: 0, at: now.at, notBefore: before.at, deviceTime: peer.since,
                    subject: subject(.peer, peer.name), before: "established", after: "established",
                    severity: .warning,
                    evidence: "went down and came back between two looks"
                        + (peer.lastError.map { ": \($0)" } ?? "")))
        }
        return events
    }

    /// Up at both looks, but not the same session: it is younger than the time between them.
    ///
    /// Both the device's instant and its count of seconds must say so, with two seconds of grace for platforms that
    /// round either, so that a clock that was set does not look like a flap.
    private func reestablished(_ last: Peer, _ peer: Peer, within elapsed: Duration) -> Bool {
        guard last.state == .established, peer.state == .established, let was = last.since, let since = peer.since,
            since - was > .seconds(2), let up = peer.uptimeSeconds, let wasUp = last.uptimeSeconds
        else { return false }
        return Double(up) <= elapsed.seconds + 2 && up < wasUp
    }

    /// Matches two lists by key; a list that names a key twice is compared by its first.
    private func compare<Row>(
        _ before: Observed<[Row]>?, _ now: Observed<[Row]>, kind: Subject.Kind, key: (Row) -> [String],
        name: (Row) -> String, state: (Row) -> String, good: (String) -> Bool, since: (Row) -> UTC?,
        evidence: (Row) -> String? = { _ in nil }
    ) -> [Event] {
        guard let before else { return sinceFormerRun(now, kind, name, state, good, since, evidence) }
        if before.value == now.value { return [] }
        let former = Dictionary(before.value.map { (key($0), $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<[String]> = []
        var events: [Event] = []
        func add(_ row: Row, before was: String, after: String, since: UTC?, severity: Event.Severity, why: String?) {
            events.append(
                Event(
                    sequence: 0, at: now.at, notBefore: before.at, deviceTime: since,
                    subject: subject(kind, name(row)), before: was, after: after, severity: severity, evidence: why))
        }
        for row in now.value {
            guard seen.insert(key(row)).inserted else { continue }
            let after = state(row)
            guard let last = former[key(row)] else {
                add(
                    row, before: "absent", after: after, since: since(row), severity: good(after) ? .good : .info,
                    why: evidence(row))
                continue
            }
            let was = state(last)
            guard was != after else { continue }
            let severity = self.severity(from: was, to: after, good)
            add(
                row, before: was, after: after, since: since(row) == since(last) ? nil : since(row),
                severity: severity, why: evidence(row))
        }
        for row in before.value where seen.insert(key(row)).inserted {
            add(
                row, before: state(row), after: "absent", since: nil, severity: good(state(row)) ? .bad : .info,
                why: nil)
        }
        return events
    }

    /// While a session tries to come up it walks through many states; only leaving or reaching the good one, and being
    /// switched off by hand, is more than information.
    private func severity(from was: String, to after: String, _ good: (String) -> Bool) -> Event.Severity {
        good(after) ? .good : after == "disabled" || after == "admindown" ? .warning : good(was) ? .bad : .info
    }

    /// Compares the first look of this run with the last word of former ones.
    ///
    /// The journal knows rows by name only: a name that two rows share is left alone. Of what it does not know nothing
    /// is said; it has been as it is since before the journal began.
    private func sinceFormerRun<Row>(
        _ now: Observed<[Row]>, _ kind: Subject.Kind, _ name: (Row) -> String, _ state: (Row) -> String,
        _ good: (String) -> Bool, _ since: (Row) -> UTC?, _ evidence: (Row) -> String?
    ) -> [Event] {
        let rows = Dictionary(grouping: now.value, by: name)
        let known = former.values.filter { $0.subject.kind == kind && $0.subject.device == new.name }
        return known.sorted { $0.subject < $1.subject }.compactMap { last in
            let found = rows[last.subject.name] ?? []
            guard found.count < 2 else { return nil }
            let after = found.first.map(state) ?? "absent"
            guard after != last.after else { return nil }
            let severity: Event.Severity =
                found.isEmpty ? good(last.after) ? .bad : .info : self.severity(from: last.after, to: after, good)
            // An instant before the former run's last word is of an earlier turn.
            let told = found.first.flatMap(since).flatMap { $0 > last.at ? $0 : nil }
            return Event(
                sequence: 0, at: now.at, notBefore: last.at, deviceTime: told, subject: last.subject,
                before: last.after, after: after, severity: severity, evidence: found.first.flatMap(evidence))
        }
    }
}
