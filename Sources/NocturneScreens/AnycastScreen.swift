// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Every anycast prefix on every node: wanted, local, best path, announced, answered.
enum AnycastScreen {
    static func pageHeight(_ body: Int) -> Int { max(1, body - 1) }

    static func draw(_ painter: inout Painter, _ body: Range<Int>, _ snapshot: Snapshot, _ state: ViewState) {}

    static func identities(_ snapshot: Snapshot, _ state: ViewState, _ lists: Lists, at now: UTC) -> [RowID] { [] }
}
