// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// Writing into the timeline, and the timeline into a document.
enum NoteActions {
    /// What the foot says while a note is on its way to the disk.
    static let writing = Message("writing the note")

    static let all: [Action] = [
        Action(
            id: "note", keys: [.character("n")], names: ["note"], title: "note",
            help:
                "Write a note into the timeline, about the row under the cursor; one that begins with ! is an action item.",
            argument: "[TEXT]", places: .everywhere, hint: 6, refusal: { $0.noteRefusal },
            perform: { state, situation, argument in
                if let refusal = situation.noteRefusal {
                    state.message = Message("note: \(refusal)", .warning)
                    return []
                }
                if !argument.isEmpty { return send(argument, about: situation.about, &state) }
                if !state.lostNotes.isEmpty {
                    state.prompt = state.lostNotes.removeFirst()
                } else {
                    var prompt = Prompt(.note)
                    prompt.subject = situation.about
                    state.prompt = prompt
                }
                return []
            }),
        Action(
            id: "export", keys: [], names: ["export"], title: "export",
            help: "Write the last incident, on Timeline the one under the cursor, into a Markdown file.",
            argument: "[md [FILE]]", places: .everywhere, hint: nil, refusal: { $0.exportRefusal }, perform: export),
        Action(
            id: "export-chosen", keys: [.character("x")], names: ["export-chosen"], title: "export",
            help: "Write the incident under the cursor, or the last one, into a Markdown file.", argument: nil,
            places: [.timeline], hint: 2, refusal: { $0.exportRefusal },
            perform: { state, situation, _ in export(&state, situation, "") }),
    ]

    /// Enter on the prompt of a note.
    static func enter(_ prompt: Prompt, _ state: inout ViewState) -> [Effect] {
        send(prompt.text, about: prompt.subject, &state)
    }

    private static func send(_ text: String, about: Subject?, _ state: inout ViewState) -> [Effect] {
        let note = NoteRequest(typed: text, about: about)
        guard !note.text.isEmpty else {
            state.message = Message("nothing was typed, nothing is noted")
            return []
        }
        state.message = writing
        return [.note(note)]
    }

    @Sendable private static func export(
        _ state: inout ViewState, _ situation: Situation, _ argument: String
    ) -> [Effect] {
        if let refusal = situation.exportRefusal {
            state.message = Message("export: \(refusal)", .warning)
            return []
        }
        let words = argument.split(separator: " ", maxSplits: 1).map(String.init)
        if let format = words.first, format != "md" {
            state.message = Message("export: no format \"\(format)\"; there is md, as in :export md FILE", .warning)
            return []
        }
        let snapshot = situation.snapshot
        let chosen =
            state.place == .timeline
            ? Screens.incident(of: state.list.cursor, in: snapshot, at: situation.context.now) : nil
        state.message = Message("writing the incident down")
        return [.export(ExportRequest(firstSymptom: chosen?.first, file: words.count > 1 ? words[1].trimmed : nil))]
    }

    /// What came of a note: it is on disk, or its text comes back.
    static func receive(_ letter: MessageInbox.Letter, _ state: inout ViewState) {
        switch letter {
        case .message(let message): state.message = message
        case .noteWritten(let note):
            state.message = Message(note.isActionItem ? "action item noted, on disk" : "noted, on disk", .good)
        case .noteFailed(let note, let reason):
            var prompt = Prompt(.note, text: note.line)
            prompt.subject = note.about
            // Only to somebody who has done nothing else since: a prompt that opens under a hand turns its next key,
            // which may be R, into text.
            if state.prompt == nil, state.message == writing {
                state.prompt = prompt
                state.message = Message("not written: \(reason); enter tries again", .bad)
            } else {
                state.lostNotes.append(prompt)
                state.message = Message("the note was not written: \(reason); n brings it back", .bad)
            }
        }
    }
}
