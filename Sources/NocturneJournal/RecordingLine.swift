// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The lines of a recording: what was observed, so that every screen can be drawn again as it was.
///
/// A recording is JSON Lines (one object a line, UTF-8, `\n`). A full or change line always begins with
/// `kind`, `number` and `at`, in this order and without blanks between them, so that a reader finds its way by time without
/// parsing; a reader that meets them otherwise parses the line and goes on. Members it does not know it ignores.
///
/// ```
/// {"kind":"header","program":"nocturne 0.1.0","site":"lab","started":"2026-11-21T02:00:00Z","version":1}
/// {"kind":"full","number":1,"at":"2026-11-21T02:00:00Z","snapshot":{…}}
/// {"kind":"change","number":2,"at":"2026-11-21T02:00:01Z","seen":{"bkk00":[512,3,2,2]}}
/// {"kind":"change","number":3,"at":"2026-11-21T02:00:02Z","devices":{"bkk00":{"peers":{"some":[{…}]}}},"events":[{…}]}
/// ```
///
/// - `header`: begins a run. `version` is the format's; a reader refuses a newer one. A file that was appended to has
///   several.
/// - `full`: a whole snapshot with the raw answers of the devices. The first line after a header, then one at least
///   every 60 s of snapshots, and at the end of a run its last snapshot once more, which takes the place of the line
///   with the same number before it.
/// - `change`: what differs from the line before.
///   - `seen`: devices whose answers were the same but for their age: milliseconds before `at` at which status, peers,
///     BFD, OSPF, anycast, guests and guards were seen, each after the first relative to the one before it (positive
///     is later); null for one that was not seen again; nulls at the end are left out.
///   - `devices`: for each device what changed: `reach`, `status`, `bfd`, `ospf`, `anycast`, `guests`, `guards`,
///     `unparsed`, `refused` whole; `peers` either `all`, or `some` to be put in the place of those with the same key
///     (vrf, remote address or interface, name), with `tookMilliseconds` of the answer where that is news;
///     `bfdTookMilliseconds` and the like where it is all that is news of those.
///   - `paths`, `recorder`, `journal`: whole, when changed. `changes`: the change sessions that are new or moved on, to
///     be put in the place of those with the same `id`. `events`: those to append; `dropped`: the sequence numbers of those
///     that left the tail.
///
/// **What a reader gets back** is field by field what was published, but for what moves with every look and is no
/// news. Counts of seconds (`uptimeSeconds`, `remainingSeconds`) and the device's clock (`serverTime`) are carried on from the line that
/// had them, to one and two seconds; measurements (`tookMilliseconds`, the time of an anycast answer, `roundTripMilliseconds`, `sweepMilliseconds`,
/// `sweepBytes`, `clockOffsetMilliseconds`) are those of the last line that had them, and are written again as soon as
/// they are far off (``RecordingTolerance``); raw answers (`transcripts`) are those of the last full line.
enum RecordingLine {
    static let version = 1

    struct Header: Codable {
        var kind = "header"
        var version: Int
        var program: String
        var site: String
        var started: UTC
    }

    /// What every line but the header begins with.
    struct Envelope: Codable {
        var kind: String
        var number: Int?
        var at: UTC?
        var version: Int?
    }

    struct Full: Codable {
        var snapshot: Snapshot
    }

    struct Change: Codable {
        var number: Int?
        var at: UTC?
        var seen: [String: [Int64?]]?
        var devices: [String: DeviceChange]?
        var paths: [PathState]?
        var events: [Event]?
        var dropped: [Int]?
        var recorder: RecorderState?
        var journal: RecorderState?
        var changes: [ChangeState]?
    }

    struct DeviceChange: Codable, Hashable {
        var reach: Reach?
        var status: Observed<DaemonStatus>?
        var peers: PeersChange?
        var bfd: Observed<[BFDSession]>?
        /// How long the answer took, when that alone is news.
        var bfdTookMilliseconds: Double?
        var ospf: Observed<[OSPFNeighbor]>?
        var ospfTookMilliseconds: Double?
        var anycast: Observed<[AnycastSighting]>?
        var anycastTookMilliseconds: Double?
        var guests: Observed<[Guest]>?
        var guestsTookMilliseconds: Double?
        var guards: Observed<[DeviceGuard]>?
        var guardsTookMilliseconds: Double?
        var unparsed: [String: [Unparsed]]?
        var refused: [String: Fault]?
        var clockOffsetMilliseconds: Int64?
        var sweepMilliseconds: Double?
        var sweepBytes: Int?
    }

    struct PeersChange: Codable, Hashable {
        /// The whole list with its witness.
        var all: Observed<[Peer]>?
        /// Sessions that take the place of those with the same key; their time is in `seen`.
        var some: [Peer]?
        /// How long the answer took, when that is far from what it was.
        var tookMilliseconds: Double?
    }
}

/// A recording that cannot be read, or not all of it.
public struct RecordingProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; nil when the file as a whole is meant.
    public var line: Int?
    /// What is wrong and what was done about it, in a sentence.
    public var message: String

    public init(file: String, line: Int? = nil, message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    /// `file:line`.
    public var place: String { file + (line.map { ":\($0)" } ?? "") }

    public var description: String { "\(place): \(message)" }
}
