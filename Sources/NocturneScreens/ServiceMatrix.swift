// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal

/// Which service runs where: one line a service, one column for each device with guests of one.
///
/// The cells tell as much as the width allows for all of them: `✔ 106 lxc 12d`, `✔ 106 lxc`, `✔ 106`, `✔`. What does
/// not fit even so is left out from the right, and the heading says how many; the strip below names them all.
struct ServiceMatrix {
    let rows: [ServiceRow]
    /// In the order of the inventory.
    let devices: [DeviceName]
    let widths: [Int]
    let service: Int
    /// How many devices had no room.
    let left: Int
    private let detail: Int

    /// What stands behind the cells: `RUNNING` and the verdict.
    static let behind = 9 + 21

    init(_ rows: [ServiceRow], _ snapshot: Snapshot, marks: Marks, width: Int) {
        self.rows = rows
        let named = Set(rows.flatMap { $0.service.guests.map(\.device) })
        // A device the inventory does not know any more still has its column.
        let known = snapshot.devices.map(\.name).filter(named.contains)
        let every = known + named.subtracting(known).sorted { $0.rawValue < $1.rawValue }
        let service = min(24, max(7, rows.map { TextWidth.of($0.service.name) }.max() ?? 0))
        self.service = service
        let room = width - 2 - service - 1 - (width < 60 ? 9 : Self.behind)
        func needed(_ detail: Int) -> [Int] {
            every.map { device in
                max(
                    TextWidth.of(device.rawValue),
                    rows.map { TextWidth.of(Self.cell($0, on: device, detail: detail, marks)) }.max() ?? 1)
            }
        }
        let fitting = (0...3).reversed().first { detail in needed(detail).reduce(0) { $0 + $1 + 2 } <= room }
        detail = fitting ?? 0
        var widths = needed(detail)
        while widths.count > 1, widths.reduce(0, { $0 + $1 + 2 }) > room { widths.removeLast() }
        self.widths = widths
        devices = Array(every.prefix(widths.count))
        left = every.count - widths.count
    }

    func cell(_ row: ServiceRow, _ position: Int, _ marks: Marks) -> String {
        Self.cell(row, on: devices[position], detail: detail, marks)
    }

    /// The worst of a service on a device.
    func health(_ row: ServiceRow, _ position: Int) -> Health? {
        row.members.filter { $0.ref.device == devices[position] }.map(\.health).min()
    }

    private static func cell(_ row: ServiceRow, on device: DeviceName, detail: Int, _ marks: Marks) -> String {
        let members = row.members.filter { $0.ref.device == device }
        if members.isEmpty { return marks.bullet }
        return members.map { words($0, row.service.name, detail, marks) }.joined(separator: " ")
    }

    private static func words(
        _ member: ServiceRow.Member, _ service: String, _ detail: Int, _ marks: Marks
    ) -> String {
        var words = [marks(member.health)]
        // Where containers have names and no numbers, the name is often that of the service.
        if detail > 0, member.ref.id != service { words.append(member.ref.id) }
        let named = words.count > 1
        switch member.health {
        case .up where detail > 1:
            words.append(member.guest?.kind.rawValue ?? "")
            if detail > 2, let uptime = member.guest?.uptimeSeconds { words.append(AgeText.coarse(.seconds(uptime))) }
        case .down where detail > 1 || detail > 0 && !named: words.append(member.guest?.state.rawValue ?? "gone")
        case .dark where detail > 1: words.append("dark")
        default: break
        }
        return words.joined(separator: " ")
    }
}
