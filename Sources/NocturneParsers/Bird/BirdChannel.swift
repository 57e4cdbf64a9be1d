// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One `Channel` of a BGP protocol: filters, limits, counts (nest/proto.c, `channel_show_info`).
///
/// 1.x prints the same lines without the heading, for the one table it has.
struct BirdChannelReader {
    private(set) var value: PeerDetail.Channel
    /// Which limit an `Action` line belongs to.
    private var limit: Substring?

    init(family: String) { value = PeerDetail.Channel(family: family) }

    /// Whether the line is known; what is known and not shown is claimed too.
    mutating func consume(_ line: Substring) -> Bool {
        guard let (key, text) = line.keyAndValue else { return line.trimmed.hasPrefix("Pending ") }
        switch key {
        case "State": value.state = String(text)
        case "Table": value.table = String(text)
        case "Preference": value.preference = Int(text)
        case "Input filter", "Import filter": value.importFilter = String(text)
        case "Output filter", "Export filter": value.exportFilter = String(text)
        case "Import limit":
            value.importLimit = text.leadingInt
            limit = key
        case "Receive limit", "Export limit": limit = key
        case "Action": if limit == "Import limit" { value.importLimitAction = String(text) }
        case "Routes": count(text)
        case "BGP Next hop": value.nextHop = String(text)
        default: return Self.unused.contains(key)
        }
        return true
    }

    private static let unused: Set<Substring> = [
        "Import state", "Export state", "AltExp state", "Peer table", "GR recovery", "Route change stats",
        "Import updates", "Import withdraws", "Export updates", "Export withdraws", "IGP IPv4 table",
        "IGP IPv6 table", "Base table", "Neighbor GR", "LL stale timer", "Stale timer",
    ]

    /// `4 imported, 0 filtered, 6 exported, 3 preferred`; `filtered` only with `import keep filtered`.
    private mutating func count(_ text: Substring) {
        for part in text.split(separator: ",") {
            let words = part.fields
            guard words.count == 2, let number = Int(words[0]) else { continue }
            switch words[1] {
            case "imported": value.imported = number
            case "filtered": value.filtered = number
            case "exported": value.exported = number
            case "preferred": value.preferred = number
            default: continue
            }
        }
    }

    /// Lines that can only stand at the end of a block: where a saved text lost its last blank line.
    static func isLastOfBlock(_ line: Substring) -> Bool {
        guard let key = line.keyAndValue?.key else { return line.trimmed.hasPrefix("Pending ") }
        return key == "IGP IPv4 table" || key == "IGP IPv6 table" || key == "Base table"
    }
}
