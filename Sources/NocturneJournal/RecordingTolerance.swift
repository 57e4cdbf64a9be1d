// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// How far a recording may be from what was published before it is written again.
///
/// Without this an idle network would fill a disk with milliseconds. The values are chosen so that nothing a person
/// would notice on a screen goes missing: a round trip that doubles is written, one that trembles is not.
public enum RecordingTolerance {
    /// Devices tell whole seconds, and the second may turn between two looks.
    public static let uptimeSeconds = 1
    /// Clocks that are told in whole seconds, and the way the answer took.
    public static let clock = Duration.seconds(2)

    /// A duration in milliseconds: half as much again and at least 20 ms.
    public static func sameDuration(_ one: Double?, _ other: Double?) -> Bool {
        near(one, other, least: 20)
    }

    /// An amount of bytes: half as much again and at least 4 kB.
    public static func sameBytes(_ one: Int?, _ other: Int?) -> Bool {
        near(one.map(Double.init), other.map(Double.init), least: 4096)
    }

    static func sameOffset(_ one: Int64?, _ other: Int64?) -> Bool {
        guard let one, let other else { return one == other }
        return abs(one - other) <= clock.milliseconds
    }

    static func near(_ one: Double?, _ other: Double?, least: Double) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return abs(one - other) <= max(least, max(abs(one), abs(other)) / 3)
    }
}

extension Snapshot {
    /// Whether `replayed` is what a reader of a recording may get for this snapshot: equal in every field but those
    /// that ``RecordingTolerance`` covers, and raw answers.
    public func isRecorded(as replayed: Snapshot) -> Bool {
        guard devices.count == replayed.devices.count, paths.count == replayed.paths.count else { return false }
        var copy = replayed
        for at in copy.devices.indices {
            guard copy.devices[at].adopt(from: devices[at]) else { return false }
        }
        for at in copy.paths.indices {
            guard
                RecordingTolerance.sameDuration(
                    copy.paths[at].roundTripMilliseconds, paths[at].roundTripMilliseconds)
            else { return false }
            copy.paths[at].roundTripMilliseconds = paths[at].roundTripMilliseconds
        }
        return copy == self
    }
}

extension DeviceState {
    /// Takes over from `other` what may deviate; false when it deviates too far.
    fileprivate mutating func adopt(from other: DeviceState) -> Bool {
        typealias Rule = RecordingTolerance
        func rows<Row: AgingRow>(_ mine: Observed<[Row]>?, _ theirs: Observed<[Row]>?) -> Observed<[Row]>?? {
            guard var mine, let theirs, mine.value.count == theirs.value.count else {
                return mine == nil && theirs == nil ? .some(nil) : .none
            }
            for row in mine.value.indices {
                guard mine.value[row].isNear(theirs.value[row]) else { return .none }
                mine.value[row].agingSeconds = theirs.value[row].agingSeconds
            }
            guard Rule.sameDuration(mine.tookMilliseconds, theirs.tookMilliseconds) else { return .none }
            mine.tookMilliseconds = theirs.tookMilliseconds
            return .some(mine)
        }
        guard let agedPeers = rows(peers, other.peers), let agedBFD = rows(bfd, other.bfd),
            let agedGuests = rows(guests, other.guests), let agedGuards = rows(guards, other.guards),
            Rule.sameDuration(anycast?.tookMilliseconds, other.anycast?.tookMilliseconds),
            Rule.sameDuration(reach.roundTripMilliseconds, other.reach.roundTripMilliseconds),
            Rule.sameDuration(sweepMilliseconds, other.sweepMilliseconds),
            Rule.sameDuration(status?.tookMilliseconds, other.status?.tookMilliseconds),
            Rule.sameDuration(ospf?.tookMilliseconds, other.ospf?.tookMilliseconds),
            Rule.sameBytes(sweepBytes, other.sweepBytes),
            Rule.sameOffset(clockOffsetMilliseconds, other.clockOffsetMilliseconds),
            Rule.sameOffset(status?.value.serverTime?.milliseconds, other.status?.value.serverTime?.milliseconds)
        else { return false }
        peers = agedPeers
        bfd = agedBFD
        guests = agedGuests
        guards = agedGuards
        if let theirs = other.anycast, anycast?.value.count == theirs.value.count {
            anycast?.tookMilliseconds = theirs.tookMilliseconds
            for row in theirs.value.indices {
                guard let mine = anycast?.value[row] else { continue }
                anycast?.value[row] = mine.adoptingAnswerTime(of: theirs.value[row])
            }
        }
        reach.roundTripMilliseconds = other.reach.roundTripMilliseconds
        sweepMilliseconds = other.sweepMilliseconds
        sweepBytes = other.sweepBytes
        clockOffsetMilliseconds = other.clockOffsetMilliseconds
        status?.value.serverTime = other.status?.value.serverTime
        if let took = other.status?.tookMilliseconds { status?.tookMilliseconds = took }
        if let took = other.ospf?.tookMilliseconds { ospf?.tookMilliseconds = took }
        transcripts = other.transcripts
        return true
    }
}
