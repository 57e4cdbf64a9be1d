// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// One thing a person can do: the single place that its key, its command, its help and its refusal come from.
public struct Action: Sendable {
    /// The stable name.
    public var id: String
    /// The keys that do it; the first is the one that hints and help show.
    public var keys: [Key]
    /// Names behind `:`; the first is shown.
    public var names: [String]
    /// Two words at most, for the foot of the screen.
    public var title: String
    /// One sentence.
    public var help: String
    /// What a command of it may be followed by, such as `FILTER`; nil for nothing.
    public var argument: String?
    public var places: Set<Place.Kind>
    /// Place among the hints at the foot, lowest first; nil for none.
    public var hint: Int?
    /// Why it cannot be done now, in a sentence; nil when it can.
    public var refusal: @Sendable (Situation) -> String?
    /// Changes the view, and says what else is to be done.
    public var perform: @Sendable (inout ViewState, Situation, String) -> [Effect]
}

/// What an action may look at.
public struct Situation {
    /// What is on the screen: frozen or live.
    public let snapshot: Snapshot
    /// What is live.
    public let live: Snapshot
    public var state: ViewState
    public var context: DrawContext
    /// What the inventory says of a device; for command lines.
    public let inventory: (DeviceName) -> Device?
    /// Why nothing can be changed, noted or written down here, in a sentence; nil when it can.
    public var changeRefusal: String?
    public var noteRefusal: String?
    public var exportRefusal: String?

    var identities: [RowID] { context.lists.identities(snapshot, state, at: context.now) }

    /// What the cursor stands on, or the page is about, if it is still there.
    var subject: RowID? {
        switch state.place {
        case .peer(let id): return .peer(id)
        case .device(let name): return .device(name)
        case .provenance(let id): return id
        case .changes: return Screens.currentChange(snapshot).map { .change($0.id) }
        case .overview, .peers, .anycast, .guests, .timeline, .devices:
            guard let cursor = state.list.cursor, identities.contains(cursor) else { return nil }
            return cursor
        case .help: return nil
        }
    }

    /// The device that the subject is or is on.
    var device: DeviceName? { about?.device }

    /// The subject as events name it.
    var about: Subject? {
        switch subject {
        case .peer(let id): Subject(kind: .peer, device: id.device, name: id.key.name)
        case .device(let name): Subject(kind: .device, device: name)
        case .anycast(let name, let prefix): Subject(kind: .anycast, device: name, name: prefix)
        case .guest(let guest): Subject(kind: .guest, device: guest.device, name: guest.description)
        case .service(let name): Subject(kind: .service, name: name)
        case .event(let sequence), .incident(let sequence): event(sequence)?.subject
        case .change(let id): live.changes.first { $0.id == id }?.subject
        case .cause, .action, nil: nil
        }
    }

    func event(_ sequence: Int) -> Event? { snapshot.events.last { $0.sequence == sequence } }

    func peer(_ id: PeerID) -> Peer? {
        snapshot[id.device]?.peers?.value.first { $0.key == id.key }
    }
}

/// What a reducer asks the world for; the loop does it.
public enum Effect: Hashable, Sendable {
    case quit
    /// Forget back-off and try this device now.
    case retry(DeviceName)
    /// Put text into the clipboard and say what it was.
    case copy(String, what: String)
    case change(ChangeOrder)
    /// Give the terminal to an editor, then have the plan read.
    case edit(session: String, file: String)
    case note(NoteRequest)
    case export(ExportRequest)
    case suspend
    case redraw
    case replayToggle
    case replayStep(Int)
}

/// What the ``ChangeDesk`` is asked for.
public enum ChangeOrder: Hashable, Sendable {
    case open(ChangeRequest)
    case apply(String)
    case confirm(String)
    /// Nil for the open session, whichever it is.
    case rollBack(String?)
    case cancel(String)
}
