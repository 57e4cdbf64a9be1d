// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport

/// Which rows of a list are shown: words and fields, all of which must hold.
///
/// ```
/// hgc established        both words somewhere in the row, in any case
/// /^iptx-.*-25           the rest of the line is a pattern as in grep -E;  /!re  what does not match it
/// state:active as:9304   a field;  name: addr: group: family: device:  with * for anything
/// age:>10m age:<30s      how long in the present state
/// down up dark degraded  the row's health
/// ```
public struct Filter: Hashable, Sendable {
    /// As it was typed.
    public let text: String
    /// What is wrong with it, in a sentence; nothing is hidden then.
    public let problem: String?
    private let terms: [Term]

    public init(_ text: String = "") {
        self.text = text
        var terms: [Term] = []
        var problem: String?
        var rest = Substring(text)
        while let start = rest.firstIndex(where: { !$0.isWhitespace }) {
            rest = rest[start...]
            // A pattern may hold blanks: it takes the rest of the line.
            let word = rest.first == "/" ? rest : rest.prefix { !$0.isWhitespace }
            rest = rest.dropFirst(word.count)
            switch Term.parse(word) {
            case .success(let term): if let term { terms.append(term) }
            case .failure(let failure): problem = problem ?? failure.sentence
            }
        }
        self.terms = problem == nil ? terms : []
        self.problem = problem
    }

    public var isEmpty: Bool { terms.isEmpty }
    /// Whether time alone may change what it matches.
    public var dependsOnTime: Bool { terms.contains { if case .age = $0.kind { true } else { false } } }

    public static func == (a: Filter, b: Filter) -> Bool { a.text == b.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// The names a field may have, for completion.
    public static let fields = ["state:", "as:", "age:", "device:", "name:", "addr:", "group:", "family:"]

    /// Whether all that this leaves is among what `other` leaves, so that only those need be asked.
    func narrows(_ other: Filter) -> Bool {
        guard other.problem == nil, problem == nil, terms.count >= other.terms.count else { return false }
        return zip(terms, other.terms).allSatisfy { $0.narrows($1) }
    }

    /// The test itself, made once for a pass over many rows.
    func matcher(at now: UTC) -> (Candidate) -> Bool {
        let compiled = terms.map { ($0, $0.pattern) }
        return { row in compiled.allSatisfy { $0.0.matches(row, pattern: $0.1, at: now) } }
    }

    public func select(_ entries: [PeerEntry], at now: UTC) -> [PeerEntry] {
        if isEmpty { return entries }
        let matches = matcher(at: now)
        return entries.filter { matches(Candidate($0)) }
    }

    public func select(_ entries: [DeviceEntry], at now: UTC) -> [DeviceEntry] {
        if isEmpty { return entries }
        let matches = matcher(at: now)
        return entries.filter { matches(Candidate($0)) }
    }
}

/// What a filter asks a row.
struct Candidate {
    var device: String
    var name: String
    var state: String
    var health: Health
    var group: String?
    var asn: ASN?
    var addresses: [String]
    var families: [String]
    var since: UTC?
    /// The whole row as one text in lower case: what words and patterns are looked for in.
    var line: String

    init(_ entry: PeerEntry) {
        let peer = entry.peer
        device = entry.device.rawValue
        name = peer.name
        state = peer.state.rawValue
        health = entry.health
        group = entry.group
        asn = peer.remoteAS
        addresses = [peer.remoteAddress, peer.localAddress].compactMap { $0 }
        families = peer.families
        since = entry.since
        line = Self.line(
            [device, name, asn.map { "AS\($0)" }, state, group] + addresses + families + [
                peer.description, peer.interface, peer.lastError, peer.detail.message,
                peer.bfd.map { "bfd \($0.rawValue)" },
            ])
    }

    init(_ entry: DeviceEntry) {
        let reach = entry.state.reach
        device = entry.state.name.rawValue
        name = device
        state = entry.health.rawValue
        health = entry.health
        group = entry.state.group
        addresses = [entry.state.address]
        families = []
        since = entry.state.seenAt
        line = Self.line(
            [device, state, group] + addresses + [
                entry.state.role, entry.state.model, reach.fault?.message, reach.fault?.code, reach.carrier, reach.path,
                entry.state.platform.rawValue,
            ])
    }

    init(_ entry: AnycastEntry) {
        let row = entry.row
        device = row.device.rawValue
        name = row.name
        state = row.verdict.rawValue
        health = row.health
        group = entry.group
        addresses = [row.prefix]
        families = [row.prefix.contains(":") ? "ipv6" : "ipv4"]
        line = Self.line(
            [device, row.prefix, name, state, group, row.reason, entry.sighting?.interface, entry.answeredBy]
                + (entry.sighting?.exportedTo ?? []))
    }

    init(_ entry: GuestEntry) {
        let guest = entry.guest
        device = entry.row.ref.device.rawValue
        name = guest.name
        state = guest.state.rawValue
        health = entry.health
        group = entry.group
        addresses = guest.addresses
        families = []
        line = Self.line(
            [device, guest.id, name, state, guest.kind.rawValue, group, guest.health] + addresses + entry.row.services)
    }

    init(_ row: ServiceRow) {
        device = ""
        name = row.service.name
        state = row.health.rawValue
        health = row.health
        addresses = row.members.flatMap { $0.guest?.addresses ?? [] }
        families = []
        line = Self.line([name, state, row.reason] + row.members.map { "\($0.ref) \($0.guest?.name ?? "")" })
    }

    private static func line(_ pieces: [String?]) -> String {
        var line = ""
        for piece in pieces {
            guard let piece, !piece.isEmpty else { continue }
            if !line.isEmpty { line += " " }
            line += piece
        }
        return line.lowercased()
    }
}
