// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport

/// What of anycast, services and guests belongs on the Overview.
///
/// ```
///  ✖ blackhole bkk06 any     203.0.113.81/32  announced, not on any interface    2m41s
///  ! degraded        service haproxy          2 of 3: bkk07/haproxy stopped
///  ✖ down      bkk08 guest   140 penumbra     stopped
/// ```
///
/// What is dark with its device is behind that device's line, and has none of its own.
extension OverviewItem {
    static func services(_ snapshot: Snapshot, at now: UTC) -> [OverviewItem] {
        let since = lastEvents(snapshot)
        func dark(_ device: DeviceName) -> Bool { snapshot[device]?.isDark(at: now) ?? false }
        var items: [OverviewItem] = []
        for row in snapshot.anycastRows(at: now)
        where row.isSubject && row.health != .up && !(row.health == .dark && dark(row.device)) {
            items.append(
                OverviewItem(
                    id: .anycast(row.device, prefix: row.prefix), health: row.health, place: row.device.rawValue,
                    kind: "any", name: row.prefix, detail: row.reason ?? row.verdict.rawValue,
                    word: row.verdict.rawValue, isUrgent: row.verdict == .blackhole, since: since[row.subject]))
        }
        for row in snapshot.serviceRows(at: now)
        where row.health != .up && !(row.health == .dark && row.members.contains { dark($0.ref.device) }) {
            items.append(
                OverviewItem(
                    id: row.id, health: row.health, place: "", kind: "service", name: row.service.name,
                    detail: row.ratio + (row.reason.map { ": \($0)" } ?? ""), since: since[row.subject]))
        }
        for row in snapshot.guestRows(at: now)
        where row.health != .up && !(row.health == .dark && dark(row.ref.device)) {
            let name = row.guest.name == row.guest.id ? row.guest.id : "\(row.guest.id) \(row.guest.name)"
            items.append(
                OverviewItem(
                    id: .guest(row.ref), health: row.health, place: row.ref.device.rawValue, kind: "guest", name: name,
                    detail: row.guest.state.rawValue + (row.guest.exitCode.map { ", exit \($0)" } ?? ""),
                    since: since[row.subject]))
        }
        return items
    }

    /// When each of these subjects last changed, as far as the events in hand reach.
    private static func lastEvents(_ snapshot: Snapshot) -> [Subject: UTC] {
        var last: [Subject: UTC] = [:]
        for event in snapshot.events where event.before != nil {
            switch event.subject.kind {
            case .anycast, .service, .guest: last[event.subject] = event.instant
            case .path, .device, .peer, .bfd, .ospf, .change, .note: break
            }
        }
        return last
    }
}
