// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// A line being typed at the foot of the screen: a filter, a command, a note, or the answer to a question.
///
/// Whatever it is for, keys are text while it is open; only F12 is not.
public struct Prompt: Hashable, Sendable {
    /// What the line is for. The last three ask before something goes forward: only their word, typed, says yes.
    public enum Kind: Hashable, Sendable, CaseIterable { case filter, command, search, note, apply, confirm, leave }
    public var kind: Kind
    public var text: String
    /// In characters, from the start.
    public var cursor: Int
    /// What stood before, for esc.
    public var before: String
    /// The list as it was, for esc.
    public var listBefore: ListState?
    /// Where in the history the reader is; nil while typing something new.
    public var historyPosition: Int?
    /// What a note is about.
    public var subject: Subject?
    /// The session that a question is about.
    public var session: String?
    /// The question, and the word that says yes to it; anything else says no.
    public var question = ""
    public var word = ""
    /// When the device undoes the change by itself, where the question tells how long that is.
    public var until: UTC?

    public init(_ kind: Kind, text: String = "") {
        self.kind = kind
        self.text = text
        cursor = text.count
        before = text
    }

    public init(
        asking kind: Kind, _ question: String, word: String, session: String? = nil, until: UTC? = nil
    ) {
        self.init(kind)
        self.question = question
        self.word = word
        self.session = session
        self.until = until
    }

    /// What stands before the text.
    public func sign(at now: UTC) -> String {
        switch kind {
        case .command: return ":"
        case .filter, .search: return "/"
        case .note: return "note" + (subject.map { " about \($0.device?.rawValue ?? $0.name)" } ?? "") + ": "
        case .apply, .confirm, .leave:
            let left = until.map { " in \(CountdownText.of($0 - now))" } ?? ""
            return "\(question)\(left)\(until == nil ? "?" : ":") type \(word): "
        }
    }
}

public struct Message: Hashable, Sendable {
    public var text: String
    public var severity: Event.Severity
    public init(_ text: String, _ severity: Event.Severity = .info) {
        self.text = text
        self.severity = severity
    }
}
