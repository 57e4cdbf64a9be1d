// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTheme

/// Where a value comes from: the question as it was sent, when, how long it took, and the lines that came back.
///
/// ```
///  bgp-peers  show protocols all
///  asked of bkk00 (bird) by jump; answered 02:14:05Z, <5s ago, in 7ms
///     1  BIRD 2.0.12 ready.
/// ```
enum ProvenanceScreen {
    static func lines(_ subject: RowID, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        guard let name = subject.device, let device = snapshot[name] else {
            return [StyledLine("\(subject.title) is no device: nothing was asked of it.", .muted)]
        }
        // A session is told in one answer; a device in all of them.
        let queries = device.transcripts.keys.sorted()
        let wanted: [String] = if case .peer = subject { queries.filter { $0 == "bgp-peers" } } else { queries }
        if wanted.isEmpty { return untold(device, context) }
        var lines: [StyledLine] = []
        for query in wanted {
            guard let transcript = device.transcripts[query] else { continue }
            lines.append(StyledLine(query + "  ", .label).then(transcript.question, .header))
            let age = AgeText.observed(context.now - transcript.at)
            lines.append(
                StyledLine(
                    "asked of \(name) (\(transcript.platform.rawValue)) by \(device.reach.path ?? "no path"); answered "
                        + "\(transcript.at.clock)Z, \(age) ago, in \(AgeText.milliseconds(transcript.tookMilliseconds))",
                    .muted))
            if transcript.truncated {
                lines.append(StyledLine("the answer was longer than its bound and was cut", .warning))
            }
            let unread = Set((device.unparsed[query] ?? []).map(\.line))
            for (number, line) in transcript.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            {
                let mark = unread.contains(number + 1)
                lines.append(
                    StyledLine(String(number + 1).leftPadded(to: 5) + (mark ? "? " : "  "), mark ? .warning : .muted)
                        .then(line.replacingTabs, mark ? .warning : .text))
            }
            lines.append(StyledLine())
        }
        return lines
    }

    /// The line of a page where a session begins, for opening it there.
    static func line(of peer: PeerID, in lines: [StyledLine]) -> Int {
        lines.firstIndex { $0.spans.count == 2 && $0.spans[1].text.hasPrefix(peer.key.name) } ?? 0
    }

    private static func untold(_ device: DeviceState, _ context: DrawContext) -> [StyledLine] {
        guard let peers = device.peers else {
            return [StyledLine("\(device.name) has not answered anything yet: there is no raw answer to show.", .muted)]
        }
        return [
            StyledLine(peers.question, .header),
            StyledLine(
                "asked of \(device.name) by \(peers.path); answered \(peers.at.clock)Z, "
                    + "\(AgeText.observed(context.now - peers.at)) ago, in \(AgeText.milliseconds(peers.tookMilliseconds))",
                .muted),
            StyledLine("The raw lines are not kept here: a recording has them only once a minute.", .muted),
        ]
    }
}

extension Screens {
    /// How far a page of raw lines is scrolled at first, so that the session asked about is in sight.
    public static func provenanceScroll(_ subject: RowID, _ snapshot: Snapshot, _ context: DrawContext) -> Int {
        guard case .peer(let id) = subject else { return 0 }
        return ProvenanceScreen.line(of: id, in: ProvenanceScreen.lines(subject, snapshot, context))
    }
}

extension String {
    func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}

extension Substring {
    /// A terminal's tab stops are not ours to use: eight columns each.
    var replacingTabs: String {
        var text = ""
        for character in self {
            if character == "\t" {
                text += String(repeating: " ", count: 8 - text.count % 8)
            } else {
                text.append(character)
            }
        }
        return text
    }
}
