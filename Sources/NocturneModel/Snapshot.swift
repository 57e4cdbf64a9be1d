// SPDX-License-Identifier: Apache-2.0

/// A value with its witness: when, from where and by which question it was seen.
public struct Observed<Value: Hashable & Sendable & Codable>: Hashable, Sendable, Codable {
    public var value: Value
    /// When the answer was complete, by our clock.
    public var at: UTC
    /// Name of the path it came by.
    public var path: String
    /// The question as it was sent.
    public var question: String
    /// How long the answer took, in milliseconds.
    public var tookMilliseconds: Double

    public init(_ value: Value, at: UTC, path: String, question: String, tookMilliseconds: Double) {
        self.value = value
        self.at = at
        self.path = path
        self.question = question
        self.tookMilliseconds = tookMilliseconds
    }
}

/// The raw answer behind a value, for provenance and for `nocturne parse`.
public struct Transcript: Hashable, Sendable, Codable {
    /// The name of the query, as `nocturne parse --query` takes it.
    public var query: String
    public var platform: Platform
    public var question: String
    public var at: UTC
    public var tookMilliseconds: Double
    /// Scrubbed text as the device sent it.
    public var text: String
    /// The answer was longer than its bound and was cut.
    public var truncated: Bool

    public init(
        query: String, platform: Platform, question: String, at: UTC, tookMilliseconds: Double, text: String,
        truncated: Bool = false
    ) {
        self.query = query
        self.platform = platform
        self.question = question
        self.at = at
        self.tookMilliseconds = tookMilliseconds
        self.text = text
        self.truncated = truncated
    }
}

/// Everything known about one device at one moment.
///
/// Values stay when a device goes dark: they keep the time they were seen, and ``isDark`` says that they are history.
public struct DeviceState: Hashable, Sendable, Codable {
    public var name: DeviceName
    public var platform: Platform
    public var address: String
    public var group: String?
    public var role: String?
    public var model: String?
    /// How often it is asked, in milliseconds.
    public var pollMilliseconds: Int64
    public var reach: Reach
    public var status: Observed<DaemonStatus>?
    public var peers: Observed<[Peer]>?
    public var bfd: Observed<[BFDSession]>?
    public var ospf: Observed<[OSPFNeighbor]>?
    /// What it says of the anycast prefixes, where it takes part in any.
    public var anycast: Observed<[AnycastSighting]>?
    public var guests: Observed<[Guest]>?
    /// Change sessions the device itself tells of, whoever began them.
    public var guards: Observed<[DeviceGuard]>?
    /// Lines nobody understood in the latest answers, by query name.
    public var unparsed: [String: [Unparsed]]
    /// Questions the device could not answer in the latest sweep, by query name, and why.
    public var refused: [String: Fault]
    /// The device's clock minus ours, in milliseconds, by its latest status; nil until told.
    public var clockOffsetMilliseconds: Int64?
    /// Cost of the latest sweep.
    public var sweepMilliseconds: Double?
    public var sweepBytes: Int?
    /// The latest raw answers, by query name. Left out of recordings but for full snapshots.
    public var transcripts: [String: Transcript]

    public init(
        name: DeviceName, platform: Platform, address: String, group: String? = nil, role: String? = nil,
        model: String? = nil, pollMilliseconds: Int64 = 2000, reach: Reach = Reach(),
        status: Observed<DaemonStatus>? = nil, peers: Observed<[Peer]>? = nil, bfd: Observed<[BFDSession]>? = nil,
        ospf: Observed<[OSPFNeighbor]>? = nil, anycast: Observed<[AnycastSighting]>? = nil,
        guests: Observed<[Guest]>? = nil, guards: Observed<[DeviceGuard]>? = nil,
        unparsed: [String: [Unparsed]] = [:], refused: [String: Fault] = [:],
        clockOffsetMilliseconds: Int64? = nil, sweepMilliseconds: Double? = nil, sweepBytes: Int? = nil,
        transcripts: [String: Transcript] = [:]
    ) {
        self.name = name
        self.platform = platform
        self.address = address
        self.group = group
        self.role = role
        self.model = model
        self.pollMilliseconds = pollMilliseconds
        self.reach = reach
        self.status = status
        self.peers = peers
        self.bfd = bfd
        self.ospf = ospf
        self.anycast = anycast
        self.guests = guests
        self.guards = guards
        self.unparsed = unparsed
        self.refused = refused
        self.clockOffsetMilliseconds = clockOffsetMilliseconds
        self.sweepMilliseconds = sweepMilliseconds
        self.sweepBytes = sweepBytes
        self.transcripts = transcripts
    }

    /// When anything of it was last seen.
    public var seenAt: UTC? {
        [status?.at, peers?.at, bfd?.at, ospf?.at, anycast?.at, guests?.at, guards?.at].compactMap { $0 }.max()
    }

    /// Values older than this are history, not state: five polls, at least ten seconds.
    public var darkAfter: Duration { .milliseconds(max(10_000, pollMilliseconds * 5)) }

    /// When its main question was last answered: its sessions, or what a device without a routing daemon is asked.
    public var answeredAt: UTC? { peers?.at ?? [guests?.at, guards?.at].compactMap { $0 }.max() }

    /// Whether the device is not being observed at `now`: never "up" and never "down".
    public func isDark(at now: UTC) -> Bool {
        guard reach.fault == nil, let answeredAt else { return true }
        return now - answeredAt > darkAfter
    }
}

/// The way in: one entry of `paths:` in the inventory.
public struct PathState: Hashable, Sendable, Codable {
    public var name: String
    /// `ops@jump.example.net:22`, …; empty for a direct path.
    public var hops: [String]
    public var alive: Bool
    public var fault: Fault?
    public var roundTripMilliseconds: Double?
    public var since: UTC?
    public var retryAt: UTC?

    public init(
        name: String, hops: [String], alive: Bool = false, fault: Fault? = nil, roundTripMilliseconds: Double? = nil,
        since: UTC? = nil, retryAt: UTC? = nil
    ) {
        self.name = name
        self.hops = hops
        self.alive = alive
        self.fault = fault
        self.roundTripMilliseconds = roundTripMilliseconds
        self.since = since
        self.retryAt = retryAt
    }
}

/// Whether what is observed is also being written to disk.
public enum RecorderState: Hashable, Sendable, Codable {
    case off
    case recording(file: String)
    /// The reason; observation goes on.
    case failed(String)
}

/// Everything known at one moment: immutable and numbered. Every screen, report and test is made of this and nothing else.
public struct Snapshot: Hashable, Sendable, Codable {
    /// Counts up by one per published snapshot of a run.
    public var number: Int
    public var at: UTC
    public var site: String
    public var protected: Bool
    public var paths: [PathState]
    /// In the order of the inventory.
    public var devices: [DeviceState]
    /// The latest events, oldest first; a bounded tail.
    public var events: [Event]
    public var recorder: RecorderState
    /// The same of the journal.
    public var journal: RecorderState
    /// What the inventory wants, in its order.
    public var anycast: [AnycastPrefix]
    public var services: [Service]
    /// Change sessions of this run, oldest first.
    public var changes: [ChangeState]

    public init(
        number: Int = 0, at: UTC, site: String, protected: Bool = false, paths: [PathState] = [],
        devices: [DeviceState] = [], events: [Event] = [], recorder: RecorderState = .off,
        journal: RecorderState = .off, anycast: [AnycastPrefix] = [], services: [Service] = [],
        changes: [ChangeState] = []
    ) {
        self.number = number
        self.at = at
        self.site = site
        self.protected = protected
        self.paths = paths
        self.devices = devices
        self.events = events
        self.recorder = recorder
        self.journal = journal
        self.anycast = anycast
        self.services = services
        self.changes = changes
    }

    /// Recordings of versions that knew only sessions lack the rest.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        number = try values.decode(Int.self, forKey: .number)
        at = try values.decode(UTC.self, forKey: .at)
        site = try values.decode(String.self, forKey: .site)
        protected = try values.decode(Bool.self, forKey: .protected)
        paths = try values.decode([PathState].self, forKey: .paths)
        devices = try values.decode([DeviceState].self, forKey: .devices)
        events = try values.decode([Event].self, forKey: .events)
        recorder = try values.decode(RecorderState.self, forKey: .recorder)
        journal = try values.decodeIfPresent(RecorderState.self, forKey: .journal) ?? .off
        anycast = try values.decodeIfPresent([AnycastPrefix].self, forKey: .anycast) ?? []
        services = try values.decodeIfPresent([Service].self, forKey: .services) ?? []
        changes = try values.decodeIfPresent([ChangeState].self, forKey: .changes) ?? []
    }

    public subscript(device: DeviceName) -> DeviceState? { devices.first { $0.name == device } }
}
