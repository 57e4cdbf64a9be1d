// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// Going from screen to screen, asking for help, and leaving.
enum ScreenActions {
    static let all: [Action] = [
        go(
            "overview", "1", .overview, "Go to the Overview: what changed last and what is wrong, worst first.",
            argument: nil),
        go(
            "peers", "2", .peers, "Go to Peers, every BGP session; with a filter, to those that match.",
            argument: "[FILTER]"),
        go(
            "anycast", "3", .anycast,
            "Go to Anycast: every prefix on every node, wanted, local, announced, answered.", argument: nil),
        go("guests", "4", .guests, "Go to Guests: services and the containers behind them.", argument: nil),
        go("timeline", "5", .timeline, "Go to the Timeline: what happened, who did what.", argument: nil),
        go(
            "changes", "6", .changes, "Go to Changes: the open change session and what became of others.", argument: nil
        ),
        go(
            "devices", "8", .devices, "Go to Devices, how far each is reached; with a filter, to those that match.",
            argument: "[FILTER]"),
        Action(
            id: "next-screen", keys: [.tab], names: ["next"], title: "next", help: "Go to the next screen.",
            argument: nil,
            places: .everywhere, hint: nil, refusal: Refusals.none,
            perform: { state, _, _ in turn(&state, by: 1) }),
        Action(
            id: "previous-screen", keys: [.backTab], names: ["previous"], title: "previous",
            help: "Go to the screen before.", argument: nil, places: .everywhere, hint: nil, refusal: Refusals.none,
            perform: { state, _, _ in turn(&state, by: -1) }),
        Action(
            id: "back", keys: [.escape], names: ["back"], title: "back",
            help: "Go back; on a list, take the filter away.", argument: nil, places: .everywhere, hint: 1,
            refusal: { situation in
                let state = situation.state
                let filtered = !state.filter.text.isEmpty
                return state.visits.count > 1 || filtered ? nil : "there is nothing to go back to; q leaves"
            },
            perform: { state, _, _ in
                if state.visits.count > 1 { state.visits.removeLast() } else { state.filter = Filter() }
                return []
            }),
        Action(
            id: "command", keys: [.character(":")], names: ["command"], title: "command",
            help: "Do anything by name; tab completes, up brings back what was typed before.", argument: nil,
            places: .everywhere, hint: 4, refusal: Refusals.none,
            perform: { state, _, _ in
                state.prompt = Prompt(.command)
                return []
            }),
        Action(
            id: "help", keys: [.character("?"), .function(1)], names: ["help"], title: "help",
            help: "List what can be done here; enter runs the line.", argument: nil,
            places: Set.everywhere.subtracting([.help]), hint: 5, refusal: Refusals.none,
            perform: { state, _, _ in
                state.visits.append(Visit(.help))
                state.search = ""
                state.lists[.help] = ListState()
                return []
            }),
        Action(
            id: "freeze", keys: [.character("Z")], names: ["freeze"], title: "freeze",
            help: "Stand still at what is on the screen; again, go on.", argument: nil, places: .everywhere, hint: 9,
            refusal: Refusals.none,
            perform: { state, situation, _ in
                if state.frozen == nil {
                    state.frozen = situation.live
                } else {
                    state.frozen = nil
                    state.message = Message("live again", .good)
                }
                return []
            }),
        Action(
            id: "redraw", keys: [.control("l")], names: ["redraw"], title: "redraw",
            help: "Draw the whole screen again.", argument: nil, places: .everywhere, hint: nil, refusal: Refusals.none,
            perform: { _, _, _ in [.redraw] }),
        Action(
            id: "suspend", keys: [.control("z")], names: ["suspend"], title: "suspend",
            help: "Give the terminal to the shell; fg comes back.", argument: nil, places: .everywhere, hint: nil,
            refusal: Refusals.none, perform: { _, _, _ in [.suspend] }),
        Action(
            id: "quit", keys: [.character("q"), .control("c")], names: ["quit", "q"], title: "leave",
            help: "Leave; with an open change, after a question. No device depends on the console.", argument: nil,
            places: .everywhere, hint: 20, refusal: Refusals.none,
            perform: { state, situation, _ in
                // In a recording nothing is open, whatever was.
                guard situation.context.replay == nil,
                    let open = situation.live.changes.last(where: \.phase.isGuarded)
                else { return [.quit] }
                state.prompt = Prompt(
                    asking: .leave, "leave? \(open.device) reverts by itself", word: "leave", session: open.id,
                    until: open.deadline)
                return []
            }),
    ]

    private static func go(_ id: String, _ key: Character, _ place: Place, _ help: String, argument: String?) -> Action
    {
        Action(
            id: id, keys: [.character(key)], names: [id], title: place.title, help: help, argument: argument,
            places: .everywhere, hint: nil, refusal: Refusals.none,
            perform: { state, _, argument in
                state.visits = [Visit(place)]
                if !argument.isEmpty { state.filter = Filter(argument) }
                return []
            })
    }

    private static func turn(_ state: inout ViewState, by step: Int) -> [Effect] {
        let screens = Place.tabs.map(\.place)
        let now = screens.firstIndex(of: state.visits.first?.place ?? .overview) ?? 0
        state.visits = [Visit(screens[(now + step + screens.count) % screens.count])]
        return []
    }
}
