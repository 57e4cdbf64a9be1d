// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTheme

/// One session: its state and why, both ends when both are ours, what it carries, what it went through.
///
/// ```
///  ✖ bkk00 iptx-hk-2519   active since 02:11:26Z (2m41s)
///  last error   hold timer expired
///  THIS END     bkk00  10.9.0.2  AS142108
///  FAR END      hgc    10.9.0.1  AS9304   (not ours)
///  FAMILIES     ipv4   up   table master4   import filter in_hgc …
///  TRANSITIONS  02:11:26Z ✖ established → active: hold timer expired
/// ```
enum PeerDetailScreen {
    static func lines(_ id: PeerID, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        let every = context.lists.everyPeer(snapshot, at: context.now)
        guard let entry = every.first(where: { $0.id == .peer(id) }) else {
            return [
                StyledLine("\(id.device) has no session \(id.key.name) any more.", .warning),
                StyledLine("It was there when this page was opened; its transitions:", .muted),
            ] + transitions(id, snapshot, context)
        }
        var lines = head(entry, snapshot, context)
        lines += ends(entry, every, context)
        lines += channels(entry.peer, context)
        lines += capabilities(entry.peer)
        lines += [StyledLine(), StyledLine("TRANSITIONS", .header)] + transitions(id, snapshot, context)
        return lines
    }

    private static func field(_ name: String, _ text: String?, _ role: Role = .text) -> [StyledLine] {
        guard let text, !text.isEmpty else { return [] }
        return [StyledLine(name.padding(to: 14), .label).then(text, role)]
    }

    private static func head(_ entry: PeerEntry, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        let peer = entry.peer
        let role = Painter.role(entry.health)
        let word = entry.health == .dark ? "dark (was \(peer.state.rawValue))" : peer.state.rawValue
        let since = entry.since.map { " since \($0.date) \($0.clock)Z (\(AgeText.coarse(context.now - $0)))" } ?? ""
        var lines = [
            StyledLine("\(context.marks(entry.health)) \(word)", role).then(entry.health == .dark ? "" : since),
            StyledLine(),
        ]
        if entry.health == .dark, let fault = snapshot[entry.device]?.reach.fault {
            lines += field("not seen", fault.message, .dark) + field("to do", fault.hint)
        }
        let loud: Role = peer.state == .established ? .text : .warning
        lines += field("last error", peer.lastError, loud)
        lines += field("reason given", peer.detail.message.flatMap { $0.isEmpty ? nil : "\"\($0)\"" }, loud)
        if let told = peer.detail.stateWord, told.lowercased() != peer.state.rawValue {
            lines += field("device says", told)
        }
        lines += field("description", peer.description)
        lines += field("bfd", peer.bfd?.rawValue, peer.bfd == .down ? .bad : .text)
        lines += field("flaps", peer.flaps.map(String.init))
        let counts = [
            ("received", peer.prefixesReceived), ("accepted", peer.prefixesAccepted), ("sent", peer.prefixesSent),
        ]
        lines += field(
            "prefixes", counts.compactMap { name, count in count.map { "\($0) \(name)" } }.joined(separator: ", "))
        lines += field("session", peer.detail.session)
        let timers = [
            peer.detail.holdSeconds.map { "hold \($0)s" }, peer.detail.keepaliveSeconds.map { "keepalive \($0)s" },
        ]
        lines += field("timers", timers.compactMap { $0 }.joined(separator: ", "))
        lines += field("vrf", peer.vrf == "default" ? nil : peer.vrf)
        lines += field(
            "seen",
            "\(AgeText.observed(context.now - entry.observedAt)) ago by \(entry.path), from \(peer.platform.rawValue)")
        return lines
    }

    /// Both ends of a session between two of our devices; they are told apart by each other's addresses.
    private static func ends(_ entry: PeerEntry, _ every: [PeerEntry], _ context: DrawContext) -> [StyledLine] {
        let peer = entry.peer
        func end(_ address: String?, _ asn: ASN?) -> String {
            [address, asn.map { "AS\($0)" }].compactMap { $0 }.joined(separator: "  ")
        }
        var lines = [StyledLine()]
        lines += field("this end", "\(entry.device.rawValue.padding(to: 8))\(end(peer.localAddress, peer.localAS))")
        if let far = farEnd(of: entry, among: every) {
            let word = far.health == .dark ? "dark (was \(far.peer.state.rawValue))" : far.peer.state.rawValue
            let counts = far.peer.prefixesReceived.map { "  \($0) received" } ?? ""
            lines += [
                StyledLine("far end".padding(to: 14), .label)
                    .then(
                        "\(far.device.rawValue.padding(to: 8))\(end(peer.remoteAddress ?? peer.interface, peer.remoteAS))"
                    )
                    .then("  \(far.peer.name) \(context.marks(far.health)) \(word)\(counts)", Painter.role(far.health))
            ]
            if far.health != .dark, entry.health != .dark, far.peer.state != peer.state {
                lines += [StyledLine("the two ends tell different states: one of them is behind", .warning)]
            }
            lines += field("its error", far.peer.reason, far.peer.state == .established ? .text : .warning)
        } else {
            lines += field("far end", "\(end(peer.remoteAddress ?? peer.interface, peer.remoteAS))  not one of ours")
            lines += field("router id", peer.detail.neighborId)
        }
        return lines
    }

    static func farEnd(of entry: PeerEntry, among every: [PeerEntry]) -> PeerEntry? {
        guard let mine = entry.peer.localAddress, let theirs = entry.peer.remoteAddress else { return nil }
        return every.first { other in
            other.device != entry.device && other.peer.localAddress == theirs && other.peer.remoteAddress == mine
                && (other.peer.remoteAS == nil || entry.peer.localAS == nil
                    || other.peer.remoteAS == entry.peer.localAS)
        }
    }

    private static func channels(_ peer: Peer, _ context: DrawContext) -> [StyledLine] {
        if peer.detail.channels.isEmpty {
            return peer.families.isEmpty ? [] : [StyledLine()] + field("families", peer.families.joined(separator: " "))
        }
        var lines = [StyledLine(), StyledLine("FAMILIES", .header)]
        for channel in peer.detail.channels {
            let counts = [
                ("imported", channel.imported), ("filtered", channel.filtered), ("exported", channel.exported),
                ("preferred", channel.preferred),
            ].compactMap { name, count in count.map { "\($0) \(name)" } }
            lines.append(
                StyledLine(channel.family.padding(to: 14), .label)
                    .then(
                        ([channel.state, channel.table.map { "table \($0)" }].compactMap { $0 } + counts).joined(
                            separator: "  ")))
            let limit = channel.importLimit.map { limit in
                "limit \(limit)" + (channel.importLimitAction.map { " then \($0)" } ?? "")
            }
            let policy = [
                channel.importFilter.map { "import \($0)" }, channel.exportFilter.map { "export \($0)" }, limit,
                channel.preference.map { "preference \($0)" }, channel.nextHop.map { "next hop \($0)" },
            ].compactMap { $0 }
            if !policy.isEmpty {
                lines.append(StyledLine("".padding(to: 14)).then(policy.joined(separator: "  "), .muted))
            }
        }
        return lines
    }

    private static func capabilities(_ peer: Peer) -> [StyledLine] {
        let (mine, theirs) = (peer.detail.localCapabilities, peer.detail.neighborCapabilities)
        if mine.isEmpty, theirs.isEmpty { return [] }
        var lines = [StyledLine(), StyledLine("CAPABILITIES", .header)]
        let everything = mine + theirs.filter { !mine.contains($0) }
        for capability in everything {
            let who =
                switch (mine.contains(capability), theirs.contains(capability)) {
                case (true, true): "both"
                case (true, false): "this end"
                default: "far end"
                }
            lines.append(StyledLine(who.padding(to: 14), .label).then(capability))
        }
        return lines
    }

    private static func transitions(_ id: PeerID, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        let events = snapshot.events.filter {
            $0.subject.kind == .peer && $0.subject.device == id.device && $0.subject.name == id.key.name
        }
        if events.isEmpty { return [StyledLine("none since observation began", .muted)] }
        return events.suffix(20).reversed().map { EventLine.line($0, context) }
    }
}
