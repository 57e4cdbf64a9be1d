// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One session in a list: the peer, and what the list must know about the device it was seen on.
///
/// A class, because lists of ten thousand are sorted and filtered at every key, and moving references is cheap.
public final class PeerEntry: Sendable {
    public let device: DeviceName
    public let group: String?
    public let peer: Peer
    /// Dark with its device.
    public let health: Health
    public let observedAt: UTC
    /// The path it was seen by.
    public let path: String
    public let pollMilliseconds: Int64

    public init(device: DeviceState, peer: Peer, dark: Bool) {
        self.device = device.name
        group = device.group
        self.peer = peer
        health = dark ? .dark : peer.health
        observedAt = device.peers?.at ?? UTC(milliseconds: 0)
        path = device.peers?.path ?? ""
        pollMilliseconds = device.pollMilliseconds
    }

    /// Older than two polls: shown dim.
    public func isStale(at now: UTC) -> Bool { (now - observedAt).milliseconds > 2 * pollMilliseconds }

    /// When the present state was entered.
    public var since: UTC? { peer.since ?? peer.uptimeSeconds.map { observedAt - .seconds($0) } }
}

extension Peer {
    /// Why it is not up, or last was not: the daemon's last error, and what a person gave as reason (RFC 9003).
    public var reason: String? {
        let error = lastError.flatMap { $0.isEmpty ? nil : $0 }
        guard let message = detail.message, !message.isEmpty, error?.contains(message) != true else { return error }
        return [error, "\"\(message)\""].compactMap { $0 }.joined(separator: ": ")
    }
}

extension PeerEntry {
    /// The sessions of one device, by name.
    public static func entries(of device: DeviceState, dark: Bool) -> [PeerEntry] {
        (device.peers?.value ?? []).map { PeerEntry(device: device, peer: $0, dark: dark) }
            .sorted { NaturalOrder.precedes($0.peer.name, $1.peer.name) }
    }

    /// Every known session at `now`, in the order of the inventory.
    public static func entries(of snapshot: Snapshot, at now: UTC) -> [PeerEntry] {
        snapshot.devices.flatMap { entries(of: $0, dark: $0.isDark(at: now)) }
    }

    static func count(_ value: Int?, _ context: CellContext) -> String {
        value.map(String.init) ?? context.marks.missing
    }
    static func text(_ value: String?, _ context: CellContext) -> String {
        value.flatMap { $0.isEmpty ? nil : $0 } ?? context.marks.missing
    }

    /// The columns of sessions, in the order they stand.
    public static let columns: [Column<PeerEntry>] = [
        Column(
            "device", "DEVICE", minimum: 6, maximum: 16, priority: 0, measure: { $0.device.rawValue.utf8.count },
            order: { row, _ in .text(row.device.rawValue) }, text: { row, _ in row.device.rawValue }),
        Column(
            "health", " ", minimum: 1, priority: 0, order: { row, _ in .number(row.health.rank) },
            text: { row, context in context.marks(row.health) }),
        Column(
            "peer", "PEER", minimum: 10, maximum: 28, priority: 0, measure: { $0.peer.name.utf8.count },
            order: { row, _ in .text(row.peer.name) }, text: { row, _ in row.peer.name }),
        Column(
            "as", "AS", minimum: 6, maximum: 10, priority: 2, measure: { $0.peer.remoteAS.map(digits) ?? 0 },
            order: { row, _ in .number((row.peer.remoteAS?.rawValue).map(Int.init)) },
            text: { row, context in text(row.peer.remoteAS?.description, context) }),
        Column(
            // The last state known is history: it stands where there is room, behind the word.
            "state", "STATE", minimum: 12, maximum: 22, reserve: 12, priority: 0,
            measure: { row in row.health == .dark ? row.peer.state.rawValue.utf8.count + 11 : 0 },
            order: { row, _ in .text(row.health == .dark ? "dark" : row.peer.state.rawValue) },
            short: { row in row.health == .dark ? "dark" : nil },
            text: { row, _ in
                row.health == .dark ? "dark (was \(row.peer.state.rawValue))" : row.peer.state.rawValue
            }),
        Column(
            "since", "SINCE", minimum: 6, priority: 1,
            order: { row, now in
                if row.health == .dark { return .number(Double((now - row.observedAt).milliseconds)) }
                return row.since.map { .number(Double((now - $0).milliseconds)) } ?? .missing
            },
            text: { row, context in
                if row.health == .dark { return "~" + context.age(row.observedAt) }
                return row.since.map { context.age($0) } ?? context.marks.missing
            }),
        Column(
            "rx", "RX", minimum: 7, priority: 3, alignment: .right,
            order: { row, _ in .number(row.peer.prefixesReceived) },
            text: { row, context in count(row.peer.prefixesReceived, context) }),
        Column(
            "acc", "ACC", minimum: 7, priority: 4, alignment: .right,
            order: { row, _ in .number(row.peer.prefixesAccepted) },
            text: { row, context in count(row.peer.prefixesAccepted, context) }),
        Column(
            "tx", "TX", minimum: 6, priority: 5, alignment: .right, order: { row, _ in .number(row.peer.prefixesSent) },
            text: { row, context in count(row.peer.prefixesSent, context) }),
        Column(
            "bfd", "BFD", minimum: 4, maximum: 9, priority: 6, measure: { $0.peer.bfd?.rawValue.count ?? 0 },
            order: { row, _ in .text(row.peer.bfd?.rawValue) },
            text: { row, context in
                // History is marked as such in every word that could be read as state.
                text(row.peer.bfd.map { (row.health == .dark ? "~" : "") + $0.rawValue }, context)
            }),
        Column(
            "remote", "REMOTE", minimum: 15, maximum: 39, priority: 8,
            measure: { $0.peer.remoteAddress?.utf8.count ?? $0.peer.interface?.utf8.count ?? 0 },
            order: { row, _ in .address(row.peer.remoteAddress ?? row.peer.interface) },
            text: { row, context in text(row.peer.remoteAddress ?? row.peer.interface, context) }),
        Column(
            "flaps", "FLAPS", minimum: 5, priority: 9, alignment: .right, order: { row, _ in .number(row.peer.flaps) },
            text: { row, context in count(row.peer.flaps, context) }),
        Column(
            "families", "FAMILIES", minimum: 9, maximum: 24, priority: 10,
            measure: { $0.peer.families.reduce(0) { $0 + $1.utf8.count + 1 } },
            order: { row, _ in .text(row.peer.families.joined(separator: " ")) },
            text: { row, context in text(row.peer.families.joined(separator: " "), context) }),
        Column(
            "error", "LAST ERROR", minimum: 16, maximum: 48, priority: 7,
            measure: { ($0.peer.lastError?.utf8.count ?? 0) + ($0.peer.detail.message.map { $0.utf8.count + 4 } ?? 0) },
            order: { row, _ in .text(row.peer.reason) }, text: { row, context in text(row.peer.reason, context) }),
        Column(
            "description", "DESCRIPTION", minimum: 16, maximum: 48, priority: 11,
            measure: { $0.peer.description?.utf8.count ?? 0 }, order: { row, _ in .text(row.peer.description) },
            text: { row, context in text(row.peer.description, context) }),
    ]

    private static func digits(_ asn: ASN) -> Int { asn.description.utf8.count }
}
