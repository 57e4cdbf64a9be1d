// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// Every BGP session, as each side tells it; below them, what the row under the cursor cannot hold.
///
/// ```
///  DEVICE   PEER          AS     STATE         SINCE       RX     ACC     TX
///  bkk00  ✖ iptx-hk-2519  9304   active        2m40s        –       –      –
/// ▸bkk20  ✔ bknix-rs1     56308  established   31d     141202   98311      2
///  bkk20 bknix-rs1  203.0.113.1 AS56308  ipv4  "BKNIX route server"
/// ```
enum PeersScreen {
    /// On small screens every row is a session.
    static func stripHeight(_ body: Int) -> Int { body >= 14 ? 2 : 0 }

    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {
        let context = painter.context
        let rows = context.lists.peers(snapshot, state, at: context.now)
        guard !rows.rows.isEmpty else {
            ListScreen.empty(&painter, body: body, sentences(rows.total, snapshot, state))
            return
        }
        let strip = stripHeight(body.count)
        let list = state.lists[.peers] ?? ListState()
        let baseline = state.baseline
        ListScreen.draw(
            &painter, body: body.lowerBound..<(body.upperBound - strip), columns: PeerEntry.columns, rows: rows,
            list: list,
            look: .init(
                id: { $0.id }, health: { $0.health }, stale: { $0.isStale(at: context.now) },
                moved: { entry in
                    baseline?.moved(entry.id, now: Baseline.word(entry.peer, dark: entry.health == .dark)) ?? false
                }))
        guard strip > 0, let position = rows.position(of: list.cursor) else { return }
        let entry = rows.rows[position]
        for (offset, line) in lines(entry, snapshot, context).prefix(strip).enumerated() {
            painter.put(line, row: body.upperBound - strip + offset, column: 1)
        }
    }

    private static func sentences(_ total: Int, _ snapshot: Snapshot, _ state: ViewState) -> [String] {
        if total > 0 {
            return ["None of \(total) sessions matches \"\(state.filter.text)\".", "esc shows all of them."]
        }
        if snapshot.devices.allSatisfy({ $0.peers == nil }) {
            return ["No session has been seen yet.", "8 shows how far each device is reached."]
        }
        return ["The devices that answer have no BGP session."]
    }

    private static func lines(_ entry: PeerEntry, _ snapshot: Snapshot, _ context: DrawContext) -> [StyledLine] {
        let peer = entry.peer
        let words = [
            peer.remoteAddress ?? peer.interface, peer.remoteAS.map { "AS\($0)" },
            peer.families.isEmpty ? nil : peer.families.joined(separator: " "), peer.bfd.map { "bfd \($0.rawValue)" },
            peer.description.map { "\"\($0)\"" },
        ]
        let head = StyledLine("\(entry.device) \(peer.name)  ", .label)
            .then(words.compactMap { $0 }.joined(separator: "  "))
        let age = AgeText.observed(context.now - entry.observedAt)
        var second = StyledLine("seen \(age == "<5s" ? "now" : age + " ago") by \(entry.path)", .muted)
        let down = peer.state != .established
        if entry.health == .dark {
            let fault = snapshot[entry.device]?.reach.fault?.message ?? "the device does not answer"
            second = StyledLine("dark: \(fault)  ", .dark).then("was \(peer.state.rawValue)", .muted)
        } else if let reason = peer.reason {
            second = StyledLine("\(down ? peer.state.rawValue : "last error"): \(reason)  ", down ? .warning : .muted)
                .then(second.text, .muted)
        } else if down {
            second = StyledLine("\(peer.state.rawValue): the device gives no reason  ", .warning)
                .then(second.text, .muted)
        }
        return [head, second]
    }
}
