// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One guest in a list.
public final class GuestEntry: Sendable {
    public let row: GuestRow
    public let group: String?
    public let pollMilliseconds: Int64

    public init(_ row: GuestRow, device: DeviceState?) {
        self.row = row
        group = device?.group
        pollMilliseconds = device?.pollMilliseconds ?? 2000
    }

    public var guest: Guest { row.guest }
    public var health: Health { row.health }

    /// Every known guest, in the order of the inventory.
    public static func entries(of snapshot: Snapshot, at now: UTC) -> [GuestEntry] {
        snapshot.guestRows(at: now).map { GuestEntry($0, device: snapshot[$0.ref.device]) }
    }

    /// Older than two polls: shown dim.
    public func isStale(at now: UTC) -> Bool { (now - row.observedAt).milliseconds > 2 * pollMilliseconds }

    /// `stopped`, with what it ended with; `dark (was running)`.
    public var state: String {
        if health == .dark, guest.state != .unknown { return "dark (was \(guest.state.rawValue))" }
        return guest.state.rawValue + (guest.exitCode.map { " (\($0))" } ?? "")
    }

    public var uptime: String? {
        guest.uptimeSeconds.map { (health == .dark ? "~" : "") + AgeText.coarse(.seconds($0)) }
    }

    /// The columns of guests, in the order they stand.
    public static let columns: [Column<GuestEntry>] = [
        Column(
            "device", "DEVICE", minimum: 6, maximum: 16, priority: 0,
            measure: { $0.row.ref.device.rawValue.utf8.count },
            order: { entry, _ in .text(entry.row.ref.device.rawValue) },
            text: { entry, _ in entry.row.ref.device.rawValue }),
        Column(
            "health", " ", minimum: 1, priority: 0, order: { entry, _ in .number(entry.health.rank) },
            text: { entry, context in context.marks(entry.health) }),
        Column(
            "id", "ID", minimum: 4, maximum: 20, priority: 0, measure: { $0.guest.id.utf8.count },
            order: { entry, _ in .text(entry.guest.id) }, text: { entry, _ in entry.guest.id }),
        Column(
            "name", "NAME", minimum: 8, maximum: 24, priority: 0, measure: { $0.guest.name.utf8.count },
            order: { entry, _ in .text(entry.guest.name) },
            text: { entry, context in PeerEntry.text(entry.guest.name, context) }),
        Column(
            "kind", "KIND", minimum: 6, priority: 2, order: { entry, _ in .text(entry.guest.kind.rawValue) },
            text: { entry, _ in entry.guest.kind.rawValue }),
        Column(
            "state", "STATE", minimum: 9, maximum: 20, reserve: 12, priority: 0, measure: { $0.state.utf8.count },
            order: { entry, _ in .text(entry.health == .dark ? "dark" : entry.guest.state.rawValue) },
            short: { entry in entry.health == .dark ? "dark" : nil }, text: { entry, _ in entry.state }),
        Column(
            "uptime", "UPTIME", minimum: 6, priority: 1, order: { entry, _ in .number(entry.guest.uptimeSeconds) },
            text: { entry, context in entry.uptime ?? context.marks.missing }),
        Column(
            "autostart", "AUTO", minimum: 4, priority: 3,
            order: { entry, _ in .number(entry.guest.autostart.map { $0 ? 0 : 1 }) },
            text: { entry, context in entry.guest.autostart.map { $0 ? "yes" : "no" } ?? context.marks.missing }),
        Column(
            "addresses", "ADDRESSES", minimum: 15, maximum: 46, priority: 4,
            measure: { $0.guest.addresses.reduce(0) { $0 + $1.utf8.count + 1 } },
            order: { entry, _ in .address(entry.guest.addresses.first) },
            text: { entry, context in PeerEntry.text(entry.guest.addresses.joined(separator: " "), context) }),
        Column(
            "services", "SERVICES", minimum: 8, maximum: 24, priority: 5,
            measure: { $0.row.services.reduce(0) { $0 + $1.utf8.count + 1 } },
            order: { entry, _ in .text(entry.row.services.joined(separator: " ")) },
            text: { entry, context in PeerEntry.text(entry.row.services.joined(separator: " "), context) }),
        Column(
            "check", "HEALTH", minimum: 7, maximum: 10, priority: 6, order: { entry, _ in .text(entry.guest.health) },
            text: { entry, context in PeerEntry.text(entry.guest.health, context) }),
        Column(
            "seen", "SEEN", minimum: 6, priority: 7,
            order: { entry, now in .number(Double((now - entry.row.observedAt).milliseconds)) },
            text: { entry, context in
                let past = context.now - entry.row.observedAt
                let age = context.terse ? AgeText.observed(past) : AgeText.exact(past)
                return entry.health == .dark ? "~" + age : age
            }),
    ]
}
