// SPDX-License-Identifier: Apache-2.0

import NocturneModel

extension ServiceRow {
    /// What is wrong with it, in a clause; nil when nothing is: `bkk07/201 stopped`, `1 not seen`.
    public var reason: String? {
        guard health != .up else { return nil }
        let missing = members.filter { $0.health == .down }.map { member in
            "\(member.ref) \(member.guest.map { $0.state.rawValue } ?? "is not there")"
        }
        return (missing + (unseen > 0 ? ["\(unseen) not seen"] : [])).joined(separator: ", ")
    }

    /// The columns of services in plain output, in the order they stand.
    public static let columns: [Column<ServiceRow>] = [
        Column(
            "service", "SERVICE", minimum: 8, maximum: 24, priority: 0, measure: { $0.service.name.utf8.count },
            order: { row, _ in .text(row.service.name) }, text: { row, _ in row.service.name }),
        Column(
            "health", " ", minimum: 1, priority: 0, order: { row, _ in .number(row.health.rank) },
            text: { row, context in context.marks(row.health) }),
        Column(
            "state", "STATE", minimum: 9, priority: 0, order: { row, _ in .number(row.health.rank) },
            text: { row, _ in row.health.rawValue }),
        Column(
            "running", "RUNNING", minimum: 8, priority: 0, order: { row, _ in .number(row.running) },
            text: { row, _ in row.ratio }),
        Column(
            "unseen", "UNSEEN", minimum: 6, priority: 2, alignment: .right, order: { row, _ in .number(row.unseen) },
            text: { row, _ in "\(row.unseen)" }),
        Column(
            "seen", "SEEN", minimum: 6, priority: 3,
            order: { row, now in row.observedAt.map { .number(Double((now - $0).milliseconds)) } ?? .missing },
            text: { row, context in
                row.observedAt.map { (row.health == .dark ? "~" : "") + context.age($0) } ?? "never"
            }),
        Column(
            "reason", "REASON", minimum: 20, maximum: 64, priority: 4, measure: { $0.reason?.utf8.count ?? 0 },
            order: { row, _ in .text(row.reason) },
            text: { row, context in PeerEntry.text(row.reason, context) }),
    ]
}
