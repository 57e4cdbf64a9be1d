// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens

/// What became of a change between two snapshots, for somebody who looks at another screen.
///
/// The line above the foot vanishes when a session ends; how it ended must not vanish with it.
enum ChangeNews {
    struct Item: Hashable {
        var message: Message
        /// A person is waited for, or something went wrong: worth a ring.
        var rings: Bool
    }

    /// The last of it; nil when nothing turned that a person must know of.
    static func between(_ before: Snapshot, _ after: Snapshot) -> Item? {
        let known = Dictionary(before.changes.map { ($0.id, $0.phase) }) { _, last in last }
        return after.changes.compactMap { change -> Item? in
            guard known[change.id] != change.phase else { return nil }
            return item(change)
        }.last
    }

    private static func item(_ change: ChangeState) -> Item? {
        let device = change.device
        switch change.phase {
        case .refused:
            let why = change.findings.first { $0.weight == .blocking }?.text ?? change.steps.last?.text
            return Item(
                message: Message("no change on \(device): \(why ?? "it was refused"); nothing was sent", .warning),
                rings: false)
        case .reconnected:
            return Item(message: Message("\(device): the gate has held; C keeps it, R rolls back", .good), rings: true)
        case .disarmedVerified:
            return Item(message: Message("\(device): kept, and nothing is armed there any more", .good), rings: false)
        case .reverting:
            let why = change.steps.last.map { ": \($0.text)" } ?? ""
            return Item(message: Message("\(device) is being rolled back\(why)", .warning), rings: true)
        case .revertedVerified:
            return Item(message: Message("\(device) is as it was before, verified", .good), rings: false)
        case .stuck:
            return Item(message: Message("\(device) is STUCK; 6 says what is not back", .bad), rings: true)
        default: return nil
        }
    }
}
