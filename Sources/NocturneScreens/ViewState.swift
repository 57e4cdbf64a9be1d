// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport

/// Everything about the screen that is not the network: where the reader is, what is chosen, filtered and sorted.
///
/// A value: the console reduces keys into a new one, `draw` only reads it, and a test writes one down.
public struct ViewState: Sendable {
    /// Where the reader is; the last is on the screen, the others are the way back.
    public var visits: [Visit] = [Visit(.overview)]
    public var lists: [ListID: ListState] = [:]
    /// Remembered per list, like the order.
    public var filters: [ListID: Filter] = [:]
    /// What help is searched for.
    public var search = ""
    /// What is being typed, if anything is.
    public var prompt: Prompt?
    /// The one line that answers the last key.
    public var message: Message?
    /// The snapshot the screen stands still at.
    public var frozen: Snapshot?
    /// The row that stays in sight whatever the order and the filter.
    public var followed: RowID?
    public var baseline: Baseline?
    /// Notes that could not be written: kept until the reader brings them back.
    public var lostNotes: [Prompt] = []

    public init(_ place: Place = .overview) { visits = [Visit(place)] }

    public var visit: Visit {
        get { visits.last ?? Visit(.overview) }
        set { if visits.isEmpty { visits = [newValue] } else { visits[visits.count - 1] = newValue } }
    }

    public var place: Place { visit.place }

    /// The state of the list on the screen; a default one where the screen is no list.
    public var list: ListState {
        get { place.list.flatMap { lists[$0] } ?? ListState() }
        set { if let id = place.list { lists[id] = newValue } }
    }

    /// The filter of the list on the screen.
    public var filter: Filter {
        get { place.list.flatMap { filters[$0] } ?? Filter() }
        set { if let id = place.list { filters[id] = newValue } }
    }
}

/// One screen.
public enum Place: Hashable, Sendable {
    case overview, peers, anycast, guests, timeline, changes, devices, help
    case peer(PeerID)
    case device(DeviceName)
    /// The raw answers behind a device or one of its sessions.
    case provenance(RowID)

    /// Its kind, for what is valid where.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case overview, peers, anycast, guests, timeline, changes, devices, help, peer, device, provenance
    }

    public var kind: Kind {
        switch self {
        case .overview: .overview
        case .peers: .peers
        case .anycast: .anycast
        case .guests: .guests
        case .timeline: .timeline
        case .changes: .changes
        case .devices: .devices
        case .help: .help
        case .peer: .peer
        case .device: .device
        case .provenance: .provenance
        }
    }

    public var list: ListID? {
        switch self {
        case .overview: .overview
        case .peers: .peers
        case .anycast: .anycast
        case .guests: .guests
        case .timeline: .timeline
        case .devices: .devices
        case .help: .help
        case .changes, .peer, .device, .provenance: nil
        }
    }

    /// Its name in the breadcrumb.
    public var title: String {
        switch self {
        case .overview: "Overview"
        case .peers: "Peers"
        case .anycast: "Anycast"
        case .guests: "Guests"
        case .timeline: "Timeline"
        case .changes: "Changes"
        case .devices: "Devices"
        case .help: "Help"
        case .peer(let id): "\(id.device) \(id.key.name)"
        case .device(let name): name.rawValue
        case .provenance: "Provenance"
        }
    }
}

/// A place and how far it is scrolled, for pages that are text.
public struct Visit: Hashable, Sendable {
    public var place: Place
    public var scroll = 0
    public init(_ place: Place) { self.place = place }
}

/// The identity of a session in the whole network.
public struct PeerID: Hashable, Sendable {
    public var device: DeviceName
    public var key: PeerKey
    public init(device: DeviceName, key: PeerKey) {
        self.device = device
        self.key = key
    }
}

/// What the cursor stands on: never a line number.
public enum RowID: Hashable, Sendable {
    case peer(PeerID)
    case device(DeviceName)
    /// One prefix on one node.
    case anycast(DeviceName, prefix: String)
    case service(String)
    case guest(GuestRef)
    /// An event of the timeline, by its sequence.
    case event(Int)
    /// An incident, by the sequence of its first symptom.
    case incident(Int)
    case change(String)
    /// A cause of darkness that is no device, by its key.
    case cause(String)
    case action(String)

    /// The device it is, or is on.
    public var device: DeviceName? {
        switch self {
        case .peer(let id): id.device
        case .device(let name): name
        case .anycast(let name, _): name
        case .guest(let ref): ref.device
        case .service, .event, .incident, .change, .cause, .action: nil
        }
    }

    /// How a person calls it.
    public var title: String {
        switch self {
        case .peer(let id): "\(id.device) \(id.key.name)"
        case .device(let name): name.rawValue
        case .anycast(let name, let prefix): "\(name) \(prefix)"
        case .service(let name): name
        case .guest(let ref): ref.description
        case .event(let sequence): "event \(sequence)"
        case .incident(let sequence): "the incident of event \(sequence)"
        case .change(let id): id
        case .cause(let key): key
        case .action(let id): id
        }
    }
}

public enum ListID: Hashable, Sendable { case overview, peers, anycast, guests, timeline, devices, help }

extension Place {
    /// The screens of the row of tabs, with the number that goes there.
    public static let tabs: [(number: Int, place: Place)] = [
        (1, .overview), (2, .peers), (3, .anycast), (4, .guests), (5, .timeline), (6, .changes), (8, .devices),
    ]
}

/// Cursor, window and order of one list.
public struct ListState: Hashable, Sendable {
    public var cursor: RowID?
    /// Whether the reader put the cursor there: only then is it told when its row vanishes.
    public var chosen = false
    /// Where the cursor's row was last seen, so that its neighbours can be found when it vanishes.
    public var index = 0
    /// The first row in the window.
    public var top = 0
    /// The key of the column it is sorted by; nil for the list's own order.
    public var sort: String?
    public var reversed = false
    public init() {}
}

/// What stood when the reader pinned it: from then on, what differs is bright.
public struct Baseline: Hashable, Sendable {
    public var at: UTC
    public var states: [RowID: String]

    public init(_ snapshot: Snapshot, now: UTC) {
        at = now
        states = [:]
        for device in snapshot.devices {
            let dark = device.isDark(at: now)
            states[.device(device.name)] = device.health(at: now).rawValue
            for peer in device.peers?.value ?? [] {
                states[.peer(PeerID(device: device.name, key: peer.key))] = Self.word(peer, dark: dark)
            }
        }
    }

    static func word(_ peer: Peer, dark: Bool) -> String { dark ? "dark" : peer.state.rawValue }

    /// Whether a row is another than it was, or was not there.
    public func moved(_ id: RowID, now word: String) -> Bool { states[id] != word }
}

extension PeerEntry {
    public var id: RowID { .peer(PeerID(device: device, key: peer.key)) }
}

extension DeviceEntry {
    public var id: RowID { .device(state.name) }
}
