// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Plain output of anycast, guests and services, each with its own last line.
///
/// ```
/// PREFIX           NAME   DEVICE   VERDICT    WANTED  IFACE  BEST PATH    EXPORTED  ANSWERS  REASON
/// 203.0.113.81/32  local  bkk06  X BLACKHOLE  yes     no     unreachable  2 peers   -        announced, not on …
/// ```
extension Table {
    /// `nocturne anycast --format plain`.
    public static func anycast(_ snapshot: Snapshot, now: UTC, unicode: Bool) -> String {
        let entries = AnycastEntry.entries(of: snapshot, at: now)
        if entries.isEmpty { return "No anycast prefix is in the inventory: write one down under anycast:\n" }
        return plain(AnycastEntry.columns, entries, now: now, unicode: unicode)
            + sums(entries.filter(\.row.isSubject).map(\.row.health), "prefixes on their nodes")
    }

    /// `nocturne guests --format plain`.
    public static func guests(_ snapshot: Snapshot, now: UTC, unicode: Bool) -> String {
        let entries = GuestEntry.entries(of: snapshot, at: now)
        var text = entries.isEmpty ? "" : plain(GuestEntry.columns, entries, now: now, unicode: unicode)
        text += sums(entries.map(\.health), "guests")
        for device in snapshot.devicesHidingGuests(at: now) {
            let why =
                device.isDark(at: now)
                ? device.reach.fault?.message ?? device.whyDark(at: now).reason
                : device.refused["guests"]?.message ?? "has not told its guests"
            text += "\(Marks(unicode: unicode)(.dark)) \(device.name): \(why)\n"
        }
        return text
    }

    /// `nocturne services --format plain`.
    public static func services(_ snapshot: Snapshot, now: UTC, unicode: Bool) -> String {
        let rows = snapshot.serviceRows(at: now)
        if rows.isEmpty { return "No service is in the inventory: write one down under services:\n" }
        return plain(ServiceRow.columns, rows, now: now, unicode: unicode) + sums(rows.map(\.health), "services")
    }

    /// `1 down, 0 degraded, 0 dark, 4 up of 5 services`.
    private static func sums(_ healths: [Health], _ what: String) -> String {
        Health.allCases.map { health in "\(healths.count { $0 == health }) \(health.rawValue)" }
            .joined(separator: ", ") + " of \(healths.count) \(what)\n"
    }
}
