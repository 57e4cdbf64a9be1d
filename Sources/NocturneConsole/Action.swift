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
    public let device: (DeviceName) -> Device?

    var identities: [RowID] { context.lists.identities(snapshot, state, at: context.now) }

    /// What the cursor stands on, or the page is about, if it is still there.
    var subject: RowID? {
        switch state.place {
        case .peer(let id): return .peer(id)
        case .device(let name): return .device(name)
        case .provenance(let id): return id
        case .overview, .peers, .anycast, .guests, .timeline, .changes, .devices:
            guard let cursor = state.list.cursor, identities.contains(cursor) else { return nil }
            return cursor
        case .help: return nil
        }
    }

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
    case suspend
    case redraw
    case replayToggle
    case replayStep(Int)
}
