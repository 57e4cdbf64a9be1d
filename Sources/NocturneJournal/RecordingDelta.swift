// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The difference between what a reader has and what is to be recorded.
extension RecordedState {
    /// The change that brings a reader to `target`; nil when only a full snapshot can.
    func change(to target: Snapshot) -> RecordingLine.Change? {
        guard base.site == target.site, base.protected == target.protected,
            base.devices.count == target.devices.count, base.anycast == target.anycast,
            base.services == target.services, let sessions = changedSessions(to: target.changes), let events = eventChange(to: target.events)
        else { return nil }
        var change = RecordingLine.Change()
        var seen: [String: [Int64?]] = [:]
        var devices: [String: RecordingLine.DeviceChange] = [:]
        for position in base.devices.indices {
            let old = base.devices[position]
            let new = target.devices[position]
            guard old.hasSameIdentity(as: new), let part = difference(old, new, anchors[position]) else { return nil }
            seen[new.name.rawValue] = Self.ages(part.seen, at: target.at)
            if part.change != RecordingLine.DeviceChange() { devices[new.name.rawValue] = part.change }
        }
        if !seen.isEmpty { change.seen = seen }
        if !devices.isEmpty { change.devices = devices }
        if !Self.same(base.paths, target.paths) { change.paths = target.paths }
        if base.recorder != target.recorder { change.recorder = target.recorder }
        if base.journal != target.journal { change.journal = target.journal }
        if !sessions.isEmpty { change.changes = sessions }
        if !events.new.isEmpty { change.events = events.new }
        if !events.dropped.isEmpty { change.dropped = events.dropped }
        return change
    }

    /// Change sessions that are new or moved on; nil when one has gone or they stand in another order.
    private func changedSessions(to target: [ChangeState]) -> [ChangeState]? {
        guard base.changes.map(\.id) == target.prefix(base.changes.count).map(\.id),
            Set(target.map(\.id)).count == target.count
        else { return nil }
        return target.enumerated().filter { $0 >= base.changes.count || base.changes[$0] != $1 }.map(\.element)
    }

    /// Events only ever join at the end and leave; anything else is not a change of the same run.
    private func eventChange(to target: [Event]) -> (new: [Event], dropped: [Int])? {
        let last = base.events.last?.sequence ?? 0
        if target.last?.sequence ?? 0 == last, target.count == base.events.count { return ([], []) }
        let new = Array(target.drop { $0.sequence <= last })
        let kept = Set(target.map(\.sequence))
        let dropped = base.events.map(\.sequence).filter { !kept.contains($0) }
        guard base.events.count - dropped.count + new.count == target.count else { return nil }
        return (new, dropped)
    }

    /// What changed on one device, and which of its values were merely seen again; nil when a value has vanished.
    private func difference(
        _ old: DeviceState, _ new: DeviceState, _ anchors: Anchors
    ) -> (change: RecordingLine.DeviceChange, seen: [UTC?])? {
        guard !old.losesAnything(in: new) else { return nil }
        var change = RecordingLine.DeviceChange()
        var seen = [UTC?](repeating: nil, count: 7)

        if let status = new.status {
            var expected = old.status
            if let anchor = anchors.status {
                expected?.value.serverTime = old.status?.value.serverTime.map { $0 + (status.at - anchor) }
            }
            let near = RecordingTolerance.sameOffset(
                expected?.value.serverTime?.milliseconds, status.value.serverTime?.milliseconds)
            expected?.value.serverTime = status.value.serverTime
            if near, Self.same(expected, status) {
                if old.status?.at != status.at { seen[0] = status.at }
            } else {
                change.status = status
            }
        }
        if let peers = new.peers, let known = old.peers {
            if let some = Self.changedRows(known, peers, anchors.peers) {
                if known.at != peers.at || !some.isEmpty { seen[1] = peers.at }
                let near = RecordingTolerance.sameDuration(known.tookMilliseconds, peers.tookMilliseconds)
                if !some.isEmpty || !near {
                    change.peers = RecordingLine.PeersChange(
                        some: some.isEmpty ? nil : some, tookMilliseconds: near ? nil : peers.tookMilliseconds)
                }
            } else {
                change.peers = RecordingLine.PeersChange(all: peers)
            }
        } else if let peers = new.peers {
            change.peers = RecordingLine.PeersChange(all: peers)
        }
        if let bfd = new.bfd {
            (change.bfd, seen[2], change.bfdTookMilliseconds) = Self.list(old.bfd, bfd, anchors.bfd)
        }
        if let ospf = new.ospf {
            if let known = old.ospf, Self.sameWitness(known, ospf), known.value == ospf.value {
                if known.at != ospf.at { seen[3] = ospf.at }
                change.ospfTookMilliseconds = Self.newDuration(known, ospf)
            } else {
                change.ospf = ospf
            }
        }
        if let anycast = new.anycast {
            if let known = old.anycast, Self.sameWitness(known, anycast), known.value.count == anycast.value.count,
                zip(known.value, anycast.value).allSatisfy({ $0.adoptingAnswerTime(of: $1) == $1 })
            {
                if known.at != anycast.at { seen[4] = anycast.at }
                change.anycastTookMilliseconds = Self.newDuration(known, anycast)
            } else {
                change.anycast = anycast
            }
        }
        if let guests = new.guests {
            (change.guests, seen[5], change.guestsTookMilliseconds) = Self.list(old.guests, guests, anchors.guests)
        }
        if let guards = new.guards {
            (change.guards, seen[6], change.guardsTookMilliseconds) = Self.list(old.guards, guards, anchors.guards)
        }
        if !Self.same(old.reach, new.reach) { change.reach = new.reach }
        if old.unparsed != new.unparsed { change.unparsed = new.unparsed }
        if old.refused != new.refused { change.refused = new.refused }
        if !RecordingTolerance.sameOffset(old.clockOffsetMilliseconds, new.clockOffsetMilliseconds) {
            change.clockOffsetMilliseconds = new.clockOffsetMilliseconds
        }
        if !RecordingTolerance.sameDuration(old.sweepMilliseconds, new.sweepMilliseconds) {
            change.sweepMilliseconds = new.sweepMilliseconds
        }
        if !RecordingTolerance.sameBytes(old.sweepBytes, new.sweepBytes) { change.sweepBytes = new.sweepBytes }
        return (change, seen)
    }

    /// The sessions that changed; nil when they cannot be put in the places of old ones.
    private static func changedRows(
        _ old: Observed<[Peer]>, _ new: Observed<[Peer]>, _ anchors: [UTC]
    ) -> [Peer]? {
        guard old.path == new.path, old.question == new.question, old.value.count == new.value.count else { return nil }
        var changed: [Peer] = []
        for row in old.value.indices where !sameRow(old.value[row], new.value[row], anchors[row], new.at) {
            guard old.value[row].key == new.value[row].key else { return nil }
            changed.append(new.value[row])
        }
        // A key that stands twice does not say which place is meant.
        if !changed.isEmpty, Set(new.value.map(\.key)).count != new.value.count { return nil }
        return changed
    }

    private static func sameRow<Row: AgingRow>(_ old: Row, _ new: Row, _ anchor: UTC, _ at: UTC) -> Bool {
        var expected = old
        expected.age(from: anchor, to: at)
        guard expected.isNear(new) else { return false }
        expected.agingSeconds = new.agingSeconds
        return expected == new
    }

    /// A list that is written whole when anything in it but age is news.
    private static func list<Row: AgingRow>(
        _ old: Observed<[Row]>?, _ new: Observed<[Row]>, _ anchor: UTC?
    ) -> (whole: Observed<[Row]>?, seen: UTC?, took: Double?) {
        guard let old, sameWitness(old, new), old.value.count == new.value.count,
            zip(old.value, new.value).allSatisfy({ sameRow($0, $1, anchor ?? old.at, new.at) })
        else { return (new, nil, nil) }
        return (nil, old.at == new.at ? nil : new.at, newDuration(old, new))
    }

    private static func sameWitness<Value>(_ old: Observed<Value>, _ new: Observed<Value>) -> Bool {
        old.path == new.path && old.question == new.question
    }

    /// How long the answer took, when that is far from what is known.
    private static func newDuration<Value>(_ old: Observed<Value>, _ new: Observed<Value>) -> Double? {
        RecordingTolerance.sameDuration(old.tookMilliseconds, new.tookMilliseconds) ? nil : new.tookMilliseconds
    }

    private static func same<Value>(_ old: Observed<Value>?, _ new: Observed<Value>) -> Bool {
        guard let old else { return false }
        return sameWitness(old, new) && newDuration(old, new) == nil && old.value == new.value
    }

    private static func same(_ old: Reach, _ new: Reach) -> Bool {
        var copy = old
        copy.roundTripMilliseconds = new.roundTripMilliseconds
        return copy == new && RecordingTolerance.sameDuration(old.roundTripMilliseconds, new.roundTripMilliseconds)
    }

    private static func same(_ old: [PathState], _ new: [PathState]) -> Bool {
        guard old.count == new.count else { return false }
        return zip(old, new).allSatisfy { old, new in
            var copy = old
            copy.roundTripMilliseconds = new.roundTripMilliseconds
            return copy == new
                && RecordingTolerance.sameDuration(old.roundTripMilliseconds, new.roundTripMilliseconds)
        }
    }
}

extension DeviceState {
    /// Whether what never changes during a run is the same.
    fileprivate func hasSameIdentity(as other: DeviceState) -> Bool {
        name == other.name && platform == other.platform && address == other.address && group == other.group
            && role == other.role && model == other.model && pollMilliseconds == other.pollMilliseconds
    }

    /// Whether something that has a value here has none there. A change line has no word for that.
    fileprivate func losesAnything(in other: DeviceState) -> Bool {
        (status != nil && other.status == nil) || (peers != nil && other.peers == nil)
            || (bfd != nil && other.bfd == nil) || (ospf != nil && other.ospf == nil)
            || (anycast != nil && other.anycast == nil) || (guests != nil && other.guests == nil)
            || (guards != nil && other.guards == nil)
            || (clockOffsetMilliseconds != nil && other.clockOffsetMilliseconds == nil)
            || (sweepMilliseconds != nil && other.sweepMilliseconds == nil)
            || (sweepBytes != nil && other.sweepBytes == nil)
    }
}
