// SPDX-License-Identifier: Apache-2.0

/// Recognises a log line that was pushed into an answer: it is neither a row nor something unparsed.
///
/// Seen: BIRD's client prints spontaneous log as `>>> text`, the control socket as `+text` (BIRD doc/reply_codes);
/// daemons that log to a terminal write `2026-11-21 04:12:33.141 <INFO> text` or `bird: text`; syslog writes
/// `Nov 21 04:12:33 host bird[812]: text` (RFC 3164) or `<30>…` (RFC 5424).
enum LogLine {
    static func matches(_ line: Substring, controlSocket: Bool = false) -> Bool {
        guard let first = line.utf8.first else { return false }
        switch first {
        case 0x3E: return line.hasPrefix(">>>")  // >
        case 0x2B: return controlSocket  // +
        case 0x3C: return priority(line)  // <
        case 0x62: return line.hasPrefix("bird: ")  // b
        case 0x30...0x39: return daemon(line)
        case 0x41...0x5A: return syslog(line)  // A…Z
        default: return false
        }
    }

    private static let severities: Set<Substring> = [
        "<DBG>", "<TRACE>", "<INFO>", "<RMT>", "<WARN>", "<ERR>", "<AUTH>", "<FATAL>", "<BUG>", "<REMOTE>", "<DEBUG>",
        "<WARNING>", "<ERROR>",
    ]
    private static let months: Set<Substring> = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func priority(_ line: Substring) -> Bool {
        let inside = line.utf8.dropFirst().prefix { (0x30...0x39).contains($0) }
        return (1...3).contains(inside.count) && line.utf8.dropFirst(1 + inside.count).first == 0x3E
    }

    private static func daemon(_ line: Substring) -> Bool {
        line.fields.prefix(4).dropFirst().contains { severities.contains($0) }
    }

    private static func syslog(_ line: Substring) -> Bool {
        let fields = line.fields
        return fields.count >= 5 && months.contains(fields[0]) && fields[1].leadingInt != nil
            && fields[2].utf8.filter { $0 == 0x3A }.count == 2 && fields[4].hasSuffix(":")
    }
}
