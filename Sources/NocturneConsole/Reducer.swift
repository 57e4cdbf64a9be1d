// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// What an input does to the view: a function from state to state, and a list of what else is to be done.
///
/// ```
///  input ─▶ typing? ─ yes ─▶ line editor ─▶ enter: run / esc: as it was
///             └ no ─▶ registry ─▶ refusal? ─ yes ─▶ message
///                                   └ no ─▶ perform ─▶ state + effects
/// ```
///
/// While text is typed, keys are text but for F12, which rolls back; a paste is text there and nothing anywhere else.
public struct Reducer {
    /// Command lines typed in this run, oldest first.
    public private(set) var history: [String] = []

    public init() {}

    public mutating func reduce(_ input: Input, _ state: inout ViewState, _ situation: Situation) -> [Effect] {
        let before = state.filters
        defer {
            // Who changes the filter means the rows that match: a cursor it hides goes to the first of them.
            if state.filters != before { Self.reseat(&state, situation) }
        }
        switch input {
        case .resize: return []
        case .paste(let text): return paste(text, &state, situation)
        case .key(let key):
            if key == Self.rollBackKey { return rollBack(&state, situation) }
            if var prompt = state.prompt {
                return type(key, &prompt, &state, situation)
            }
            state.message = nil
            return press(key, &state, situation)
        }
    }

    private static let rollBackKey = Key.function(12)

    /// Whatever is being typed stays as it is.
    private func rollBack(_ state: inout ViewState, _ situation: Situation) -> [Effect] {
        guard let action = ActionRegistry.action(id: "roll-back") else { return [] }
        state.message = nil
        return perform(action, "", &state, situation)
    }

    private func paste(_ text: String, _ state: inout ViewState, _ situation: Situation) -> [Effect] {
        guard var prompt = state.prompt else {
            state.message = Message("a paste does nothing here; / or : first, then it is text", .warning)
            return []
        }
        LineEditor.insert(&prompt, text)
        state.prompt = prompt
        Self.preview(prompt, &state)
        return []
    }

    private func press(_ key: Key, _ state: inout ViewState, _ situation: Situation) -> [Effect] {
        guard let action = ActionRegistry.action(for: key, in: state.place.kind) else {
            if let elsewhere = ActionRegistry.actions.first(where: { $0.keys.contains(key) }) {
                state.message = Message(
                    "\(key.name) (\(elsewhere.title)) belongs to \(ActionRegistry.list(elsewhere.places))", .warning)
            } else {
                state.message = Message("\(key.name) does nothing here; ? lists what does", .warning)
            }
            return []
        }
        return perform(action, "", &state, situation)
    }

    /// Runs an action, or says why not.
    func perform(_ action: Action, _ argument: String, _ state: inout ViewState, _ situation: Situation) -> [Effect] {
        var situation = situation
        situation.state = state
        if !Screens.fits(situation.context.size), !["quit", "roll-back"].contains(action.id) {
            state.message = Message("the terminal is too small to see what \(action.title) would do", .warning)
            return []
        }
        // What names its own subject needs none under the cursor.
        if argument.isEmpty || action.argument == nil, let refusal = action.refusal(situation) {
            state.message = Message("\(action.title): \(refusal)", .warning)
            return []
        }
        return action.perform(&state, situation, argument)
    }

    // MARK: Typing

    private mutating func type(
        _ key: Key, _ prompt: inout Prompt, _ state: inout ViewState, _ situation: Situation
    ) -> [Effect] {
        state.message = nil
        switch key {
        case .escape, .control("c"), .control("g"):
            prompt.text = prompt.before
            Self.preview(prompt, &state)
            if let list = prompt.listBefore { state.list = list }
            state.prompt = nil
        case .enter:
            state.prompt = nil
            return enter(prompt, &state, situation)
        case .tab:
            let note = Completion.complete(&prompt, situation)
            state.prompt = prompt
            state.message = note.map { Message($0) }
            Self.preview(prompt, &state)
        case .up, .down:
            recall(&prompt, older: key == .up)
            state.prompt = prompt
        case .backspace where prompt.text.isEmpty:
            state.prompt = nil
        default:
            if LineEditor.edit(&prompt, key) {
                state.prompt = prompt
                Self.preview(prompt, &state)
            }
        }
        return []
    }

    /// A filter shows its effect while it is typed.
    private static func preview(_ prompt: Prompt, _ state: inout ViewState) {
        switch prompt.kind {
        case .filter: state.filter = Filter(prompt.text)
        case .search: state.search = prompt.text
        case .command, .note, .apply, .confirm, .leave: break
        }
    }

    private mutating func enter(_ prompt: Prompt, _ state: inout ViewState, _ situation: Situation) -> [Effect] {
        switch prompt.kind {
        case .filter:
            if let problem = state.filter.problem { state.message = Message("filter: \(problem)", .warning) }
            return []
        case .search: return []
        case .note: return NoteActions.enter(prompt, &state)
        case .apply, .confirm, .leave: return ChangeActions.answer(prompt, &state, situation)
        case .command:
            let text = prompt.text.drop { $0 == " " }
            guard !text.isEmpty else { return [] }
            if history.last != prompt.text { history.append(prompt.text) }
            if history.count > 200 { history.removeFirst() }
            let name = String(text.prefix { $0 != " " })
            let argument = String(text.dropFirst(name.count).drop { $0 == " " })
            return run(name, argument, &state, situation)
        }
    }

    private func run(
        _ name: String, _ argument: String, _ state: inout ViewState, _ situation: Situation
    ) -> [Effect] {
        guard let action = ActionRegistry.action(named: name) else {
            let near = Completion.nearest(name).map { "; did you mean :\($0)?" } ?? "; ? lists what there is"
            state.message = Message("no command \"\(name)\"\(near)", .warning)
            return []
        }
        guard action.places.contains(state.place.kind) else {
            state.message = Message(":\(name) belongs to \(ActionRegistry.list(action.places))", .warning)
            return []
        }
        guard argument.isEmpty || action.argument != nil else {
            state.message = Message(":\(name) takes nothing after it", .warning)
            return []
        }
        let effects = perform(action, argument, &state, situation)
        if let problem = state.filter.problem { state.message = Message("filter: \(problem)", .warning) }
        return effects
    }

    private func recall(_ prompt: inout Prompt, older: Bool) {
        guard prompt.kind == .command, !history.isEmpty else { return }
        let now = prompt.historyPosition ?? history.count
        let next = older ? now - 1 : now + 1
        guard next >= 0 else { return }
        let position = next < history.count ? next : nil
        prompt.text = position.map { history[$0] } ?? ""
        prompt.historyPosition = position
        prompt.cursor = prompt.text.count
    }
}

extension Reducer {
    private static func reseat(_ state: inout ViewState, _ situation: Situation) {
        var there = situation
        there.state = state
        guard let cursor = state.list.cursor, !there.identities.contains(cursor) else { return }
        state.list.cursor = nil
        state.list.chosen = false
        state.list.index = 0
    }

    /// Fits the view to a snapshot: the window follows the cursor's row, and what vanished is said.
    public static func settle(_ state: inout ViewState, _ situation: Situation) {
        guard state.place != .help else {
            settleHelp(&state, situation)
            return
        }
        guard state.place.list != nil else { return }
        let rows = situation.identities
        var list = state.list
        let page = Screens.pageHeight(situation.live, state, situation.context)
        // Where nobody chose a row, the first is, and on the Timeline the newest; what was chosen in a list that has emptied is forgotten.
        if rows.isEmpty { list.chosen = false }
        if !list.chosen, state.place == .timeline {
            list.cursor = rows.last
        } else if !list.chosen, list.cursor.map(rows.contains) != true {
            list.cursor = rows.first
            list.index = 0
        }
        if let cursor = list.cursor, let index = rows.firstIndex(of: cursor) {
            // A followed row stays on its line, and the others move past it.
            if state.followed == cursor { list.top += index - list.index }
            list.index = index
            list.top = Window.top(list.top, index: index, count: rows.count, height: page)
        } else {
            list.top = Window.top(list.top, index: nil, count: rows.count, height: page)
        }
        state.list = list
    }

    private static func settleHelp(_ state: inout ViewState, _ situation: Situation) {
        let rows = situation.context.help.map { RowID.action($0.id) }
        var list = state.list
        if list.cursor.flatMap({ rows.firstIndex(of: $0) }) == nil { list.cursor = rows.first }
        list.index = list.cursor.flatMap { rows.firstIndex(of: $0) } ?? 0
        list.top = Window.top(
            list.top, index: list.index, count: rows.count,
            height: max(1, Screens.pageHeight(situation.live, state, situation.context) - 1))
        state.list = list
    }
}
