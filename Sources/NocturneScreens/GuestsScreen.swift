// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Services and the guests behind them.
enum GuestsScreen {
    static func pageHeight(_ body: Int) -> Int { max(1, body - 1) }

    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {}

    static func identities(_ snapshot: Snapshot, _ state: ViewState, _ lists: Lists, at now: UTC) -> [RowID] { [] }
}
