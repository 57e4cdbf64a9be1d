// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel

/// Services: how many of the guests they want run, as transitions.
///
/// ```
///  3 of 3 ── one stops ──▶ 2 of 3 (warning) ── all stop ──▶ 0 of 3 (bad) ── enough run ──▶ 3 of 3 (good)
/// ```
///
/// A service that cannot be judged because guests are dark keeps its last certain state: no event.
struct ServiceStandings: Sendable {
    private struct Standing {
        var ratio: String
        var health: Health
        var at: UTC
    }

    private var known: [String: Standing] = [:]

    /// Takes in what a former run wrote.
    mutating func remember(_ event: Event) {
        guard event.subject.kind == .service, event.source == .observed else { return }
        let health: Health = event.severity == .bad ? .down : event.severity == .warning ? .degraded : .up
        known[event.subject.name] = Standing(ratio: event.after, health: health, at: event.at)
    }

    mutating func judge(_ row: ServiceRow, at now: UTC) -> Event? {
        guard row.health != .dark else { return nil }
        let last = known.updateValue(
            Standing(ratio: row.ratio, health: row.health, at: now), forKey: row.service.name)
        // More than enough, or one more than that, is all the same.
        if let last, last.health == row.health, row.health == .up || last.ratio == row.ratio { return nil }
        if last == nil, row.health != .down { return nil }
        let missing = row.members.filter { $0.health == .down }.map {
            "\($0.ref) \($0.guest?.state.rawValue ?? "gone")"
        }
        return Event(
            sequence: 0, at: now, notBefore: last?.at, subject: row.subject, before: last?.ratio, after: row.ratio,
            severity: row.health == .up ? .good : row.health == .down ? .bad : .warning,
            evidence: row.health == .up || missing.isEmpty ? nil : missing.joined(separator: ", "))
    }
}

extension World {
    /// The transitions of what is on a device beside its sessions, causes before effects.
    mutating func belongings(_ at: Int, _ report: SweepReport) -> [Event] {
        var events: [Event] = []
        if let guards = report.guards {
            let ours = Set(changes.map(\.id))
            events += standings[at].guards(
                guards, isTold: { ours.contains($0) || ($1 != nil && $1 == changesBy) },
                offset: .milliseconds(devices[at].clockOffsetMilliseconds ?? 0))
        }
        if let anycast = report.anycast { events += standings[at].anycast(anycast, of: self.anycast) }
        guard let guests = report.guests else { return events }
        let touched = services.filter { service in service.guests.contains { $0.device == report.device } }
        events += standings[at].guests(guests) { guest in
            touched.first { service in
                service.guests.contains {
                    $0.device == report.device && ($0.id == guest.id || $0.id == guest.name)
                }
            }?.name
        }
        let state = Snapshot(at: guests.at, site: site, devices: devices, services: touched)
        for row in state.serviceRows(at: guests.at) {
            if let event = serviceStandings.judge(row, at: guests.at) { events.append(event) }
        }
        return events
    }
}
