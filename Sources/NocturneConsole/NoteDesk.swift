// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import Synchronization

/// Where the console takes what a person writes down: the journal, behind calls that return at once.
///
/// What comes of it is a ``MessageInbox/Letter``, so the keyboard never waits for a disk.
public protocol NoteDesk: AnyObject, Sendable {
    /// Writes a note; answers `noteWritten` once it is on disk, else `noteFailed`.
    func write(_ note: NoteRequest)
    /// Writes an incident down as a document; answers with a message that names the file, or says why there is none.
    func export(_ request: ExportRequest)
}

/// What somebody wants to have noted.
public struct NoteRequest: Hashable, Sendable {
    /// As it was typed; of an action item without its `!`.
    public var text: String
    /// What it is about, where a row was chosen.
    public var about: Subject?
    /// Something to be done afterwards: it goes into "Future work" of an export.
    public var isActionItem: Bool

    public init(text: String, about: Subject? = nil, isActionItem: Bool = false) {
        self.text = text
        self.about = about
        self.isActionItem = isActionItem
    }

    /// Of a line as it was typed: one that begins with `!` is an action item.
    init(typed: String, about: Subject?) {
        let line = typed.trimmed
        isActionItem = line.hasPrefix("!")
        text = isActionItem ? line.dropFirst().trimmed : line
        self.about = about
    }

    /// The line that makes it again.
    var line: String { isActionItem ? "! \(text)" : text }
}

/// Which incident is to be written down, and where.
public struct ExportRequest: Hashable, Sendable {
    /// The first symptom of the chosen incident, which tells it apart in any list of events; nil for the last one.
    public var firstSymptom: Event?
    /// Nil for a name made of site and time.
    public var file: String?

    public init(firstSymptom: Event? = nil, file: String? = nil) {
        self.firstSymptom = firstSymptom
        self.file = file
    }
}

/// What the world has to say to whoever sits at the console: put in from any thread, taken out by the loop.
///
/// ```swift
/// let inbox = MessageInbox { doorbell.ring() }
/// inbox.post(.message(Message("written to bkk-incident-2.md", .good)))
/// ```
public final class MessageInbox: Sendable {
    public enum Letter: Hashable, Sendable {
        case message(Message)
        case noteWritten(NoteRequest)
        /// Why it is not on disk; the text comes back to be sent again.
        case noteFailed(NoteRequest, reason: String)
    }

    private let letters = Mutex<[Letter]>([])
    private let ring: @Sendable () -> Void

    /// `ring` wakes the loop.
    public init(ring: @escaping @Sendable () -> Void = {}) { self.ring = ring }

    public func post(_ letter: Letter) {
        letters.withLock { $0.append(letter) }
        ring()
    }

    /// Everything that came since the last call, oldest first.
    public func take() -> [Letter] {
        letters.withLock { letters in
            defer { letters = [] }
            return letters
        }
    }
}

extension StringProtocol {
    var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
