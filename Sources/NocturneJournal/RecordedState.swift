// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What a reader knows after some lines: the one place where changes are applied.
///
/// The writer keeps one too. It writes the difference between this and the present, so that what a reader will have is
/// known while it is written, and small deviations can be allowed without ever adding up.
struct RecordedState {
    /// As written: counts of seconds are those of `anchors`.
    private(set) var base: Snapshot
    private(set) var anchors: [Anchors]
    private var index: [DeviceName: Int]

    /// When the counts of seconds of a device were written.
    struct Anchors {
        var status: UTC?
        var peers: [UTC] = []
        var bfd: UTC?
        var guests: UTC?
        var guards: UTC?
    }

    init(_ full: Snapshot) {
        base = full
        anchors = full.devices.map { device in
            Anchors(
                status: device.status?.at,
                peers: device.peers.map { peers in peers.value.map { _ in peers.at } } ?? [], bfd: device.bfd?.at,
                guests: device.guests?.at, guards: device.guards?.at)
        }
        index = Dictionary(full.devices.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Takes in a change; false, with nothing changed, when it speaks of what is not there.
    mutating func apply(_ change: RecordingLine.Change, number: Int, at: UTC) -> Bool {
        let names = Set((change.seen ?? [:]).keys).union((change.devices ?? [:]).keys)
        guard names.allSatisfy({ index[DeviceName($0)] != nil }) else { return false }
        base.number = number
        base.at = at
        for (name, ages) in change.seen ?? [:] { see(name, ages, at: at) }
        for (name, part) in change.devices ?? [:] { merge(name, part) }
        if let paths = change.paths { base.paths = paths }
        if let recorder = change.recorder { base.recorder = recorder }
        if let journal = change.journal { base.journal = journal }
        for session in change.changes ?? [] {
            if let known = base.changes.firstIndex(where: { $0.id == session.id }) {
                base.changes[known] = session
            } else {
                base.changes.append(session)
            }
        }
        if let dropped = change.dropped {
            let gone = Set(dropped)
            base.events.removeAll { gone.contains($0.sequence) }
        }
        if let events = change.events { base.events += events }
        return true
    }

    private mutating func see(_ name: String, _ ages: [Int64?], at: UTC) {
        guard let position = index[DeviceName(name)] else { return }
        let times = Self.times(ages, at: at)
        if let time = times[0] { base.devices[position].status?.at = time }
        if let time = times[1] { base.devices[position].peers?.at = time }
        if let time = times[2] { base.devices[position].bfd?.at = time }
        if let time = times[3] { base.devices[position].ospf?.at = time }
        if let time = times[4] { base.devices[position].anycast?.at = time }
        if let time = times[5] { base.devices[position].guests?.at = time }
        if let time = times[6] { base.devices[position].guards?.at = time }
    }

    private mutating func merge(_ name: String, _ part: RecordingLine.DeviceChange) {
        guard let position = index[DeviceName(name)] else { return }
        var device = base.devices[position]
        device.reach = part.reach ?? device.reach
        if let status = part.status {
            device.status = status
            anchors[position].status = status.at
        }
        if let bfd = part.bfd {
            device.bfd = bfd
            anchors[position].bfd = bfd.at
        }
        if let took = part.bfdTookMilliseconds { device.bfd?.tookMilliseconds = took }
        device.ospf = part.ospf ?? device.ospf
        if let took = part.ospfTookMilliseconds { device.ospf?.tookMilliseconds = took }
        device.anycast = part.anycast ?? device.anycast
        if let took = part.anycastTookMilliseconds { device.anycast?.tookMilliseconds = took }
        if let guests = part.guests {
            device.guests = guests
            anchors[position].guests = guests.at
        }
        if let took = part.guestsTookMilliseconds { device.guests?.tookMilliseconds = took }
        if let guards = part.guards {
            device.guards = guards
            anchors[position].guards = guards.at
        }
        if let took = part.guardsTookMilliseconds { device.guards?.tookMilliseconds = took }
        if let all = part.peers?.all {
            device.peers = all
            anchors[position].peers = all.value.map { _ in all.at }
        }
        if let some = part.peers?.some, let time = device.peers?.at {
            let replaced = Dictionary(some.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
            for row in device.peers?.value.indices ?? 0..<0 {
                guard let key = device.peers?.value[row].key, let peer = replaced[key] else { continue }
                device.peers?.value[row] = peer
                anchors[position].peers[row] = time
            }
        }
        if let took = part.peers?.tookMilliseconds { device.peers?.tookMilliseconds = took }
        device.unparsed = part.unparsed ?? device.unparsed
        device.refused = part.refused ?? device.refused
        device.clockOffsetMilliseconds = part.clockOffsetMilliseconds ?? device.clockOffsetMilliseconds
        device.sweepMilliseconds = part.sweepMilliseconds ?? device.sweepMilliseconds
        device.sweepBytes = part.sweepBytes ?? device.sweepBytes
        base.devices[position] = device
    }

    /// The snapshot as it is now: what ages has aged.
    var snapshot: Snapshot {
        var snapshot = base
        for position in snapshot.devices.indices {
            let anchors = anchors[position]
            if let status = snapshot.devices[position].status, let anchor = anchors.status, status.at != anchor {
                snapshot.devices[position].status?.value.serverTime = status.value.serverTime.map {
                    $0 + (status.at - anchor)
                }
            }
            if let peers = snapshot.devices[position].peers {
                for row in peers.value.indices where peers.at != anchors.peers[row] {
                    snapshot.devices[position].peers?.value[row].age(from: anchors.peers[row], to: peers.at)
                }
            }
            snapshot.devices[position].bfd = Self.aged(snapshot.devices[position].bfd, from: anchors.bfd)
            snapshot.devices[position].guests = Self.aged(snapshot.devices[position].guests, from: anchors.guests)
            snapshot.devices[position].guards = Self.aged(snapshot.devices[position].guards, from: anchors.guards)
        }
        return snapshot
    }

    private static func aged<Row: AgingRow>(_ rows: Observed<[Row]>?, from anchor: UTC?) -> Observed<[Row]>? {
        guard var rows, let anchor, rows.at != anchor else { return rows }
        for row in rows.value.indices { rows.value[row].age(from: anchor, to: rows.at) }
        return rows
    }

    /// Reads the `seen` member: ages before `at`, each relative to the one before it.
    private static func times(_ ages: [Int64?], at: UTC) -> [UTC?] {
        var last: UTC?
        return (0..<7).map { position in
            guard position < ages.count, let age = ages[position] else { return nil }
            let time =
                last.map { UTC(milliseconds: $0.milliseconds &+ age) }
                ?? UTC(milliseconds: at.milliseconds &- age)
            last = time
            return time
        }
    }

    /// Writes the `seen` member; nil when nothing was seen.
    static func ages(_ times: [UTC?], at: UTC) -> [Int64?]? {
        var last: UTC?
        var ages: [Int64?] = times.map { time in
            guard let time else { return nil }
            defer { last = time }
            return last.map { time.milliseconds - $0.milliseconds } ?? at.milliseconds - time.milliseconds
        }
        while let end = ages.last, end == nil { ages.removeLast() }
        return ages.isEmpty ? nil : ages
    }
}

/// A row with a count of seconds that goes on by itself.
protocol AgingRow: Hashable {
    /// The count; grows with time.
    var agingSeconds: Int? { get set }
}

extension Peer: AgingRow {
    var agingSeconds: Int? {
        get { uptimeSeconds }
        set { uptimeSeconds = newValue }
    }
}

extension BFDSession: AgingRow {
    var agingSeconds: Int? {
        get { uptimeSeconds }
        set { uptimeSeconds = newValue }
    }
}

extension Guest: AgingRow {
    var agingSeconds: Int? {
        get { uptimeSeconds }
        set { uptimeSeconds = newValue }
    }
}

extension DeviceGuard: AgingRow {
    /// What remains grows less, so its negative grows.
    var agingSeconds: Int? {
        get { remainingSeconds.map { -$0 } }
        set { remainingSeconds = newValue.map { -$0 } }
    }
}

extension AgingRow {
    mutating func age(from anchor: UTC, to time: UTC) {
        agingSeconds = agingSeconds.map { $0 + Int((time - anchor).milliseconds / 1000) }
    }

    /// Whether both counts, or neither, are there and as near as devices tell them.
    func isNear(_ other: Self) -> Bool {
        guard let mine = agingSeconds, let theirs = other.agingSeconds else {
            return agingSeconds == nil && other.agingSeconds == nil
        }
        return abs(mine - theirs) <= RecordingTolerance.uptimeSeconds
    }
}

extension AnycastSighting {
    /// With the time an answer took taken from `other`, where it is the same answer and near enough.
    func adoptingAnswerTime(of other: AnycastSighting) -> AnycastSighting {
        guard case .answered(let by, let took)? = answer, case .answered(let also, let now)? = other.answer,
            by == also, RecordingTolerance.sameDuration(took, now)
        else { return self }
        var copy = self
        copy.answer = other.answer
        return copy
    }
}
