// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// Every device, and how far up the ladder to its daemon we are.
///
/// ```
///  DEVICE   STATE     SEEN   LADDER
///  bkk00  ✔ up        <5s    path ▸ tcp ▸ algo ▸ key ▸ auth ▸ prompt ▸ daemon
///  bkk05  ? dark      ~47s   path ▸ ✖ tcp: no answer within 5 s
/// ```
enum DevicesScreen {
    static func stripHeight(_ body: Int) -> Int { body >= 14 ? 3 : 0 }

    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {
        let context = painter.context
        let rows = context.lists.devices(snapshot, state, at: context.now)
        guard !rows.rows.isEmpty else {
            ListScreen.empty(
                &painter, body: body,
                rows.total > 0
                    ? ["None of \(rows.total) devices matches \"\(state.filter.text)\".", "esc shows all of them."]
                    : ["No device is in the inventory.", "Write one down under devices: and start again."])
            return
        }
        let strip = stripHeight(body.count)
        let list = state.lists[.devices] ?? ListState()
        let baseline = state.baseline
        ListScreen.draw(
            &painter, body: body.lowerBound..<(body.upperBound - strip), columns: DeviceEntry.columns, rows: rows,
            list: list,
            look: .init(
                id: { $0.id }, health: { $0.health }, stale: { $0.isStale(at: context.now) },
                moved: { baseline?.moved($0.id, now: $0.health.rawValue) ?? false }))
        guard strip > 0, let position = rows.position(of: list.cursor) else { return }
        for (offset, line) in lines(rows.rows[position], context).prefix(strip).enumerated() {
            painter.put(line, row: body.upperBound - strip + offset, column: 1)
        }
    }

    /// What 80 columns cannot hold, for the row under the cursor.
    private static func lines(_ entry: DeviceEntry, _ context: DrawContext) -> [StyledLine] {
        func value(_ key: String) -> String {
            DeviceEntry.columns.first { $0.key == key }?.text(entry, context.cells) ?? ""
        }
        let device = entry.state
        let first = StyledLine("\(device.name)  ", .label)
            .then("\(device.address)  \(value("version"))  clock \(value("clock"))  \(value("sessions")) sessions up")
        let second = StyledLine("", .muted)
            .then("\(value("carrier")) by \(value("path"))  sweep \(value("sweep")) \(value("bytes"))", .muted)
            .then(device.role.map { "  \($0)" } ?? "", .muted).then(device.model.map { "  \($0)" } ?? "", .muted)
        var third = StyledLine()
        if let fault = device.reach.fault {
            third = StyledLine(fault.hint ?? fault.message, .warning)
        } else if entry.health == .degraded {
            third = StyledLine(OverviewItem.detail(device), .degraded)
        }
        return [first, second, third]
    }
}
