// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneScreens
import NocturneTerminal

/// Filter, order, following and baseline of a list.
enum ListActions {
    static let all: [Action] = [
        Action(
            id: "filter", keys: [.character("/")], names: ["filter"], title: "filter",
            help:
                "Show only what matches: words, /re, /!re, state: as: age: device: name: addr: group: family: down up.",
            argument: "[FILTER]", places: [.peers, .timeline, .devices, .help], hint: 3, refusal: Refusals.none,
            perform: { state, _, argument in
                if state.place == .help {
                    state.prompt = Prompt(.search)
                } else if argument.isEmpty {
                    var prompt = Prompt(.filter, text: state.filter.text)
                    prompt.listBefore = state.list
                    state.prompt = prompt
                } else {
                    state.filter = Filter(argument)
                }
                return []
            }),
        Action(
            id: "clear", keys: [], names: ["clear"], title: "clear", help: "Take the filter away.", argument: nil,
            places: [.peers, .timeline, .devices], hint: nil,
            refusal: { $0.state.filter.text.isEmpty ? "there is no filter" : nil },
            perform: { state, _, _ in
                state.filter = Filter()
                return []
            }),
        Action(
            id: "sort", keys: [.character("s")], names: ["sort"], title: "sort",
            help: "Sort by the next column, or by the one named; after the last comes the list's own order.",
            argument: "[COLUMN]", places: .tables, hint: 6, refusal: Refusals.none,
            perform: { state, _, argument in sort(&state, argument) }),
        Action(
            id: "reverse", keys: [.character("S")], names: ["reverse"], title: "reverse", help: "Turn the order round.",
            argument: nil, places: .tables, hint: nil, refusal: Refusals.none,
            perform: { state, _, _ in
                state.list.reversed.toggle()
                return []
            }),
        Action(
            id: "follow", keys: [.character("F")], names: ["follow"], title: "follow",
            help: "Keep this row in sight whatever the filter and the order; again, let it go.", argument: nil,
            places: .tables, hint: 8,
            refusal: { $0.state.followed == nil ? Refusals.row($0) : nil },
            perform: { state, situation, _ in
                if let followed = state.followed {
                    state.followed = nil
                    state.message = Message("\(followed.title) is not followed any more")
                } else if let subject = situation.subject {
                    state.followed = subject
                    state.message = Message("following \(subject.title); F lets it go", .good)
                }
                return []
            }),
        Action(
            id: "baseline", keys: [.character("b")], names: ["baseline"], title: "baseline",
            help: "Pin what is now: rows whose state differs from it are marked; again, take it away.", argument: nil,
            places: .lists, hint: nil, refusal: Refusals.none,
            perform: { state, situation, _ in
                if let baseline = state.baseline {
                    state.baseline = nil
                    state.message = Message("the baseline of \(baseline.at.clock)Z is taken away")
                } else {
                    let baseline = Baseline(situation.snapshot, now: situation.context.now)
                    state.baseline = baseline
                    state.message = Message("baseline \(baseline.at.clock)Z: what differs from it is marked", .good)
                }
                return []
            }),
    ]

    private static func sort(_ state: inout ViewState, _ argument: String) -> [Effect] {
        let keys: [(key: String, title: String)] =
            state.place == .peers
            ? PeerEntry.columns.filter { $0.order != nil }.map { ($0.key, $0.title) }
            : DeviceEntry.columns.filter { $0.order != nil }.map { ($0.key, $0.title) }
        if !argument.isEmpty {
            guard keys.contains(where: { $0.key == argument }) else {
                state.message = Message(
                    "no column \"\(argument)\"; there are \(keys.map(\.key).joined(separator: " "))", .warning)
                return []
            }
            state.list.sort = argument
        } else {
            let now = keys.firstIndex { $0.key == state.list.sort }
            let next = now.map { $0 + 1 } ?? 0
            state.list.sort = next < keys.count ? keys[next].key : nil
        }
        state.message = Message(state.list.sort.map { "sorted by \($0)" } ?? "in the order of the inventory")
        return []
    }
}
