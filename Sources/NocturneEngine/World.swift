// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel

/// Everything known, as a value: reports go in, transitions come out, snapshots are taken of it.
///
/// This is the engine without its clock and its threads, so that every rule about what counts as a transition, what is
/// dark and why can be tested by handing in reports with made-up times.
///
/// ```
///  SweepReport ─▶ receive ─┐
///  Reach       ─▶ progress ┤             ┌─▶ [Event]
///  PathState   ─▶ paths ───┼─▶ World ────┤
///  now         ─▶ tick ────┘             └─▶ Snapshot 1, 2, 3 …
/// ```
///
/// Three rules run through it:
/// - A value is replaced only by an answer. A question that failed leaves the old value with its old time.
/// - A device that is not observed is *dark*, and what is on it is dark with it: one event for the device, none for its
///   sessions. Devices that are dark because the path is lost get no event of their own either: the path has it.
/// - A device leaves the dark by answering, never by being asked.
public struct World: Sendable {
    /// How a device is, as far as events are concerned.
    enum Condition: Hashable, Sendable {
        /// Nothing is known yet.
        case unseen
        case observed
        case dark(Cause)

        enum Cause: Hashable, Sendable {
            case device
            case path(String)
        }
    }

    public let site: String
    public let protected: Bool
    public internal(set) var devices: [DeviceState]
    public internal(set) var paths: [PathState]
    /// What the inventory wants.
    public let anycast: [AnycastPrefix]
    public let services: [Service]
    /// Change sessions of this run, oldest first.
    public internal(set) var changes: [ChangeState] = []
    var index: [DeviceName: Int]
    var conditions: [Condition]
    var everObserved: [Bool]
    /// When each device was last found dark.
    var lastDark: [UTC?]
    var reported: [Bool]
    /// What is known of each path: nil until something is.
    var pathAlive: [String: Bool] = [:]
    var pathChanged: [String: UTC] = [:]
    var log: EventLog
    var standings: [Standings]
    var serviceStandings = ServiceStandings()
    /// Whose change sessions are told by those who run them.
    let changesBy: String?
    /// The last word of former runs on each subject, from the journal.
    var former: [Subject: Event] = [:]
    private let tail: Int
    private var number = 0

    /// - Parameters:
    ///   - eventLimit: events kept in all.
    ///   - tail: events handed on with each snapshot.
    ///   - history: events of former runs, oldest first: known from the start, and what is seen first is compared with
    ///     their last word on it. So a subject that was lost when the former run ended is told to be back, and one
    ///     that still is, is not lost anew.
    ///   - changesBy: `user@host` whose change sessions are told by whoever runs them, also after a restart; the
    ///     devices' word on all others is told here.
    public init(
        inventory: Inventory, eventLimit: Int = 2000, tail: Int = 500, history: [Event] = [], changesBy: String? = nil
    ) {
        site = inventory.site
        protected = inventory.protected
        anycast = inventory.anycast
        services = inventory.services
        self.tail = tail
        self.changesBy = changesBy
        log = EventLog(capacity: eventLimit)
        devices = inventory.devices.map { device in
            DeviceState(
                name: device.name, platform: device.daemon,
                address: device.endpoint.port == 22
                    ? device.endpoint.host : "\(device.endpoint.host):\(device.endpoint.port)",
                group: device.group, role: device.role, model: device.model, pollMilliseconds: device.poll.milliseconds)
        }
        paths = inventory.paths.map { PathState(name: $0.name, hops: $0.hops.map(\.description)) }
        index = Dictionary(devices.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        conditions = Array(repeating: .unseen, count: devices.count)
        everObserved = Array(repeating: false, count: devices.count)
        reported = everObserved
        lastDark = Array(repeating: nil, count: devices.count)
        standings = devices.map { Standings(device: $0.name) }
        for event in history { remember(event) }
    }

    private mutating func remember(_ event: Event) {
        _ = log.append(event)
        serviceStandings.remember(event)
        if let at = event.subject.device.flatMap({ index[$0] }) { standings[at].remember(event) }
        guard event.source == .observed else { return }
        // A device's other events, such as a reconfiguration, say nothing of how it is.
        if event.subject.kind != .device || ["observed", "dark"].contains(event.after) {
            former[event.subject] = event
        }
    }

    /// The present state as the next numbered snapshot.
    public mutating func snapshot(
        at now: UTC, recorder: RecorderState, journal: RecorderState = .off
    ) -> Snapshot {
        number += 1
        return Snapshot(
            number: number, at: now, site: site, protected: protected, paths: paths, devices: devices,
            events: log.tail(tail), recorder: recorder, journal: journal, anycast: anycast, services: services,
            changes: changes)
    }

    public subscript(device: DeviceName) -> DeviceState? { index[device].map { devices[$0] } }

    /// The last transitions of one subject, oldest first; at most twenty.
    public func history(of subject: Subject) -> [Event] { log.history(of: subject) }

    /// All events kept, oldest first.
    public var events: [Event] { log.events }

    /// Whether every device has reported at least once, whatever it had to say.
    public var everyDeviceReported: Bool { !reported.contains(false) }
}

extension World {
    /// Merges what one sweep brought and returns the transitions it shows.
    ///
    /// A report about a device that is not in the inventory is nobody's and is left alone.
    public mutating func receive(_ report: SweepReport) -> [Event] {
        guard let at = index[report.device] else { return [] }
        let old = devices[at]
        devices[at].merge(report)
        reported[at] = true
        var events = settle(at, now: report.ended, began: report.began, fresh: devices[at].answeredAt != old.answeredAt)
        events += Transitions(old: old, new: devices[at], report: report, former: former).events
        events += belongings(at, report)
        return keep(events)
    }

    /// Shows a climb in progress. The last fault stays until the device has answered: while it is being tried again it
    /// is as dark as before.
    public mutating func progress(_ reach: Reach, of device: DeviceName) {
        guard let at = index[device] else { return }
        let fault = devices[at].reach.fault
        devices[at].reach = reach
        if reach.fault == nil { devices[at].reach.fault = fault }
    }

    /// Takes in how the ways in are. Paths the inventory does not name are added as they appear.
    public mutating func receive(paths states: [PathState], at now: UTC) -> [Event] {
        var events: [Event] = []
        for state in states {
            let known = paths.firstIndex { $0.name == state.name }
            if let known { paths[known] = state } else { paths.append(state) }
            // A path nobody has tried yet is neither alive nor lost.
            if state.alive || state.fault != nil {
                events += path(state.name, alive: state.alive, fault: state.fault, at: now)
            }
        }
        return keep(events)
    }

    /// Finds what went stale without anybody saying so.
    public mutating func tick(_ now: UTC) -> [Event] {
        var events: [Event] = []
        for at in devices.indices where conditions[at] == .observed && devices[at].isDark(at: now) {
            events += settle(at, now: now, began: nil, fresh: false)
        }
        return keep(events)
    }

    /// Declares every device that has not reported dark, with the rung its climb stands at: for a look with a deadline.
    public mutating func giveUp(after: Duration, at now: UTC) -> [Event] {
        var events: [Event] = []
        for at in devices.indices where !reported[at] {
            let state = devices[at]
            // The rung after the last one climbed; never blame a path that is known to be alive.
            let floor: Rung = pathAlive[pathName(of: state)] == true ? .tcp : .path
            let next = state.reach.climbed.flatMap { climbed in Rung.allCases.first { $0 > climbed } ?? .daemon }
            let standing = state.reach.fault?.rung ?? max(next ?? floor, floor)
            let seconds = after.seconds == after.seconds.rounded() ? "\(Int(after.seconds))" : "\(after.seconds)"
            devices[at].reach.fault = Fault(
                rung: standing, code: "no-answer", place: "\(state.name) \(state.address)",
                message: "no answer within \(seconds) s; it stood at the rung \(standing.rawValue)",
                hint: "give it longer with --timeout, or see nocturne doctor \(state.name)", retries: true)
            events += settle(at, now: now, began: nil, fresh: false)
        }
        return keep(events)
    }

    /// Declares a device dark for a reason that no sweep will ever bring.
    public mutating func refuse(_ device: DeviceName, _ fault: Fault, at now: UTC) -> [Event] {
        guard let at = index[device] else { return [] }
        devices[at].reach.fault = fault
        reported[at] = true
        return keep(settle(at, now: now, began: nil, fresh: false))
    }

    /// Devices that are dark only because a path is lost.
    public func waiting(for path: String) -> [DeviceName] {
        zip(devices, conditions).filter { $1 == .dark(.path(path)) }.map(\.0.name)
    }

    /// Takes in how a change session is; it replaces what was known of it.
    public mutating func receive(change: ChangeState) {
        if let known = changes.firstIndex(where: { $0.id == change.id }) {
            changes[known] = change
        } else {
            changes.append(change)
        }
    }

    mutating func keep(_ events: [Event]) -> [Event] { events.map { log.append($0) } }
}

extension DeviceState {
    /// Replaces what was answered and keeps what was not.
    mutating func merge(_ report: SweepReport) {
        reach = report.reach
        status = report.status ?? status
        peers = report.peers ?? peers
        bfd = report.bfd ?? bfd
        ospf = report.ospf ?? ospf
        anycast = report.anycast ?? anycast
        guests = report.guests ?? guests
        guards = report.guards ?? guards
        let answered = report.status != nil || report.peers != nil || report.bfd != nil || report.ospf != nil
        if answered {
            // What is unparsed belongs to an answer: it stays as long as that answer is the latest.
            unparsed = unparsed.filter { report.refused[$0.key] != nil }.merging(report.unparsed) { $1 }
        }
        refused = report.refused
        transcripts.merge(report.transcripts) { $1 }
        clockOffsetMilliseconds = report.clockOffsetMilliseconds ?? clockOffsetMilliseconds
        sweepMilliseconds = Double((report.ended - report.began).milliseconds)
        sweepBytes = report.bytes
    }
}
