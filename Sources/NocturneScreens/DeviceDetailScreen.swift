// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTheme

/// One device: how it is reached, what it says of itself, its BFD and OSPF neighbours, and what was not understood.
///
/// ```
///  ? dark   path ▸ ✖ tcp: no answer within 5 s
///  to do    see whether 10.155.255.4 answers from the jump host: ssh ops@jump nc -vz 10.155.255.4 22
///  BFD      10.9.0.1   up   eth0   150ms
/// ```
enum DeviceDetailScreen {
    static func lines(_ name: DeviceName, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        guard let device = snapshot[name] else {
            return [StyledLine("\(name) is not in the inventory any more.", .warning)]
        }
        let entry = DeviceEntry(device, at: context.now)
        var lines = [
            StyledLine("\(context.marks(entry.health)) \(entry.health.rawValue)  ", Painter.role(entry.health))
                .then(entry.ladder(context.marks)), StyledLine(),
        ]
        lines += reach(device, context) + told(entry, context)
        lines += bfd(device) + ospf(device) + anycast(device, snapshot, context) + guests(device, snapshot, context)
        lines += trouble(device, context)
        let events = snapshot.events.filter { $0.subject.device == name }.suffix(20).reversed()
        if !events.isEmpty {
            lines += [StyledLine(), StyledLine("TRANSITIONS", .header)] + events.map { EventLine.line($0, context) }
        }
        return lines
    }

    private static func field(_ name: String, _ text: String?, _ role: Role = .text) -> [StyledLine] {
        guard let text, !text.isEmpty else { return [] }
        return [StyledLine(name.padding(to: 14), .label).then(text, role)]
    }

    private static func reach(_ device: DeviceState, _ context: DrawContext) -> [StyledLine] {
        let reach = device.reach
        var lines: [StyledLine] = []
        if let fault = reach.fault {
            lines +=
                field("what", fault.message, .dark) + field("where", fault.place) + field("to do", fault.hint, .warning)
            let attempts = "\(reach.attempts) attempt\(reach.attempts == 1 ? "" : "s") so far"
            if !fault.retries {
                lines += field("next", "waits for you: r tries again once it is put right; \(attempts)")
            } else if let retry = reach.retryAt {
                lines += field("next", "tries again at \(retry.clock)Z by itself, r tries now; \(attempts)")
            }
        }
        let carrier = [
            reach.carrier, reach.path.map { "by \($0)" }, reach.roundTripMilliseconds.map(AgeText.milliseconds),
        ]
        lines += field("carrier", carrier.compactMap { $0 }.joined(separator: "  "))
        lines += field("algorithms", reach.algorithms)
        return lines
    }

    private static func told(_ entry: DeviceEntry, _ context: DrawContext) -> [StyledLine] {
        let device = entry.state
        func value(_ key: String) -> String? {
            DeviceEntry.columns.first { $0.key == key }?.text(entry, context.cells)
        }
        var lines = field("address", device.address)
        lines += field("place", [device.group, device.role, device.model].compactMap { $0 }.joined(separator: ", "))
        if let status = device.status?.value {
            lines += field(
                "daemon", [status.platform.rawValue, status.version].compactMap { $0 }.joined(separator: " "))
            lines += field("router id", status.routerId)
            lines += field("hostname", status.hostname)
            lines += field(
                "reconfigured", status.lastReconfiguration.map { "\($0.date) \($0.clock), by its own clock" })
            lines += field(
                "undo pending", status.undoSeconds.map { "in \($0)s the daemon goes back to what was" }, .warning)
        }
        if device.clockOffsetMilliseconds != nil { lines += field("clock", (value("clock") ?? "") + " from ours") }
        if device.peers != nil { lines += field("sessions", (value("sessions") ?? "") + " up") }
        if let took = device.sweepMilliseconds {
            let bytes = device.sweepBytes.map { ", \(AgeText.bytes($0))" } ?? ""
            lines += field(
                "sweep",
                "\(AgeText.milliseconds(took))\(bytes), every \(AgeText.milliseconds(Double(device.pollMilliseconds)))")
        }
        lines += field("seen", device.seenAt.map { AgeText.observed(context.now - $0) + " ago" } ?? "never")
        return lines
    }

    private static func bfd(_ device: DeviceState) -> [StyledLine] {
        guard let sessions = device.bfd?.value else { return [] }
        var lines = [StyledLine(), StyledLine("BFD", .header)]
        if sessions.isEmpty { return lines + [StyledLine("it has no BFD session", .muted)] }
        for session in sessions.sorted(by: { NaturalOrder.precedes($0.peer, $1.peer) }) {
            let detect = session.detectMilliseconds.map { "detects in \($0)ms" }
            let words = [session.interface, detect].compactMap { $0 }.joined(separator: "  ")
            lines.append(
                StyledLine(session.peer.padding(to: 26))
                    .then(session.state.rawValue.padding(to: 10), session.state == .up ? .up : .down).then(words))
        }
        return lines
    }

    private static func ospf(_ device: DeviceState) -> [StyledLine] {
        guard let neighbors = device.ospf?.value else { return [] }
        var lines = [StyledLine(), StyledLine("OSPF", .header)]
        if neighbors.isEmpty { return lines + [StyledLine("it has no OSPF neighbour", .muted)] }
        for neighbor in neighbors.sorted(by: { NaturalOrder.precedes($0.neighborId, $1.neighborId) }) {
            // RFC 2328, section 10.1: neighbours that are not the designated router's rest at 2-Way.
            let well = neighbor.state == "full" || neighbor.state == "2way"
            let words = [neighbor.address, neighbor.interface, neighbor.instance].compactMap { $0 }
            lines.append(
                StyledLine(neighbor.neighborId.padding(to: 26))
                    .then(neighbor.state.padding(to: 10), well ? .up : .degraded).then(words.joined(separator: "  ")))
        }
        return lines
    }

    private static func anycast(_ device: DeviceState, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        let entries = AnycastEntry.entries(of: snapshot, at: context.now).filter {
            $0.row.device == device.name && $0.row.isSubject
        }
        if entries.isEmpty { return [] }
        return [StyledLine(), StyledLine("ANYCAST", .header)]
            + entries.map { entry in
                StyledLine("\(entry.row.prefix) \(entry.row.name)".padding(to: 26))
                    .then(
                        "\(context.marks(entry.row.health)) \(entry.row.verdict.rawValue)".padding(to: 13),
                        Painter.role(entry.row.health)
                    ).then(entry.row.reason ?? "")
            }
    }

    private static func guests(_ device: DeviceState, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        let entries = GuestEntry.entries(of: snapshot, at: context.now).filter { $0.row.ref.device == device.name }
        if entries.isEmpty { return [] }
        return [StyledLine(), StyledLine("GUESTS", .header)]
            + entries.map { entry in
                let name = entry.guest.name == entry.guest.id ? entry.guest.id : "\(entry.guest.id) \(entry.guest.name)"
                let words = [entry.guest.kind.rawValue, entry.uptime.map { "up \($0)" }] + entry.row.services
                return StyledLine(name.padding(to: 26))
                    .then(
                        "\(context.marks(entry.health)) \(entry.state)".padding(to: 13), Painter.role(entry.health)
                    ).then(words.compactMap { $0 }.joined(separator: "  "), .muted)
            }
    }

    /// What it would not answer, and what nobody understood: said, never dropped.
    private static func trouble(_ device: DeviceState, _ context: DrawContext) -> [StyledLine] {
        var lines: [StyledLine] = []
        if !device.refused.isEmpty { lines += [StyledLine(), StyledLine("NOT ANSWERED", .header)] }
        for (query, fault) in device.refused.sorted(by: { $0.key < $1.key }) {
            lines += field(query, fault.message, .warning) + field("", fault.hint)
        }
        if !device.unparsed.isEmpty { lines += [StyledLine(), StyledLine("NOT UNDERSTOOD", .header)] }
        for (query, unparsed) in device.unparsed.sorted(by: { $0.key < $1.key }) {
            for line in unparsed { lines += field("\(query):\(line.line)", line.text, .warning) }
        }
        return lines
    }
}
