// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// `show protocols [all]`: one heading line per protocol and, with `all`, an indented block that a blank line ends.
///
/// ```
/// Name       Proto      Table      State  Since         Info
/// hgc        BGP        ---        up     2026-11-21 01:50:23  Established
///   Description:    …                                          (nest/proto.c, codes 2002, 1002, 1006)
/// ```
///
/// Columns grow with long names, and `Since` may hold blanks (`timeformat protocol`), but two blanks always stand
/// before `Info`. Protocols other than BGP are claimed and left alone.
struct BirdProtocolsReader {
    private(set) var seen = false
    private(set) var unparsed: [Unparsed] = []
    private var found: [BirdPeerReader] = []
    private var current: BirdPeerReader?
    /// Inside the block of a protocol that is not BGP.
    private var inOther = false
    private var detailed = false
    /// The last block was ended by its blank line.
    private var blockEnded = false
    private var lastLine: Substring = ""

    static func isHeading(_ line: Substring) -> Bool {
        guard let first = line.utf8.first, first == 0x4E || first == 0x6E else { return false }  // N, n
        let fields = line.fields
        return fields.count == 6 && fields[0].lowercased() == "name" && fields[1].lowercased() == "proto"
            && fields[4].lowercased() == "since"
    }

    /// The heading was there: an answer, even when no protocol follows.
    mutating func begin() { seen = true }

    mutating func consume(_ line: BirdTranscript.Line) -> Bool {
        seen = true
        lastLine = line.text
        blockEnded = false
        if line.text.indent >= 2 {
            detailed = true
            if inOther { return true }
            guard var peer = current else { return false }
            let claimed = peer.consume(line.text)
            current = peer
            return claimed
        }
        finishPeer()
        inOther = false
        guard let row = BirdProtocolRow(line) else { return false }
        inOther = row.proto != "BGP"
        if !inOther { current = BirdPeerReader(row) }
        return true
    }

    /// A blank line ends a block.
    mutating func endBlock() {
        if seen {
            detailed = true
            blockEnded = true
        }
        finishPeer()
        inOther = false
    }

    /// Closes the block that is open.
    mutating func finishPeer() {
        guard let peer = current else { return }
        current = nil
        found.append(peer)
        if peer.hasUnknownInfo { unparsed.append(Unparsed(line: peer.line, text: peer.heading)) }
    }

    /// The sessions, with what only other replies of the same text tell.
    func peers(now: UTC?, bfd: [BFDSession]) -> [Peer] {
        let sessions = Dictionary(grouping: bfd) { $0.peer }
        return found.compactMap { reader in
            guard var peer = reader.peer else { return nil }
            if peer.state == .established {
                peer.uptimeSeconds = BirdTime.seconds(since: peer.since, now: now)
            }
            if let address = peer.remoteAddress {
                let plain = address.prefix { $0 != "%" }
                peer.bfd =
                    sessions[String(plain)]?.first { session in
                        guard let wanted = peer.interface, let told = session.interface else { return true }
                        return wanted == told
                    }?.state
            }
            return peer
        }
    }

    /// A table ends with any whole line; a block with a blank one. A blank may have been trimmed off the end of a
    /// saved text, so a line that is the last of its kind is enough.
    func isCut(endsMidLine: Bool) -> Bool {
        guard seen else { return true }
        if blockEnded { return false }
        if detailed { return endsMidLine || !BirdChannelReader.isLastOfBlock(lastLine) }
        guard endsMidLine else { return false }
        guard let row = BirdProtocolRow(text: lastLine) else { return true }
        return !row.looksWhole
    }
}

/// The heading line of one protocol.
struct BirdProtocolRow {
    var line: Int
    var text: Substring
    var name: String
    var proto: String
    var table: String
    var state: String
    var since: Substring
    var info: Substring

    init?(_ line: BirdTranscript.Line) {
        self.init(text: line.text, number: line.number)
    }

    init?(text: Substring, number: Int = 0) {
        var rest = text
        var words: [Substring] = []
        while words.count < 4 {
            rest = rest.trimmedFront
            let word = Substring(rest.utf8.prefix { $0 != 0x20 && $0 != 0x09 })
            guard !word.isEmpty else { return nil }
            words.append(word)
            rest = rest[word.endIndex...]
        }
        guard Self.states.contains(words[3]) else { return nil }
        rest = rest.trimmedFront
        guard !rest.isEmpty else { return nil }
        line = number
        self.text = text
        name = String(words[0])
        proto = String(words[1])
        table = String(words[2])
        state = String(words[3])
        let gap = Self.doubleBlank(rest)
        since = rest[..<gap].trimmed
        info = rest[gap...].trimmed
    }

    // nest/proto.c `proto_state_name`: 2.0 to 3.3, and of 1.6 also "feed" and "wait".
    private static let states: Set<Substring> = ["down", "start", "up", "stop", "flush", "feed", "wait"]

    private static func doubleBlank(_ text: Substring) -> Substring.Index {
        var index = text.startIndex
        while index < text.endIndex {
            let next = text.utf8.index(after: index)
            if text.utf8[index] == 0x20, next == text.endIndex || text.utf8[next] == 0x20 { return index }
            index = next
        }
        return text.endIndex
    }

    /// Whether the row can be believed when its newline is missing.
    var looksWhole: Bool {
        // A bare time, a bare date, or both; with or without thousandths.
        let time =
            switch since.utf8.count {
            case 8, 12: since.utf8.dropFirst(2).first == 0x3A
            case 10, 19, 23: since.utf8.dropFirst(4).first == 0x2D
            default: false
            }
        guard proto == "BGP", state != "down" else { return time }
        return info.fields.first.map { BirdPeerReader.states[$0] != nil } ?? false
    }
}

extension Substring {
    /// Without spaces and tabs at the front.
    fileprivate var trimmedFront: Substring { Substring(utf8.drop { $0 == 0x20 || $0 == 0x09 }) }
}
