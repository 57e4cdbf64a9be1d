// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// `show ospf neighbors [NAME]`: one neighbour a line (proto/ospf/neighbor.c of 1.6 to 3.3, code 1013).
///
/// ```
/// ospf4:
/// Router ID       Pri          State          DTime   Interface  Router IP
/// 203.0.113.2       1     Full/PtP           6.383    eth0       192.0.2.2
/// ```
///
/// Columns are set apart by tabs and blanks. The role behind the state (`DR`, `BDR`, `Other`, `PtP`) is left out.
struct BirdOSPFReader {
    private(set) var rows: [OSPFNeighbor] = []
    private(set) var seen = false
    private var instance: String?

    static func isHeading(_ line: Substring) -> Bool {
        line.hasPrefix("Router ID") && line.fields.contains("Pri") && line.fields.contains("State")
    }

    mutating func begin(instance: String?, heading: BirdTranscript.Line) {
        seen = true
        self.instance = instance
    }

    mutating func consume(_ line: BirdTranscript.Line) -> Bool {
        let fields = line.text.fields
        guard fields.count == 6, fields[0].utf8.filter({ $0 == 0x2E }).count == 3, Int(fields[1]) != nil,
            let state = Self.state(fields[2])
        else { return false }
        rows.append(
            OSPFNeighbor(
                neighborId: String(fields[0]), address: String(fields[5]), interface: String(fields[4]), state: state,
                instance: instance))
        return true
    }

    // proto/ospf/neighbor.c `ospf_ns_names`.
    private static let states: Set<String> = [
        "down", "attempt", "init", "2way", "exstart", "exchange", "loading", "full",
    ]

    private static func state(_ text: Substring) -> String? {
        let word = text.prefix { $0 != "/" }.lowercased()
        let plain = word == "2-way" ? "2way" : word
        return states.contains(plain) ? plain : nil
    }
}
