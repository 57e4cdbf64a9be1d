// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// `lxc-ls -f [-F …]` and `lxc-info -n NAME` → guests. Seen on LXC 5.0.2 (Debian 12).
///
/// ```
/// NAME STATE   AUTOSTART PID  IPV4               IPV6        lxc-ls: columns in any order, by their heading
/// dns1 RUNNING 1         4477 10.0.3.5, 10.0.4.5 2001:db8::5
///   4477   86400                                             `ps -o pid=,etimes= -p PID,…`, appended by our question
///
/// Name:           dns1                                       lxc-info: a record each, until the next Name
/// State:          RUNNING
/// IP:             10.0.3.5
/// ```
///
/// An empty table, or nothing at all, is no guests: `lxc-ls` prints nothing where there is none.
struct LXCParser {
    private var columns: [Substring]?
    private var guests: [Guest] = []
    /// Of each guest, by its place, until `ps` tells their age.
    private var inits: [Int: Int] = [:]
    private var uptimes: [Int: Int] = [:]
    private var inRecord = false
    private var unparsed: [Unparsed] = []

    static func parse(_ text: ScrubbedText) -> ParseOutcome {
        let transcript = ShellTranscript(text)
        if let reason = transcript.refusal(of: ["lxc-ls", "lxc-info", "lxc"]) { return .cannotAnswer(reason: reason) }
        var parser = LXCParser()
        for line in transcript.lines { parser.consume(line) }
        let recognized = parser.columns != nil || !parser.guests.isEmpty
        if !recognized, let first = parser.unparsed.first {
            if first.text.contains("doesn't exist") || first.text.hasPrefix("lxc-") {
                return .cannotAnswer(reason: first.text)
            }
            return .notThisPlatform(reason: "neither a table of lxc-ls nor a record of lxc-info")
        }
        for (index, pid) in parser.inits { parser.guests[index].uptimeSeconds = parser.uptimes[pid] }
        return .parsed(
            Parsed(
                rows: .guests(parser.guests), unparsed: parser.unparsed,
                truncated: transcript.endsMidLine && recognized))
    }

    /// The processes whose age `ps` is to be asked for: of each running guest its init.
    static func inits(in text: ScrubbedText) -> [Int] {
        var parser = LXCParser()
        for line in ShellTranscript(text).lines { parser.consume(line) }
        return parser.inits.sorted { $0.key < $1.key }.map(\.value)
    }

    private mutating func consume(_ line: ShellTranscript.Line) {
        let fields = Self.cells(line.text)
        if fields.first == "NAME" || (fields.contains("NAME") && fields.contains("STATE")) {
            columns = fields.map { $0[...] }
            return
        }
        if fields.count == 2, columns != nil || inRecord, let pid = Int(fields[0]), let age = Int(fields[1]),
            columns?.count != 2
        {
            uptimes[pid] = age
            return
        }
        if let columns, fields.count == columns.count {
            row(zip(columns, fields).map { ($0, $1) })
        } else if columns != nil || !record(line.text) {
            unparsed.append(line.unparsed)
        }
    }

    /// Words between blanks; a word that ends in a comma goes on, since addresses stand in lists.
    private static func cells(_ text: Substring) -> [String] {
        var cells: [String] = []
        for word in text.fields {
            if let last = cells.last, last.hasSuffix(",") {
                cells[cells.count - 1] += " " + word
            } else {
                cells.append(String(word))
            }
        }
        return cells
    }

    private mutating func row(_ cells: [(column: Substring, value: String)]) {
        guard let name = cells.first(where: { $0.column == "NAME" })?.value else { return }
        var guest = Guest(id: name, name: name, kind: .lxc, state: .unknown)
        // Without a state there is not enough to judge it by.
        guest.partial = true
        for (column, value) in cells where value != "-" {
            switch column {
            case "STATE": state(value, of: &guest)
            case "AUTOSTART": guest.autostart = value == "1" ? true : value == "0" ? false : nil
            case "PID": if let pid = Int(value), pid > 0 { inits[guests.count] = pid }
            case "IPV4", "IPV6": guest.addresses += value.split(separator: ",").map { String($0.trimmed) }
            default: break
            }
        }
        guests.append(guest)
    }

    /// One line of a record of `lxc-info`.
    private mutating func record(_ text: Substring) -> Bool {
        guard let (key, value) = text.keyAndValue, !key.isEmpty else { return false }
        if key == "Name" {
            guests.append(Guest(id: String(value), name: String(value), kind: .lxc, state: .unknown, partial: true))
            inRecord = true
            return true
        }
        guard inRecord, let last = guests.indices.last else { return false }
        switch key {
        case "State": state(String(value), of: &guests[last])
        case "PID": if let pid = Int(value), pid > 0 { inits[last] = pid }
        case "IP": guests[last].addresses.append(String(value))
        case "Link", "CPU use", "BlkIO use", "Memory use", "KMem use", "TX bytes", "RX bytes", "Total bytes": break
        default: return false
        }
        return true
    }

    /// States of lxc (src/lxc/state.c), in ours: what is on its way is where it came from.
    private func state(_ word: String, of guest: inout Guest) {
        guest.partial = false
        switch word {
        case "RUNNING", "STOPPING", "ABORTING", "FREEZING": guest.state = .running
        case "STOPPED", "STARTING": guest.state = .stopped
        case "FROZEN", "THAWED": guest.state = .paused
        default:
            guest.state = .unknown
            guest.partial = true
        }
    }
}

/// What later questions about guests need from an earlier answer.
public enum GuestQuestions {
    /// The inits of running containers, whose age tells how long each has run.
    public static func inits(in text: ScrubbedText) -> [Int] { LXCParser.inits(in: text) }
}
