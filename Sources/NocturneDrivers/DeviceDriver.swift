// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The reading half of one device: which questions are asked, and what the answers mean.
///
/// The engine decides when; a driver decides what. A driver never throws: what it could not see is part of its report.
public protocol DeviceDriver: Sendable {
    var device: DeviceName { get }

    /// Asks everything once and reports.
    ///
    /// Brings the way to the device up first when it is down; `progress` hears of every rung on the way, so that a
    /// screen can show a climb that takes long. Returns within the transport's deadlines, whatever the device does.
    func sweep(progress: @escaping @Sendable (Reach) -> Void) async -> SweepReport

    /// Forgets back-off: the next sweep tries at once. For a person who asks.
    func retryNow() async

    /// Lets go of the device's session.
    func close() async
}

/// What one sweep of one device brought.
public struct SweepReport: Sendable {
    public var device: DeviceName
    public var reach: Reach
    /// When the sweep began and ended, by our clock.
    public var began: UTC
    public var ended: UTC
    public var status: Observed<DaemonStatus>?
    public var peers: Observed<[Peer]>?
    public var bfd: Observed<[BFDSession]>?
    public var ospf: Observed<[OSPFNeighbor]>?
    public var anycast: Observed<[AnycastSighting]>?
    public var guests: Observed<[Guest]>?
    public var guards: Observed<[DeviceGuard]>?
    public var unparsed: [String: [Unparsed]]
    public var refused: [String: Fault]
    public var transcripts: [String: Transcript]
    public var clockOffsetMilliseconds: Int64?
    public var bytes: Int

    public init(
        device: DeviceName, reach: Reach, began: UTC, ended: UTC, status: Observed<DaemonStatus>? = nil,
        peers: Observed<[Peer]>? = nil, bfd: Observed<[BFDSession]>? = nil, ospf: Observed<[OSPFNeighbor]>? = nil,
        anycast: Observed<[AnycastSighting]>? = nil, guests: Observed<[Guest]>? = nil,
        guards: Observed<[DeviceGuard]>? = nil, unparsed: [String: [Unparsed]] = [:], refused: [String: Fault] = [:],
        transcripts: [String: Transcript] = [:], clockOffsetMilliseconds: Int64? = nil, bytes: Int = 0
    ) {
        self.device = device
        self.reach = reach
        self.began = began
        self.ended = ended
        self.status = status
        self.peers = peers
        self.bfd = bfd
        self.ospf = ospf
        self.anycast = anycast
        self.guests = guests
        self.guards = guards
        self.unparsed = unparsed
        self.refused = refused
        self.transcripts = transcripts
        self.clockOffsetMilliseconds = clockOffsetMilliseconds
        self.bytes = bytes
    }
}
