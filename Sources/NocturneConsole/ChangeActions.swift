// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// Beginning, applying, keeping and undoing a change.
///
/// What goes forward asks, and only a word typed out says yes; what goes back asks nothing and works everywhere. All of
/// them look at what is live, also where the screen stands still.
enum ChangeActions {
    static let all: [Action] = [
        Action(
            id: "change", keys: [.character("c")], names: ["change"], title: "change",
            help:
                "Begin a change on the device under the cursor or the one named, with a file or by editing what is there.",
            argument: "[DEVICE] [FILE] [--confirm-within 300s] [--hold 180s]", places: .everywhere, hint: 11,
            refusal: { $0.changeRefusal ?? ($0.device == nil ? "which device? :change DEVICE names one" : nil) },
            perform: open),
        Action(
            id: "edit", keys: [.character("e")], names: ["edit"], title: "edit",
            help: "Edit the plan in $VISUAL, $EDITOR or vi; then what differs is shown.", argument: nil,
            places: [.changes], hint: 1, refusal: editRefusal,
            perform: { _, situation, _ in
                guard let change = situation.change, let file = change.draftFile else { return [] }
                return [.edit(session: change.id, file: file)]
            }),
        Action(
            id: "apply", keys: [.enter], names: ["apply"], title: "apply",
            help: "Apply the plan, after a question; the device undoes it by itself unless it is confirmed.",
            argument: nil, places: [.changes], hint: 0, refusal: applyRefusal,
            perform: { state, situation, _ in
                guard let change = situation.change else { return [] }
                // The question is about what is, so that is what must be seen.
                state.frozen = nil
                let word = situation.live.protected ? situation.live.site : "yes"
                state.prompt = Prompt(asking: .apply, "apply to \(change.device)", word: word, session: change.id)
                return []
            }),
        Action(
            id: "confirm", keys: [.character("C")], names: ["confirm"], title: "confirm",
            help: "Keep what was applied, after a question; only once the gate has held.", argument: nil,
            places: .everywhere, hint: nil, refusal: confirmRefusal,
            perform: { state, situation, _ in
                guard let change = situation.confirmable else { return [] }
                state.frozen = nil
                state.prompt = Prompt(asking: .confirm, "keep it on \(change.device)", word: "yes", session: change.id)
                return []
            }),
        Action(
            id: "roll-back", keys: [.character("R"), .function(12)], names: ["rollback"], title: "roll back",
            help: "Undo the open change at once, without a question; F12 does it while text is typed too.",
            argument: nil, places: .everywhere, hint: nil, refusal: rollBackRefusal,
            perform: { state, situation, _ in
                guard let open = situation.undoable else { return [] }
                state.message =
                    open.isArmed
                    ? Message("rolling back \(open.device) now", .warning)
                    : Message("nothing was armed on \(open.device) a moment ago; :cancel lets go of the plan", .warning)
                return [.change(.rollBack(open.session))]
            }),
        Action(
            id: "cancel", keys: [], names: ["cancel"], title: "cancel",
            help: "Let go of a change of which nothing has been sent.", argument: nil, places: .everywhere, hint: nil,
            refusal: { situation in
                if let refusal = situation.changeRefusal { return refusal }
                guard let change = situation.change, !change.phase.isEnd else { return "no change is open" }
                return change.phase.isBeforeArming ? nil : "it is \(change.phase.rawValue) already; R rolls back"
            },
            perform: { state, situation, _ in
                guard let change = situation.change else { return [] }
                state.message = Message("the change on \(change.device) is let go; nothing was sent")
                return [.change(.cancel(change.id))]
            }),
    ]

    // MARK: Why not

    private static let editRefusal: @Sendable (Situation) -> String? = { situation in
        if let refusal = situation.changeRefusal { return refusal }
        guard let change = situation.change, !change.phase.isEnd else { return "no change is open; c begins one" }
        guard change.phase.isBeforeArming else { return "it is applied; what is planned cannot be edited any more" }
        return change.draftFile == nil ? "there is no draft yet; the device's configuration is being read" : nil
    }

    static let applyRefusal: @Sendable (Situation) -> String? = { situation in
        if let refusal = situation.changeRefusal { return refusal }
        guard let change = situation.change, !change.phase.isEnd else { return "no change is open; c begins one" }
        if let finding = change.findings.first(where: { $0.weight == .blocking }) { return finding.text }
        switch change.phase {
        case .checked: return nil
        case .planned where change.draftFile != nil: return "nothing is planned yet; e edits the draft"
        case .planned, .snapshot: return "it is not checked yet"
        default: return "it is applied already; C keeps it, R rolls back"
        }
    }

    static let confirmRefusal: @Sendable (Situation) -> String? = { situation in
        if let refusal = situation.changeRefusal { return refusal }
        if situation.confirmable != nil { return nil }
        guard let open = situation.live.changes.last(where: \.phase.isGuarded) else { return "no change is open" }
        switch open.phase {
        case .confirming: return "it is being kept already"
        case .reverting: return "it is being rolled back"
        case .applied, .gated:
            guard let gate = open.gate else { return "the gate has not been looked at yet" }
            guard gate.held >= gate.wanted else {
                let missing = gate.missing.first.map { ": \($0)" } ?? ""
                return "the gate has not held, \(gate.held) of \(gate.wanted) are back\(missing)"
            }
            return "all are back, but not for \(open.holdSeconds)s yet"
        default: return "nothing is applied yet"
        }
    }

    private static let rollBackRefusal: @Sendable (Situation) -> String? = { situation in
        if let refusal = situation.changeRefusal { return refusal }
        return situation.undoable == nil ? "no change is open, there is nothing to undo" : nil
    }

    // MARK: Begin

    @Sendable private static func open(
        _ state: inout ViewState, _ situation: Situation, _ argument: String
    ) -> [Effect] {
        func refuse(_ why: String) -> [Effect] {
            state.message = Message("change: \(why)", .warning)
            return []
        }
        if let refusal = situation.changeRefusal { return refuse(refusal) }
        let request: ChangeRequest
        switch ChangeLine.parse(argument, device: situation.device) {
        case .failure(let problem): return refuse(problem.sentence)
        case .success(let read): request = read
        }
        guard situation.live[request.device] != nil else {
            return refuse("the inventory has no device \"\(request.device)\"")
        }
        if situation.live.changes.contains(where: { $0.device == request.device && !$0.phase.isEnd }) {
            return refuse("\(request.device) has an open change already; 6 shows it")
        }
        state.frozen = nil
        if state.place != .changes { state.visits.append(Visit(.changes)) }
        state.visit.scroll = 0
        state.message = Message("reading what is on \(request.device)")
        return [.change(.open(request))]
    }

    // MARK: Answers

    /// Enter on a question: only its word says yes.
    static func answer(_ prompt: Prompt, _ state: inout ViewState, _ situation: Situation) -> [Effect] {
        let typed = prompt.text.trimmed
        switch (prompt.kind, typed == prompt.word) {
        case (.leave, true): return [.quit]
        case (.leave, false):
            state.message = Message("staying", .good)
        case (.apply, false):
            state.message = Message("not applied: \"\(typed)\" is not \"\(prompt.word)\"; nothing was sent", .warning)
        case (.confirm, false):
            state.message = Message(
                "not kept: \"\(typed)\" is not \"\(prompt.word)\"; the device still undoes it by itself", .warning)
        case (.apply, true):
            // Between question and answer something may have been found, or somebody else may have been here.
            let refusal = applyRefusal(situation)
            guard refusal == nil, let change = situation.change, change.id == prompt.session else {
                state.message = Message("not applied: \(refusal ?? "another change is open now")", .warning)
                return []
            }
            state.message = Message("arming \(change.device), then applying")
            return [.change(.apply(change.id))]
        case (.confirm, true):
            let refusal = confirmRefusal(situation)
            guard refusal == nil, let change = situation.confirmable, change.id == prompt.session else {
                state.message = Message("not kept: \(refusal ?? "another change is open now")", .warning)
                return []
            }
            state.message = Message("keeping it on \(change.device)")
            return [.change(.confirm(change.id))]
        default: break
        }
        return []
    }
}

extension Situation {
    /// The session that Changes and its keys are about, live.
    var change: ChangeState? { Screens.currentChange(live) }

    /// The session whose gate has held.
    var confirmable: ChangeState? { live.changes.last { $0.phase == .reconnected } }

    /// What `R` undoes: ours, whichever it is (nil stands for that), else one that a device tells of.
    var undoable: (session: String?, device: DeviceName, isArmed: Bool)? {
        if let shown = SafeLine.find(live, context) {
            if case .another = shown.owner { return (shown.session, shown.device, true) }
            return (nil, shown.device, true)
        }
        // Asked to apply and not armed yet, as far as this snapshot knows: the desk knows better.
        return live.changes.last { !$0.phase.isEnd }.map { (nil, $0.device, false) }
    }
}
