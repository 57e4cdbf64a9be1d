// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport

/// Something that is not well, as one line of the Overview or of the wall.
public struct OverviewItem: Hashable, Sendable {
    public var id: RowID
    public var health: Health
    /// The device, or the place on the path that many devices share.
    public var place: String
    /// `peer`, `any`, `service`, `guest`, `device`, `path`.
    public var kind: String
    public var name: String
    public var detail: String
    /// What must stand even where the detail is cut.
    public var tail = ""
    /// The word for its state where it has one of its own, such as a verdict; the health's otherwise.
    var word: String?
    /// Comes before all others of its health: routing keeps sending traffic to a black hole, so every minute counts.
    var isUrgent = false
    /// What the reader can do, in a sentence.
    public var hint: String?
    public var since: UTC?

    /// `down`, `blackhole`, …
    public var state: String { word ?? health.rawValue }

    /// Everything that is not up, worst first; what is dark is grouped by its cause.
    static func items(
        _ snapshot: Snapshot, peers: [PeerEntry], devices: [DeviceEntry], at now: UTC
    ) -> [OverviewItem] {
        var items: [OverviewItem] = []
        for entry in peers where entry.health == .down || entry.health == .degraded {
            items.append(
                OverviewItem(
                    id: entry.id, health: entry.health, place: entry.device.rawValue, kind: "peer",
                    name: entry.peer.name, detail: detail(entry.peer), since: entry.since))
        }
        items += services(snapshot, at: now)
        for entry in devices where entry.health == .degraded {
            items.append(
                OverviewItem(
                    id: entry.id, health: .degraded, place: entry.state.name.rawValue, kind: "device", name: "",
                    detail: detail(entry.state)))
        }
        for cause in DarkCause.causes(of: snapshot, at: now) {
            let shared = cause.key.hasPrefix("path ")
            items.append(
                OverviewItem(
                    id: shared ? .cause(cause.key) : .device(cause.devices.first ?? ""), health: .dark,
                    place: cause.name, kind: shared ? "path" : "device", name: "",
                    detail: cause.reason, tail: behind(cause), hint: cause.hint))
        }
        // Within one health, what changed last comes first; what has no date keeps the order of the inventory.
        return items.enumerated().sorted { a, b in
            if a.element.health != b.element.health { return a.element.health < b.element.health }
            if a.element.isUrgent != b.element.isUrgent { return a.element.isUrgent }
            switch (a.element.since, b.element.since) {
            case (let x?, let y?) where x != y: return x > y
            case (_?, nil): return true
            case (nil, _?): return false
            default: return a.offset < b.offset
            }
        }.map(\.element)
    }

    /// `; 9 devices, 48 sessions`; short, because the reason stands before it. Nothing where nothing was ever seen.
    private static func behind(_ cause: DarkCause) -> String {
        let sessions = "\(cause.sessions) session\(cause.sessions == 1 ? "" : "s")"
        if cause.devices.count > 1 { return "; \(cause.devices.count) devices, \(sessions)" }
        return cause.sessions > 0 ? "; \(sessions) behind it" : ""
    }

    private static func detail(_ peer: Peer) -> String {
        let asn = peer.remoteAS.map { "AS\($0)  " } ?? ""
        let reason = peer.state == .established ? "established, but BFD is down" : peer.state.rawValue
        return asn + reason + (peer.state == .established ? "" : peer.reason.map { ": \($0)" } ?? "")
    }

    static func detail(_ device: DeviceState) -> String {
        let refused = device.refused.sorted { $0.key < $1.key }.map { "\($0.key) refused: \($0.value.message)" }
        let lines = device.unparsed.values.reduce(0) { $0 + $1.count }
        let unread = lines > 0 ? ["\(lines) line\(lines == 1 ? "" : "s") not understood"] : []
        return (refused + unread).joined(separator: "; ")
    }
}
