// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// BIRD's replies → rows, for `show protocols [all]`, `show bfd sessions`, `show ospf neighbors`, `show route … all`
/// and `show status`, alone or one after the other in one text.
///
/// Seen on 1.5, 1.6.8, 2.0.3, 2.0.9, 2.0.12, 2.17, 3.0.1 and 3.3.2 (captures, running daemons, and the `cli_msg` calls
/// of the sources). One pass sorts lines into sections by their headings; each section claims what it knows:
///
/// ```
/// BIRD 2.0.12 ready.                                   greeting
/// Router ID is …                                       status
/// bfd1: ⏎ IP address  Interface  State …               bfd        ◀─ also fills `bfd` of a peer, by address
/// ospf4: ⏎ Router ID  Pri  State …                     ospf
/// Name  Proto  Table  State  Since  Info               protocols
/// Table master4: ⏎ 192.0.2.0/30  unicast […] * (100)   routes
/// ```
///
/// A peer's uptime needs the daemon's clock, which only `show status` tells, and its BFD state only
/// `show bfd sessions`: `nocturne` asks for status, BFD and protocols in this order and parses the three together.
/// A line no section claims is unparsed. Lines known and not used (timers, statistics) are claimed.
struct BirdParser {
    private enum Section { case none, status, protocols, bfd, ospf, routes, other }

    private var section = Section.none
    private var status = BirdStatusReader()
    private var protocols = BirdProtocolsReader()
    private var bfd = BirdBFDReader()
    private var ospf = BirdOSPFReader()
    private var routes = BirdRoutesReader()
    private var unparsed: [Unparsed] = []
    private var errors: [BirdError] = []
    /// `ospf4:`: whose table follows is known only from the next line.
    private var pending: BirdTranscript.Line?
    private var replyEnded = false
    private var cut = false
    private var recognized = false
    private var lastWasGreeting = false
    /// The last prompt has a command: whether its answer is whole, only another prompt would tell.
    private var asksStill = false
    /// The last thing the client was told to do was `eval` or `echo`: its answer is ours to ignore.
    private var ignoresAnswer = false

    static func parse(_ query: Query, _ text: ScrubbedText) -> ParseOutcome {
        var parser = BirdParser()
        let transcript = BirdTranscript(text)
        for item in transcript.items { parser.consume(item) }
        return parser.finish(query, endsMidLine: transcript.endsMidLine)
    }

    private mutating func consume(_ item: BirdTranscript.Item) {
        switch item {
        case .prompt(let command):
            flushPending()
            replyEnded = true
            section = .none
            // A prompt with one of its commands is BIRD's, even where the answer is nothing at all.
            asksStill = !command.isEmpty
            if command.hasPrefix("show ") { recognized = true }
            ignoresAnswer = command.hasPrefix("eval") || command.hasPrefix("echo")
        case .line(let line):
            if line.text.isBlank {
                endBlankLine(line)
            } else {
                consume(line)
            }
            if line.isFinal { endReply() }
        }
    }

    private mutating func endReply() {
        flushPending()
        replyEnded = true
        section = .none
    }

    private mutating func endBlankLine(_ line: BirdTranscript.Line) {
        if line.code != nil { recognized = true }
        if section == .protocols { protocols.endBlock() }
    }

    private mutating func consume(_ line: BirdTranscript.Line) {
        if isInside(line) {
            claim(line)
            return
        }
        if claimControl(line) { return }
        replyEnded = false
        if pending == nil, let heading = heading(line) {
            recognized = true
            section = heading
            return
        }
        if let held = pending {
            pending = nil
            if BirdBFDReader.isHeading(line.text) {
                recognized = true
                section = .bfd
                bfd.begin(heading: line)
                return
            }
            if BirdOSPFReader.isHeading(line.text) {
                recognized = true
                section = .ospf
                ospf.begin(instance: String(held.text.dropLast()), heading: line)
                return
            }
            refuse(held)
        }
        if Self.isInstanceHeading(line) {
            pending = line
            return
        }
        if status.consume(line.text) {
            recognized = true
            section = .status
            return
        }
        claim(line)
    }

    /// What is indented can only belong to the section it stands in: most lines of a long answer.
    private func isInside(_ line: BirdTranscript.Line) -> Bool {
        let first = line.text.utf8.first
        return (first == 0x20 || first == 0x09) && section != .none && pending == nil && !ignoresAnswer
            && (line.code ?? 0) < 8000
    }

    private mutating func claim(_ line: BirdTranscript.Line) {
        replyEnded = false
        lastWasGreeting = false
        let claimed =
            switch section {
            case .protocols: protocols.consume(line)
            case .bfd: bfd.consume(line)
            case .ospf: ospf.consume(line)
            case .routes: routes.consume(line)
            case .other: true
            case .status: status.continues(line.text)
            case .none: (line.code ?? 1007) == 1007 && routes.begins(line)
            }
        if section == .none, claimed {
            section = .routes
            recognized = true
        }
        if !claimed { refuse(line) }
    }

    /// Greetings, marks and refusals: what belongs to the conversation, not to an answer.
    private mutating func claimControl(_ line: BirdTranscript.Line) -> Bool {
        if ignoresAnswer {
            ignoresAnswer = false
            if line.code == nil { return true }
        }
        lastWasGreeting = status.greet(line.text) || line.code == 16 || line.text == "Access restricted"
        if lastWasGreeting || line.code == 0 || line.code == 23 {
            recognized = true
            section = .none
            return true
        }
        if let code = line.code {
            recognized = true
            if code >= 8000 { return refusal(line) }
        } else if line.text.hasPrefix("--More--") {
            cut = true
            return true
        } else if BirdError.isClosing(line.text) {
            cut = true
            return refusal(line)
        } else if BirdError.isError(line.text) {
            recognized = true
            return refusal(line)
        } else if section == .none, BirdError.isForeign(line.text) {
            return refusal(line)
        }
        if BirdError.isNotUp(line.text) {
            recognized = true
            return refusal(line)
        }
        return false
    }

    private mutating func refusal(_ line: BirdTranscript.Line) -> Bool {
        errors.append(BirdError(code: line.code.flatMap { $0 >= 8000 ? $0 : nil }, text: line.text))
        replyEnded = true
        return true
    }

    private mutating func heading(_ line: BirdTranscript.Line) -> Section? {
        if BirdProtocolsReader.isHeading(line.text) {
            protocols.begin()
            return .protocols
        }
        if BirdRoutesReader.isHeading(line.text) { return .routes }
        if BirdOSPFReader.isHeading(line.text) {
            ospf.begin(instance: nil, heading: line)
            return .ospf
        }
        if BirdBFDReader.isHeading(line.text) {
            bfd.begin(heading: line)
            return .bfd
        }
        if BirdRoutesReader.isCount(line.text) { return .other }
        return nil
    }

    private static func isInstanceHeading(_ line: BirdTranscript.Line) -> Bool {
        line.text.utf8.last == 0x3A && line.text.indent == 0 && line.text.utf8.first != 0x09
            && line.text.fields.count == 1
    }

    private mutating func flushPending() {
        guard let held = pending else { return }
        pending = nil
        cut = true
        refuse(held)
    }

    private mutating func refuse(_ line: BirdTranscript.Line) {
        unparsed.append(Unparsed(line: line.number, text: String(line.text)))
    }
}

extension BirdParser {
    private mutating func finish(_ query: Query, endsMidLine: Bool) -> ParseOutcome {
        flushPending()
        protocols.finishPeer()
        if !replyEnded {
            cut = cut || isCut(endsMidLine: endsMidLine)
        }
        if lastWasGreeting, endsMidLine { cut = true }
        unparsed += protocols.unparsed
        unparsed.sort { $0.line < $1.line }
        if let rows = rows(query) {
            return .parsed(Parsed(rows: rows, unparsed: unparsed, truncated: cut))
        }
        let relevant = errors.last { !$0.meansNothing } ?? errors.last
        if let relevant { return .cannotAnswer(reason: relevant.sentence) }
        if !recognized {
            return .notThisPlatform(reason: "nothing in this text is BIRD's")
        }
        return .cannotAnswer(reason: "the text holds no answer to `\(BirdQuestion.text(query))`")
    }

    /// The rows, or nil when the text does not answer the query. "Nothing there" is an answer.
    private func rows(_ query: Query) -> Rows? {
        let now = status.value.serverTime
        switch query {
        case .status:
            return status.seen ? .status([status.value]) : nil
        case .bfd:
            if bfd.seen { return .bfd(bfd.rows(now: now)) }
            return errors.contains { $0.meansNothing(for: .bfd) } ? .bfd([]) : nil
        case .ospf:
            if ospf.seen { return .ospf(ospf.rows) }
            return errors.contains { $0.meansNothing(for: .ospf) } ? .ospf([]) : nil
        case .bgpPeers:
            if protocols.seen { return .peers(protocols.peers(now: now, bfd: bfd.rows(now: now))) }
            return errors.contains { $0.meansNothing(for: .bgpPeers) } ? .peers([]) : nil
        case .routes:
            if routes.seen { return .routes(routes.rows) }
            // A table without routes prints nothing at all but its end.
            let silent = errors.isEmpty && recognized && !asksStill && section == .none && !anythingSeen
            return silent || errors.contains { $0.meansNothing(for: .routes) } ? .routes([]) : nil
        case .guests, .addresses: return nil
        }
    }

    private var anythingSeen: Bool { status.seen || protocols.seen || bfd.seen || ospf.seen || !unparsed.isEmpty }

    /// Whether the last section stops before its end, where its form shows an end.
    private func isCut(endsMidLine: Bool) -> Bool {
        switch section {
        case .none, .other: endsMidLine
        case .status: !status.ended
        case .protocols: protocols.isCut(endsMidLine: endsMidLine)
        case .bfd: endsMidLine && !bfd.endsWhole
        case .ospf: endsMidLine
        case .routes: routes.isCut(endsMidLine: endsMidLine)
        }
    }
}
