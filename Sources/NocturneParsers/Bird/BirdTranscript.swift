// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One text from `birdc`, whatever its form, as plain lines with their codes.
///
/// ```
/// birdc -v                 birdc                 held session             control socket
/// 1006-  BGP state: Up       BGP state: Up       bird> show protocols     1006-  BGP state: Up
///          Neighbor AS: 1      Neighbor AS: 1    2002-Name …                  Neighbor AS: 1
/// (five blanks: same code)                       (prompt, echo, redraw)   (one blank: same code)
/// ```
///
/// Which form it is, is found out from the text. `birdc` prints a line of the control socket with its code when it is
/// verbose, replaces the blank of a continuation by five, and never prints code 0000 (client/client.c,
/// `server_got_reply`), so the end of a table is visible only on the socket itself. Several replies may follow each
/// other. Seen on 1.6.8, 2.0.12, 2.17 and 3.3.2.
struct BirdTranscript {
    struct Line {
        /// Counted from 1 in the text as it came.
        var number: Int
        /// The reply code this line carries or continues; nil in plain form.
        var code: Int?
        /// It ends a reply.
        var isFinal = false
        var text: Substring
    }

    enum Item {
        case line(Line)
        /// A command as the client echoed it, or an empty prompt.
        case prompt(command: Substring)
    }

    private(set) var items: [Item] = []
    /// The text does not end with a newline.
    let endsMidLine: Bool

    init(_ text: ScrubbedText) {
        let lines = text.lines
        endsMidLine = !text.text.isEmpty && text.text.utf8.last != 0x0A
        let coded = Self.isCoded(lines)
        let width = coded && Self.isSocket(lines) ? 1 : 5
        items.reserveCapacity(lines.count)
        var code: Int?
        for (index, raw) in lines.enumerated() {
            var rest = raw
            var prompted = false
            while let after = rest.after("bird> ") ?? (rest == "bird>" ? "" : nil) {
                rest = after
                prompted = true
            }
            if LogLine.matches(rest, controlSocket: coded) { continue }
            if prompted, rest.isBlank || Self.isCommand(rest) {
                items.append(.prompt(command: rest.trimmed))
                code = nil
                continue
            }
            // Half a line that is blank so far ends nothing.
            if endsMidLine, index == lines.count - 1, Self.isBlankSoFar(rest) { continue }
            if coded, let reply = Self.reply(rest) {
                code = reply.code
                items.append(
                    .line(Line(number: index + 1, code: reply.code, isFinal: reply.isFinal, text: reply.text)))
                if reply.isFinal { code = nil }
            } else if coded, rest.utf8.first == 0x20 {
                let blanks = Swift.min(width, rest.indent)
                items.append(.line(Line(number: index + 1, code: code, text: rest.dropFirst(blanks))))
            } else {
                items.append(.line(Line(number: index + 1, code: nil, text: rest)))
            }
        }
    }

    /// A reply code and what follows it: `1002-…` (more to come) or `0013 …` (last).
    ///
    /// Codes in use are 00xx, 10xx, 20xx, 80xx and 90xx (BIRD doc/reply_codes).
    static func reply(_ line: Substring) -> (code: Int, isFinal: Bool, text: Substring)? {
        let bytes = line.utf8
        guard bytes.count >= 5, let number = Int(Substring(bytes.prefix(4))), number >= 0,
            bytes.prefix(4).allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        let mark = bytes[bytes.index(bytes.startIndex, offsetBy: 4)]
        guard mark == 0x2D || mark == 0x20, [0, 1, 2, 8, 9].contains(number / 1000), number % 1000 < 100 else {
            return nil
        }
        return (number, mark == 0x20, Substring(bytes.dropFirst(5)))
    }

    /// Codes are looked for only when the first line that is the daemon's own carries one: in plain form a name such
    /// as `1002-x` is a name.
    private static func isCoded(_ lines: [Substring]) -> Bool {
        for raw in lines {
            var line = raw
            while let after = line.after("bird> ") { line = after }
            if LogLine.matches(line) { continue }
            if reply(line) != nil { return true }
            if line.hasPrefix("BIRD ") || line.hasPrefix("Name ") || line.hasPrefix("name ")
                || line.hasPrefix("Table ") || line.hasPrefix("Router ID") || line.hasPrefix("IP address")
            {
                return false
            }
        }
        return false
    }

    /// The control socket itself continues with one blank and ends a table with `0000 `; `birdc -v` does neither.
    private static func isSocket(_ lines: [Substring]) -> Bool {
        var inReply = false
        for line in lines {
            if let reply = reply(line) {
                if reply.code == 0 { return true }
                inReply = !reply.isFinal
            } else if inReply, (1...4).contains(line.indent), !line.isBlank {
                return true
            }
        }
        return false
    }

    private static func isBlankSoFar(_ line: Substring) -> Bool { line.isBlank || reply(line)?.text.isBlank == true }

    private static let verbs: Set<Substring> = [
        "show", "eval", "echo", "restrict", "configure", "enable", "disable", "restart", "reload", "debug", "dump",
        "down", "help", "mrtdump", "graceful", "timeformat", "ping",
    ]

    private static func isCommand(_ text: Substring) -> Bool {
        text.fields.first.map { verbs.contains($0) } ?? false
    }
}
