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
        if case .service(let name) = subject, let service = snapshot.services.first(where: { $0.name == name }) {
            // A service is told by every device that has a guest of it.
            let names = Set(service.guests.map(\.device))
            return snapshot.devices.filter { names.contains($0.name) }.flatMap { self.lines($0, "guests", context) }
        }
        guard let name = subject.device, let device = snapshot[name] else {
            return [StyledLine("\(subject.title) is no device: nothing was asked of it.", .muted)]
        }
        return lines(device, query(of: subject), context)
    }

    /// The query that tells of it; nil for a device, which is told of in all of them.
    private static func query(of subject: RowID) -> String? {
        switch subject {
        case .peer: "bgp-peers"
        case .anycast: "anycast"
        case .guest, .service: "guests"
        default: nil
        }
    }

    private static func lines(_ device: DeviceState, _ query: String?, _ context: DrawContext) -> [StyledLine] {
        let name = device.name
        // Some answers take several questions: anycast, anycast-export.
        let wanted = device.transcripts.keys.sorted().filter { key in
            query.map { key == $0 || key.hasPrefix($0 + "-") } ?? true
        }
        if wanted.isEmpty { return untold(device, query, context) }
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

    private static func untold(_ device: DeviceState, _ query: String?, _ context: DrawContext) -> [StyledLine] {
        if let query, let fault = device.refused[query] {
            return [StyledLine("\(device.name) refused \(query): \(fault.message)", .warning)]
                + (fault.hint.map { [StyledLine("to do  ", .label).then($0)] } ?? [])
        }
        let told: (question: String, path: String, at: UTC, took: Double)? =
            switch query {
            case "anycast": device.anycast.map { ($0.question, $0.path, $0.at, $0.tookMilliseconds) }
            case "guests": device.guests.map { ($0.question, $0.path, $0.at, $0.tookMilliseconds) }
            default: device.peers.map { ($0.question, $0.path, $0.at, $0.tookMilliseconds) }
            }
        guard let told else {
            let what = query.map { "has told nothing of \($0)" } ?? "has not answered anything"
            return [StyledLine("\(device.name) \(what) yet: there is no raw answer to show.", .muted)]
        }
        return [
            StyledLine(told.question, .header),
            StyledLine(
                "asked of \(device.name) by \(told.path); answered \(told.at.clock)Z, "
                    + "\(AgeText.observed(context.now - told.at)) ago, in \(AgeText.milliseconds(told.took))",
                .muted),
            StyledLine("The raw lines are not kept here: a recording has them only once a minute.", .muted),
        ]
    }
}

extension Screens {
    /// How far a page of raw lines is scrolled at first, so that the session asked about is in sight.
    public static func provenanceScroll(_ subject: RowID, _ snapshot: Snapshot, _ context: DrawContext) -> Int {
        guard case .peer(let id) = subject else { return 0 }
        let lines = ProvenanceScreen.lines(subject, snapshot, context)
        // Counted in lines as they stand on the screen, where long ones take several.
        return lines.prefix(ProvenanceScreen.line(of: id, in: lines))
            .reduce(0) { $0 + $1.wrapped(context.size.columns - 2).count }
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
