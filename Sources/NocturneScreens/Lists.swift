// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport

/// The rows of the lists, filtered and sorted, remembered as long as nothing they depend on changes.
///
/// A key must not wait for ten thousand rows to be made again. Entries are kept per device and made anew only when that
/// device was observed again or went dark, so a snapshot in which one device moved costs one device.
///
/// Not Sendable: it belongs to whoever draws.
public final class Lists {
    /// What depends on time among a snapshot's devices: who is dark.
    private struct Moment: Hashable {
        var number: Int
        var at: UTC
        var dark: [Bool]
    }

    private final class Chunk {
        let seen: UTC?
        let dark: Bool
        let entries: [PeerEntry]
        /// What a filter leaves of them, and which one.
        var filter: Filter?
        var shown: [Int] = []
        /// What filters ask the entries; made when the first filter is.
        var candidates: [Candidate] = []

        init(_ device: DeviceState, dark: Bool) {
            seen = device.peers?.at
            self.dark = dark
            entries = PeerEntry.entries(of: device, dark: dark)
        }
    }

    private struct RowsKey: Hashable {
        var moment: Moment
        var filter: Filter
        var sort: String?
        var reversed: Bool
        var followed: RowID?
        /// Whole seconds, where time alone moves rows.
        var second: Int64
    }

    /// The lines of the Timeline.
    let timeline = TimelineMemory()
    private var chunks: [DeviceName: Chunk] = [:]
    private var all: (Moment, [PeerEntry])?
    private var devicesAll: (Moment, [DeviceEntry])?
    private var peersMade: (RowsKey, Rows<PeerEntry>)?
    private var devicesMade: (RowsKey, Rows<DeviceEntry>)?
    private var anycastMade: (RowsKey, AnycastList)?
    private var guestsMade: (RowsKey, GuestList)?
    private var overviewMade: (Moment, [OverviewItem])?
    private var incidentsMade: (Moment, [Incident])?
    private var countsMade: (Moment, Counts)?
    private var moment: (number: Int, now: UTC, Moment)?

    public init() {}

    private func moment(_ snapshot: Snapshot, _ now: UTC) -> Moment {
        if let moment, moment.number == snapshot.number, moment.now == now, moment.2.at == snapshot.at {
            return moment.2
        }
        let new = Moment(
            number: snapshot.number, at: snapshot.at,
            dark: snapshot.devices.indices.map { snapshot.devices[$0].isDark(at: now) })
        moment = (snapshot.number, now, new)
        return new
    }

    public func counts(_ snapshot: Snapshot, at now: UTC) -> Counts {
        let moment = moment(snapshot, now)
        if let countsMade, countsMade.0 == moment { return countsMade.1 }
        let counts = snapshot.counts(at: now)
        countsMade = (moment, counts)
        return counts
    }

    /// Every session, in the order of the inventory and by name.
    public func everyPeer(_ snapshot: Snapshot, at now: UTC) -> [PeerEntry] {
        let moment = moment(snapshot, now)
        if let all, all.0 == moment { return all.1 }
        var entries: [PeerEntry] = []
        var kept: [DeviceName: Chunk] = [:]
        for (index, device) in snapshot.devices.enumerated() {
            let dark = moment.dark[index]
            var chunk = chunks[device.name]
            if chunk == nil || chunk?.seen != device.peers?.at || chunk?.dark != dark {
                chunk = Chunk(device, dark: dark)
            }
            guard let chunk else { continue }
            entries += chunk.entries
            kept[device.name] = chunk
        }
        chunks = kept
        all = (moment, entries)
        return entries
    }

    public func everyDevice(_ snapshot: Snapshot, at now: UTC) -> [DeviceEntry] {
        let moment = moment(snapshot, now)
        if let devicesAll, devicesAll.0 == moment { return devicesAll.1 }
        let entries = DeviceEntry.entries(of: snapshot, at: now)
        devicesAll = (moment, entries)
        return entries
    }

    /// What the Peers screen lists.
    public func peers(_ snapshot: Snapshot, _ state: ViewState, at now: UTC) -> Rows<PeerEntry> {
        let list = state.lists[.peers] ?? ListState()
        let filter = state.filters[.peers] ?? Filter()
        let key = key(snapshot, filter, list, state.followed, now)
        if let peersMade, peersMade.0 == key { return peersMade.1 }
        let every = everyPeer(snapshot, at: now)
        var shown = selected(every, filter, snapshot, at: now)
        if let followed = state.followed, !shown.contains(where: { $0.id == followed }) {
            shown += every.filter { $0.id == followed }
        }
        let rows = Rows(
            Self.sorted(shown, PeerEntry.columns, list, now), total: every.count, columns: PeerEntry.columns,
            id: { $0.id })
        peersMade = (key, rows)
        return rows
    }

    /// What a filter leaves; asked anew only of devices that were observed anew, and while it is typed only of rows that
    /// are left.
    private func selected(_ every: [PeerEntry], _ filter: Filter, _ snapshot: Snapshot, at now: UTC) -> [PeerEntry] {
        if filter.isEmpty { return every }
        let matches = filter.matcher(at: now)
        var shown: [PeerEntry] = []
        for device in snapshot.devices {
            guard let chunk = chunks[device.name] else { continue }
            if chunk.filter != filter || filter.dependsOnTime {
                if chunk.candidates.isEmpty { chunk.candidates = chunk.entries.map(Candidate.init) }
                let among = chunk.filter.map(filter.narrows) == true ? chunk.shown : Array(chunk.entries.indices)
                chunk.shown = among.filter { matches(chunk.candidates[$0]) }
                chunk.filter = filter
            }
            for index in chunk.shown { shown.append(chunk.entries[index]) }
        }
        return shown
    }

    /// What the Devices screen lists.
    public func devices(_ snapshot: Snapshot, _ state: ViewState, at now: UTC) -> Rows<DeviceEntry> {
        let list = state.lists[.devices] ?? ListState()
        let filter = state.filters[.devices] ?? Filter()
        let key = key(snapshot, filter, list, state.followed, now)
        if let devicesMade, devicesMade.0 == key { return devicesMade.1 }
        let every = everyDevice(snapshot, at: now)
        var shown = filter.select(every, at: now)
        if let followed = state.followed, !shown.contains(where: { $0.id == followed }) {
            shown += every.filter { $0.id == followed }
        }
        let rows = Rows(
            Self.sorted(shown, DeviceEntry.columns, list, now), total: every.count, columns: DeviceEntry.columns,
            id: { $0.id })
        devicesMade = (key, rows)
        return rows
    }

    public typealias AnycastList = (rows: [AnycastEntry], total: Int)

    /// What the Anycast screen lists, prefix by prefix.
    public func anycast(_ snapshot: Snapshot, _ state: ViewState, at now: UTC) -> AnycastList {
        let filter = state.filters[.anycast] ?? Filter()
        let key = key(snapshot, filter, ListState(), state.followed, now)
        if let anycastMade, anycastMade.0 == key { return anycastMade.1 }
        let every = AnycastEntry.entries(of: snapshot, at: now)
        let matches = filter.matcher(at: now)
        let made = (every.filter { $0.id == state.followed || matches(Candidate($0)) }, every.count)
        anycastMade = (key, made)
        return made
    }

    public typealias GuestList = (services: [ServiceRow], others: [GuestEntry], total: Int)

    /// What the Guests screen lists: services, then the guests of none.
    public func guests(_ snapshot: Snapshot, _ state: ViewState, at now: UTC) -> GuestList {
        let filter = state.filters[.guests] ?? Filter()
        let key = key(snapshot, filter, ListState(), state.followed, now)
        if let guestsMade, guestsMade.0 == key { return guestsMade.1 }
        let services = snapshot.serviceRows(at: now)
        let others = GuestEntry.entries(of: snapshot, at: now).filter(\.row.services.isEmpty)
        let matches = filter.matcher(at: now)
        let made = (
            services.filter { $0.id == state.followed || matches(Candidate($0)) },
            others.filter { $0.id == state.followed || matches(Candidate($0)) }, services.count + others.count
        )
        guestsMade = (key, made)
        return made
    }

    /// The incidents in the events in hand, oldest first.
    public func incidents(_ snapshot: Snapshot, at now: UTC) -> [Incident] {
        let moment = moment(snapshot, now)
        if let incidentsMade, incidentsMade.0 == moment { return incidentsMade.1 }
        let incidents = Incident.all(in: snapshot.events, at: now)
        incidentsMade = (moment, incidents)
        return incidents
    }

    /// What is worst first on the Overview.
    public func overview(_ snapshot: Snapshot, at now: UTC) -> [OverviewItem] {
        let moment = moment(snapshot, now)
        if let overviewMade, overviewMade.0 == moment { return overviewMade.1 }
        let items = OverviewItem.items(
            snapshot, peers: everyPeer(snapshot, at: now), devices: everyDevice(snapshot, at: now), at: now)
        overviewMade = (moment, items)
        return items
    }

    private func key(
        _ snapshot: Snapshot, _ filter: Filter, _ list: ListState, _ followed: RowID?, _ now: UTC
    ) -> RowsKey {
        RowsKey(
            moment: moment(snapshot, now), filter: filter, sort: list.sort, reversed: list.reversed,
            followed: followed, second: filter.dependsOnTime ? now.milliseconds / 1000 : 0)
    }

    private static func sorted<Row>(_ rows: [Row], _ columns: [Column<Row>], _ list: ListState, _ now: UTC) -> [Row] {
        guard let key = list.sort, let order = columns.first(where: { $0.key == key })?.order else {
            return list.reversed ? rows.reversed() : rows
        }
        let keys = rows.map { order($0, now) }
        // Equal keys keep the order they came in, so that nothing trembles.
        return rows.indices.sorted { keys[$0].precedes(keys[$1], reversed: list.reversed) ?? ($0 < $1) }
            .map { rows[$0] }
    }
}

/// A list ready to be drawn.
public struct Rows<Row: Sendable> {
    public let rows: [Row]
    /// Who they are, in the same order.
    public let ids: [RowID]
    /// How many there are without the filter.
    public let total: Int
    /// The width each column wants.
    public let wanted: [Int]

    init(_ rows: [Row], total: Int, columns: [Column<Row>], id: (Row) -> RowID) {
        self.rows = rows
        self.total = total
        ids = rows.map(id)
        wanted = Column.wanted(columns, rows: rows)
    }

    public func position(of id: RowID?) -> Int? { id.flatMap(ids.firstIndex) }
}

extension Lists {
    /// The identities on the list of a place, in order.
    public func identities(_ snapshot: Snapshot, _ state: ViewState, at now: UTC) -> [RowID] {
        switch state.place {
        case .overview: overview(snapshot, at: now).map(\.id)
        case .peers: peers(snapshot, state, at: now).ids
        case .anycast: AnycastScreen.identities(snapshot, state, self, at: now)
        case .guests: GuestsScreen.identities(snapshot, state, self, at: now)
        case .timeline: TimelineScreen.identities(snapshot, state, self, at: now)
        case .devices: devices(snapshot, state, at: now).ids
        case .help, .changes, .peer, .device, .provenance: []
        }
    }

    /// How many rows the filter leaves, of how many.
    public func filtered(_ snapshot: Snapshot, _ state: ViewState, at now: UTC) -> (shown: Int, total: Int)? {
        switch state.place {
        case .peers:
            let rows = peers(snapshot, state, at: now)
            return (rows.rows.count, rows.total)
        case .anycast:
            let rows = anycast(snapshot, state, at: now)
            return (rows.rows.count, rows.total)
        case .guests:
            let rows = guests(snapshot, state, at: now)
            return (rows.services.count + rows.others.count, rows.total)
        case .devices:
            let rows = devices(snapshot, state, at: now)
            return (rows.rows.count, rows.total)
        case .timeline:
            let rows = timeline.rows(snapshot, state, at: now)
            return (rows.shown, rows.total)
        default: return nil
        }
    }
}
