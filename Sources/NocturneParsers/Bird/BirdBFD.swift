// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// `show bfd sessions`: one session a line (BIRD manual, "BFD"; format in proto/bfd/bfd.c of 2.0 to 3.3, code 1020).
///
/// ```
/// IP address                Interface  State      Since         Interval  Timeout
/// 192.0.2.2                 eth0       Up         2026-11-21 01:49:31    0.300    0.900
/// ```
///
/// `Timeout` is the negotiated detection time in seconds, 0.000 while there is none. `Since` may hold a blank.
struct BirdBFDReader {
    private var found: [BFDSession] = []
    private(set) var seen = false
    /// The last line was a whole one: its last column has a fixed form.
    private(set) var endsWhole = false

    static func isHeading(_ line: Substring) -> Bool {
        line.hasPrefix("IP address") && line.fields.suffix(4) == ["State", "Since", "Interval", "Timeout"]
    }

    mutating func begin(heading: BirdTranscript.Line) { seen = true }

    mutating func consume(_ line: BirdTranscript.Line) -> Bool {
        endsWhole = false
        let fields = line.text.fields
        guard fields.count >= 6, let state = Self.states[fields[2]], Self.isAddress(fields[0]),
            let timeout = Self.milliseconds(fields[fields.count - 1]),
            Self.milliseconds(fields[fields.count - 2]) != nil
        else { return false }
        let since = fields[3..<(fields.count - 2)].joined(separator: " ")
        found.append(
            BFDSession(
                peer: String(fields[0]), interface: fields[1] == "---" ? nil : String(fields[1]), state: state,
                since: BirdTime.instant(since), detectMilliseconds: timeout == 0 ? nil : timeout))
        endsWhole = true
        return true
    }

    func rows(now: UTC?) -> [BFDSession] {
        found.map { session in
            guard session.state == .up else { return session }
            var session = session
            session.uptimeSeconds = BirdTime.seconds(since: session.since, now: now)
            return session
        }
    }

    private static let states: [Substring: BFDState] = [
        "Up": .up, "Down": .down, "Init": .`init`, "AdminDown": .admindown,
    ]

    private static func isAddress(_ text: Substring) -> Bool { text.utf8.contains { $0 == 0x2E || $0 == 0x3A } }

    /// `0.900` → 900. BIRD prints times with three places, and it may print a longer one without.
    private static func milliseconds(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = Int(parts[0]), whole >= 0 else { return nil }
        guard parts.count == 2 else { return whole.multipliedReportingOverflow(by: 1000).partialValue }
        guard parts[1].utf8.count == 3, let part = Int(parts[1]), part >= 0 else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : product + part
    }
}
