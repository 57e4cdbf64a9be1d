// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// Moving the cursor over a list, or a page under the eye.
enum MoveActions {
    static let all: [Action] = [
        move("down", [.character("j"), .down], "Move one row down.") { index, _, _ in index + 1 },
        move("up", [.character("k"), .up], "Move one row up.") { index, _, _ in index - 1 },
        move("page-down", [.pageDown, .control("f")], "Move one page down.") { index, page, _ in index + page },
        move("page-up", [.pageUp, .control("b")], "Move one page up.") { index, page, _ in index - page },
        move("top", [.character("g"), .home], "Go to the first row.") { _, _, _ in 0 },
        move("bottom", [.character("G"), .end], "Go to the last row.") { _, _, last in last },
    ]

    private static func move(
        _ id: String, _ keys: [Key], _ help: String,
        _ target: @escaping @Sendable (_ index: Int, _ page: Int, _ last: Int) -> Int
    ) -> Action {
        Action(
            id: id, keys: keys, names: [id], title: id, help: help, argument: nil, places: .everywhere, hint: nil,
            refusal: Refusals.none,
            perform: { state, situation, _ in
                let page = Screens.pageHeight(situation.live, state, situation.context)
                guard state.place.list != nil else {
                    let limit = Screens.scrollLimit(situation.live, state, situation.context)
                    state.visit.scroll = max(0, min(limit, target(min(state.visit.scroll, limit), page, limit)))
                    if limit == 0 { state.message = Message("all there is is in sight") }
                    return []
                }
                let rows =
                    state.place == .help
                    ? situation.context.help.map { RowID.action($0.id) } : situation.identities
                guard !rows.isEmpty else {
                    state.message = Message("there is no row here")
                    return []
                }
                var list = state.list
                let now = list.cursor.flatMap { rows.firstIndex(of: $0) }
                // The chosen row vanished: its neighbours are where it was. Nothing chosen yet: the first is.
                let from = now ?? min(list.index, rows.count - 1)
                let wanted =
                    if now == nil, id == "down" || id == "up" { from } else { target(from, page, rows.count - 1) }
                list.index = max(0, min(rows.count - 1, wanted))
                list.cursor = rows[list.index]
                // Who is at the end of the Timeline follows it: what is new stands below.
                list.chosen = state.place != .timeline || list.index < rows.count - 1
                list.top = Window.top(list.top, index: list.index, count: rows.count, height: page)
                state.list = list
                return []
            })
    }
}
