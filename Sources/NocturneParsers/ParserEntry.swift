// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The one way from a device's text to values: drivers and `nocturne parse` both come in here.
///
/// ```
/// driver ────────┐
///                ├─▶ ParserEntry.parse(platform:query:text:) ─▶ rows + unparsed + truncated
/// nocturne parse ┘                                           └▶ cannotAnswer / notThisPlatform  (exit 65)
/// ```
///
/// Parsing is pure: no clock, no files, no network. What a value needs beside its own line, such as the daemon's
/// clock for an uptime, must stand in the same text; a driver therefore hands over the same concatenation of replies
/// that it keeps as the transcript, and parsing that transcript later gives the identical rows.
public enum ParserEntry {
    /// The platforms and queries there is a parser for.
    public static let supported: [Platform: [Query]] = [
        .bird: [.bgpPeers, .bfd, .ospf, .routes, .status], .lxc: [.guests], .linux: [.addresses],
    ]

    /// Reads what `platform` answered to `query`.
    public static func parse(platform: Platform, query: Query, text: ScrubbedText) -> ParseOutcome {
        switch platform {
        case .bird: BirdParser.parse(query, text)
        case .lxc where query == .guests: LXCParser.parse(text)
        case .linux where query == .addresses: AddressParser.parse(text)
        default:
            .notThisPlatform(reason: "no parser for \(query.rawValue) of platform \(platform.rawValue)")
        }
    }
}

/// A question that can be asked of a device, by the name `nocturne parse --query` takes.
public enum Query: String, Hashable, Sendable, CaseIterable {
    case bgpPeers = "bgp-peers"
    case bfd, ospf, routes, status, guests, addresses
}

/// What became of a text.
public enum ParseOutcome: Hashable, Sendable {
    case parsed(Parsed)
    /// The platform is right, but it could not or would not answer: daemon not running, permission, unknown command.
    case cannotAnswer(reason: String)
    /// Nothing in the text is this platform's.
    case notThisPlatform(reason: String)
}

/// Rows and everything that did not become one.
public struct Parsed: Hashable, Sendable {
    public var rows: Rows
    public var unparsed: [Unparsed]
    /// The text ends before the answer does.
    public var truncated: Bool

    public init(rows: Rows, unparsed: [Unparsed] = [], truncated: Bool = false) {
        self.rows = rows
        self.unparsed = unparsed
        self.truncated = truncated
    }
}

/// The rows of one query; "nothing there" is an empty array.
public enum Rows: Hashable, Sendable {
    case peers([Peer])
    case bfd([BFDSession])
    case ospf([OSPFNeighbor])
    case routes([Route])
    case status([DaemonStatus])
    case guests([Guest])
    case addresses([InterfaceAddress])

    public var count: Int {
        switch self {
        case .peers(let rows): rows.count
        case .bfd(let rows): rows.count
        case .ospf(let rows): rows.count
        case .routes(let rows): rows.count
        case .status(let rows): rows.count
        case .guests(let rows): rows.count
        case .addresses(let rows): rows.count
        }
    }
}
