// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One device in a list.
public final class DeviceEntry: Sendable {
    public let state: DeviceState
    public let health: Health
    /// How many of its sessions are up, of how many are known.
    public let sessionsUp: Int
    public let sessions: Int

    public init(_ state: DeviceState, at now: UTC) {
        self.state = state
        health = state.health(at: now)
        let peers = state.peers?.value ?? []
        sessions = peers.count
        sessionsUp = health == .dark ? 0 : peers.count { $0.health == .up }
    }

    /// Older than two polls: shown dim.
    public func isStale(at now: UTC) -> Bool {
        state.seenAt.map { (now - $0).milliseconds > 2 * state.pollMilliseconds } ?? true
    }
}

extension DeviceEntry {
    /// The rungs that stand, then the one that fails and why: `path ▸ ✖ tcp: no answer within 5 s`.
    public func ladder(_ marks: Marks) -> String {
        let reach = state.reach
        let all = Rung.allCases.map(\.rawValue)
        guard let fault = reach.fault else {
            let stand = all.prefix(reach.climbed.map { $0.index + 1 } ?? 0)
            if stand.count == all.count { return stand.joined(separator: " \(marks.step) ") }
            let next = stand.count < all.count ? "\(all[stand.count])\(marks.ellipsis)" : ""
            return (stand + [next]).joined(separator: " \(marks.step) ")
        }
        return (all.prefix(fault.rung.index) + ["\(marks(.down)) \(fault.rung.rawValue): \(fault.message)"])
            .joined(separator: " \(marks.step) ")
    }

    /// How far the device's clock is from ours; what is under a second is the answer's own travel.
    func clock(_ context: CellContext) -> String {
        guard let offset = state.clockOffsetMilliseconds else { return context.marks.missing }
        if abs(offset) < 1000 { return "<1s" }
        return (offset < 0 ? "-" : "+") + AgeText.exact(.milliseconds(abs(offset)))
    }

    /// Every device at `now`, in the order of the inventory.
    public static func entries(of snapshot: Snapshot, at now: UTC) -> [DeviceEntry] {
        snapshot.devices.map { DeviceEntry($0, at: now) }
    }

    private static func text(_ value: String?, _ context: CellContext) -> String { PeerEntry.text(value, context) }

    /// The columns of devices, in the order they stand.
    public static let columns: [Column<DeviceEntry>] = [
        Column(
            "device", "DEVICE", minimum: 6, maximum: 16, priority: 0, measure: { $0.state.name.rawValue.utf8.count },
            order: { row, _ in .text(row.state.name.rawValue) }, text: { row, _ in row.state.name.rawValue }),
        Column(
            "health", " ", minimum: 1, priority: 0, order: { row, _ in .number(row.health.rank) },
            text: { row, context in context.marks(row.health) }),
        Column(
            "state", "STATE", minimum: 8, priority: 0, order: { row, _ in .number(row.health.rank) },
            text: { row, _ in row.health.rawValue }),
        Column(
            "seen", "SEEN", minimum: 6, priority: 2,
            order: { row, now in row.state.seenAt.map { .number(Double((now - $0).milliseconds)) } ?? .missing },
            text: { row, context in
                guard let seen = row.state.seenAt else { return context.terse ? "never" : "never" }
                let age = context.terse ? AgeText.observed(context.now - seen) : AgeText.exact(context.now - seen)
                return row.health == .dark ? "~" + age : age
            }),
        Column(
            "ladder", "LADDER", minimum: 14, maximum: 64, priority: 0,
            measure: { $0.state.reach.fault.map { min(64, 48 + $0.message.count) } ?? 48 },
            order: { row, _ in .number((row.state.reach.climbed?.index).map { -$0 }) },
            text: { row, context in row.ladder(context.marks) }),
        Column(
            "sessions", "UP/ALL", minimum: 7, priority: 3, alignment: .right,
            order: { row, _ in .number(row.sessions) },
            text: { row, context in
                guard row.state.peers != nil else { return context.marks.missing }
                return row.health == .dark ? "?/\(row.sessions)" : "\(row.sessionsUp)/\(row.sessions)"
            }),
        Column(
            "carrier", "CARRIER", minimum: 7, priority: 6, order: { row, _ in .text(row.state.reach.carrier) },
            text: { row, context in text(row.state.reach.carrier, context) }),
        Column(
            "path", "PATH", minimum: 6, maximum: 12, priority: 9, measure: { $0.state.reach.path?.utf8.count ?? 0 },
            order: { row, _ in .text(row.state.reach.path) },
            text: { row, context in text(row.state.reach.path, context) }),
        Column(
            "clock", "CLOCK", minimum: 6, priority: 7, alignment: .right,
            order: { row, _ in row.state.clockOffsetMilliseconds.map { .number(Double($0)) } ?? .missing },
            text: { row, context in row.clock(context) }),
        Column(
            "version", "VERSION", minimum: 11, maximum: 24, priority: 8,
            measure: { ($0.state.status?.value.version?.utf8.count ?? 0) + 5 },
            order: { row, _ in .text(row.state.status?.value.version) },
            text: { row, context in
                text(
                    row.state.status.flatMap { s in s.value.version.map { "\(s.value.platform.rawValue) \($0)" } },
                    context)
            }),
        Column(
            "sweep", "SWEEP", minimum: 6, priority: 4, alignment: .right,
            order: { row, _ in row.state.sweepMilliseconds.map { .number($0) } ?? .missing },
            text: { row, context in row.state.sweepMilliseconds.map(AgeText.milliseconds) ?? context.marks.missing }),
        Column(
            "bytes", "BYTES", minimum: 6, priority: 5, alignment: .right,
            order: { row, _ in .number(row.state.sweepBytes) },
            text: { row, context in row.state.sweepBytes.map(AgeText.bytes) ?? context.marks.missing }),
        Column(
            "address", "ADDRESS", minimum: 15, maximum: 39, priority: 10, measure: { $0.state.address.utf8.count },
            order: { row, _ in .address(row.state.address) }, text: { row, context in text(row.state.address, context) }
        ),
        Column(
            "role", "ROLE", minimum: 12, maximum: 24, priority: 11, measure: { $0.state.role?.utf8.count ?? 0 },
            order: { row, _ in .text(row.state.role) }, text: { row, context in text(row.state.role, context) }),
    ]
}
