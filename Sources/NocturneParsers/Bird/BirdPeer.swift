// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One BGP protocol of `show protocols all` → ``Peer`` (proto/bgp/bgp.c and nest/proto.c of 1.6 to 3.3).
///
/// ```
/// indent 2    Description, Message, VRF, BGP state, Channel NAME; in 1.x also filters, limits and routes
/// indent 4    Neighbor …, Local AS, Session, timers, Last error; inside a channel: State, Table, filters, Routes
/// indent 6+   capabilities; `Action` of a limit; statistics
/// ```
///
/// Translation of states: `Passive` → active, `Start`, `Close`, `Flush` → idle, a protocol that is `down` → disabled.
/// One that BIRD took down by itself (`Automatic shutdown: Route limit exceeded`) was not meant to be: it is idle with
/// that error, as FRR's `Idle (PfxCt)` is. A protocol with a `Neighbor range` is not a session but what accepts them;
/// the sessions it accepts have protocols of their own, so it gives no row.
struct BirdPeerReader {
    private enum Part { case protocolPart, localCapabilities, neighborCapabilities, channel }

    private let row: BirdProtocolRow
    private var part = Part.protocolPart
    private var built: Peer
    private var stateWord: String?
    private var lastError: String?
    private var establishedTransitions: Int?
    private var isRange = false
    private var channels: [BirdChannelReader] = []
    /// 1.x has no channels: one table, and its counts stand in the protocol itself.
    private var single: BirdChannelReader?

    init(_ row: BirdProtocolRow) {
        self.row = row
        built = Peer(platform: .bird, name: row.name, state: .unknown, since: BirdTime.instant(row.since))
    }

    static let states: [Substring: PeerState] = [
        "Idle": .idle, "Connect": .connect, "Active": .active, "Passive": .active, "OpenSent": .opensent,
        "OpenConfirm": .openconfirm, "Established": .established, "Close": .idle, "Start": .idle, "Flush": .idle,
        "Down": .disabled,
    ]

    /// Whether the line is known; what is known and not shown is claimed too.
    mutating func consume(_ line: Substring) -> Bool {
        let indent = line.indent
        if indent >= 6, part == .localCapabilities || part == .neighborCapabilities {
            return capability(line.trimmed, nested: indent >= 8)
        }
        if part != .channel, indent >= 4, line.trimmed == "Local capabilities" {
            part = .localCapabilities
            return true
        }
        if part != .channel, indent >= 4, line.trimmed == "Neighbor capabilities" {
            part = .neighborCapabilities
            return true
        }
        if indent == 2, let name = line.dropFirst(2).after("Channel ") {
            channels.append(BirdChannelReader(family: String(name.trimmed)))
            part = .channel
            return true
        }
        if part != .channel { part = .protocolPart }
        if part == .channel, indent >= 4, let last = channels.indices.last { return channels[last].consume(line) }
        guard let (key, value) = line.keyAndValue else { return Self.wordless.contains(line.trimmed) }
        if session(key, value) { return true }
        var old = single ?? BirdChannelReader(family: "")
        guard old.consume(line) else { return false }
        single = old
        return true
    }

    private mutating func session(_ key: Substring, _ value: Substring) -> Bool {
        switch key {
        case "Description": built.description = String(value)
        case "Message": built.detail.message = String(value)
        case "VRF": built.vrf = String(value)
        case "BGP state":
            stateWord = String(value)
            return Self.states[value] != nil
        case "Neighbor address": address(value)
        case "Neighbor range": isRange = true
        case "Neighbor AS": built.remoteAS = Self.asn(value)
        case "Local AS": built.localAS = Self.asn(value)
        case "Neighbor ID": built.detail.neighborId = String(value)
        case "Neighbor caps": built.detail.neighborCapabilities = value.fields.map(String.init)
        case "Session": built.detail.session = String(value)
        case "Source address": built.localAddress = String(value)
        case "Hold timer": built.detail.holdSeconds = Self.configured(value)
        case "Keepalive timer": built.detail.keepaliveSeconds = Self.configured(value)
        case "Last error": lastError = String(value)
        case "FSM established transitions": establishedTransitions = value.leadingInt
        default: return Self.unused.contains(key)
        }
        return true
    }

    private static let unused: Set<Substring> = [
        "Router ID", "Created", "Last autorestart", "Neighbor port", "Error wait", "Connect delay", "Start delay",
        "Restart timer", "Restart time", "LL stale timer", "Stale timer", "Send hold timer", "TX pending",
        "Route limit", "GR recovery", "Rcvd messages", "Sent messages", "Last rcvd update elapsed time", "TCP-AO",
        "Current key", "RNext key", "Good packets", "Bad packets",
    ]
    private static let wordless: Set<Substring> = ["Neighbor graceful restart active"]

    private mutating func address(_ value: Substring) {
        // `onlink` is a flag behind the address; a zone names the interface (RFC 4007, section 11).
        guard let word = value.fields.first else { return }
        built.remoteAddress = String(word)
        if let percent = word.firstIndex(of: "%") { built.interface = String(word[word.index(after: percent)...]) }
    }

    /// AS 0 stands for "any" before a session is up and is no autonomous system (RFC 7607).
    private static func asn(_ value: Substring) -> ASN? {
        guard let number = UInt32(value), number != 0 else { return nil }
        return ASN(rawValue: number)
    }

    /// `147.392/180` → 180: what was agreed, not what is left of it.
    private static func configured(_ value: Substring) -> Int? {
        guard let slash = value.lastIndex(of: "/") else { return nil }
        return Int(value[value.index(after: slash)...])
    }

    private mutating func capability(_ text: Substring, nested: Bool) -> Bool {
        let isLocal = part == .localCapabilities
        var list = isLocal ? built.detail.localCapabilities : built.detail.neighborCapabilities
        if nested, let last = list.indices.last {
            // `AF preserved:` with nothing behind it tells nothing.
            if text.utf8.last != 0x3A { list[last] += (list[last].contains(" — ") ? ", " : " — ") + text }
        } else {
            list.append(String(text))
        }
        if isLocal { built.detail.localCapabilities = list } else { built.detail.neighborCapabilities = list }
        return true
    }
}

// MARK: - The row

extension BirdPeerReader {
    /// The session; nil for a protocol that only accepts sessions.
    var peer: Peer? {
        if isRange { return nil }
        var peer = built
        let words = row.info.fields
        let word = stateWord ?? (row.state == "down" ? "Down" : words.first.map(String.init))
        peer.detail.stateWord = word
        peer.lastError = lastError ?? infoError
        peer.state = word.flatMap { Self.states[Substring($0)] } ?? .unknown
        if row.state == "down" {
            let automatic = peer.lastError?.hasPrefix("Automatic shutdown") == true
            peer.state = automatic ? .idle : .disabled
        }
        peer.disabled = peer.state == .disabled
        peer.detail.channels = channels.map(\.value)
        if channels.isEmpty, var channel = single?.value, let address = peer.remoteAddress {
            // A 1.x daemon carries one IP version, that of its neighbours.
            channel.family = address.contains(":") ? "ipv6" : "ipv4"
            channel.table = channel.table ?? row.table
            peer.detail.channels = [channel]
        }
        count(&peer)
        return peer
    }

    /// The heading line and its number.
    var line: Int { row.line }
    var heading: String { String(row.text) }

    /// Only the `Info` column tells the state, and it is a word nobody knows.
    var hasUnknownInfo: Bool { !isRange && stateWord == nil && peer?.state == .unknown }

    /// What stands behind the state word in the `Info` column.
    private var infoError: String? {
        let rest =
            row.state == "down" ? row.info : row.info.fields.first.map { row.info[$0.endIndex...].trimmed } ?? ""
        return rest.isEmpty ? nil : String(rest)
    }

    private func count(_ peer: inout Peer) {
        let channels = peer.detail.channels
        peer.families = channels.map(\.family)
        let told = channels.filter { $0.imported != nil }
        if !told.isEmpty {
            peer.prefixesAccepted = told.reduce(0) { $0 + ($1.imported ?? 0) }
            peer.prefixesSent = told.reduce(0) { $0 + ($1.exported ?? 0) }
            if told.allSatisfy({ $0.filtered != nil }) {
                peer.prefixesReceived = told.reduce(0) { $0 + ($1.imported ?? 0) + ($1.filtered ?? 0) }
            }
        }
        if let transitions = establishedTransitions {
            peer.flaps = max(0, transitions - (peer.state == .established ? 1 : 0))
        }
    }
}
