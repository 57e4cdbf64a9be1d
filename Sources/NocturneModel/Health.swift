// SPDX-License-Identifier: Apache-2.0

/// The four ways a subject can be, worst first. "Dark" is not observed: never up, never down.
public enum Health: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
    case down, degraded, dark, up

    public var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (lhs: Health, rhs: Health) -> Bool { lhs.rank < rhs.rank }
}

extension Peer {
    /// The session's health as last seen, age apart.
    ///
    /// Disabled by configuration is degraded, not down: somebody meant it, and it still carries nothing. Established
    /// while its BFD session is down is degraded too (the daemons tear such a session down; until then it is a lie).
    public var health: Health {
        switch state {
        case .established: bfd == .down ? .degraded : .up
        case .disabled: .degraded
        case .unknown: .dark
        case .idle, .connect, .active, .opensent, .openconfirm: .down
        }
    }
}

extension DeviceState {
    /// A device is up when it is observed and everything it was asked was answered and understood.
    public func health(at now: UTC) -> Health {
        if isDark(at: now) { return .dark }
        return refused.isEmpty && unparsed.values.allSatisfy(\.isEmpty) ? .up : .degraded
    }

    /// The health of one of its sessions at `now`: dark with the device.
    public func health(of peer: Peer, at now: UTC) -> Health { isDark(at: now) ? .dark : peer.health }
}

/// How many subjects are how; always sums to everything known.
public struct Counts: Hashable, Sendable {
    public var down = 0
    public var degraded = 0
    public var dark = 0
    public var up = 0
    /// Distinct causes behind what is dark: forty rows behind one dead device are one cause, and so are forty devices
    /// behind one dead path.
    public var darkCauses = 0
    /// The oldest observation among what is not dark; nil when nothing is observed.
    public var oldest: UTC?

    public init() {}

    public var total: Int { down + degraded + dark + up }

    public mutating func add(_ health: Health) {
        switch health {
        case .down: down += 1
        case .degraded: degraded += 1
        case .dark: dark += 1
        case .up: up += 1
        }
    }
}

extension Snapshot {
    /// Devices, sessions, anycast prefixes on their nodes, guests and services at `now`; every subject is counted once
    /// for itself, so that a dead hypervisor is as many dark subjects as it carried, and one cause.
    public func counts(at now: UTC) -> Counts {
        var counts = Counts()
        var causes: Set<String> = []
        let wanted = wantedGuests
        func add(_ health: Health, because cause: @autoclosure () -> String) {
            counts.add(health)
            if health == .dark { causes.insert(cause()) }
        }
        for device in devices {
            let health = device.health(at: now)
            let cause = device.darkCause
            add(health, because: cause)
            if health != .dark, let seen = device.answeredAt { counts.oldest = min(counts.oldest ?? seen, seen) }
            for peer in device.peers?.value ?? [] { add(device.health(of: peer, at: now), because: cause) }
            let names = wanted[device.name] ?? []
            for guest in device.guests?.value ?? [] {
                let isWanted = names.contains(guest.id) || names.contains(guest.name)
                add(device.health(of: guest, isWanted: isWanted, at: now), because: cause)
            }
        }
        for row in anycastRows(at: now) where row.isSubject {
            add(row.health, because: darkCause(of: row.device))
        }
        for row in serviceRows(at: now) {
            counts.add(row.health)
            guard row.health == .dark else { continue }
            for member in row.members where member.health == .dark { causes.insert(darkCause(of: member.ref.device)) }
        }
        counts.darkCauses = causes.count
        return counts
    }

    /// What the inventory's services want of each device, by id or name.
    public var wantedGuests: [DeviceName: Set<String>] {
        var wanted: [DeviceName: Set<String>] = [:]
        for ref in services.flatMap(\.guests) { wanted[ref.device, default: []].insert(ref.id) }
        return wanted
    }

    private func darkCause(of name: DeviceName) -> String { self[name]?.darkCause ?? "device " + name.rawValue }

    /// Change sessions that devices tell of and that would still revert, newest first: whoever began them.
    ///
    /// What a dark device last told stays until the deadline it told: after that nobody knows.
    public func openGuards(at now: UTC) -> [(DeviceName, DeviceGuard)] {
        devices.flatMap { device -> [(DeviceName, DeviceGuard)] in
            let clock = now + .milliseconds(device.clockOffsetMilliseconds ?? 0)
            let dark = device.isDark(at: now)
            return (device.guards?.value ?? []).filter { $0.isOpen && (!dark || clock <= $0.deadline) }
                .map { (device.name, $0) }
        }.sorted { ($1.1.armedAt, $0.0) < ($0.1.armedAt, $1.0) }
    }

    /// The incidents in the events this snapshot carries, oldest first.
    public func incidents(at now: UTC) -> [Incident] { Incident.all(in: events, at: now) }
}

extension DeviceState {
    /// The health of one of its guests at `now`: dark with the device, or when the list of guests alone grew old.
    ///
    /// A guest that a service wants is up when it runs and down when it does not, and one that starts with its host
    /// likewise. A stopped guest that nobody wants is where its owner put it and counts as up: a wall that is yellow for
    /// ever because of it would be yellow for nothing.
    public func health(of guest: Guest, isWanted: Bool, at now: UTC) -> Health {
        guard !isDark(at: now), let seen = guests?.at, now - seen <= darkAfter else { return .dark }
        switch guest.state {
        case .unknown: return .dark
        case .running: return .up
        case .stopped, .exited, .created: return isWanted || guest.autostart == true ? .down : .up
        case .paused: return isWanted ? .down : guest.ownHealth
        }
    }
}

extension DeviceState {
    /// What this device's darkness is filed under: the path when the path is what failed, else the device itself.
    public var darkCause: String {
        if let fault = reach.fault, fault.rung == .path { return "path " + fault.place }
        return "device " + name.rawValue
    }
}
