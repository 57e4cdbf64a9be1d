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
    /// Devices and sessions at `now`.
    public func counts(at now: UTC) -> Counts {
        var counts = Counts()
        var causes: Set<String> = []
        for device in devices {
            let health = device.health(at: now)
            counts.add(health)
            if health == .dark {
                causes.insert(device.darkCause)
            } else if let seen = device.answeredAt {
                counts.oldest = min(counts.oldest ?? seen, seen)
            }
            for peer in device.peers?.value ?? [] { counts.add(device.health(of: peer, at: now)) }
        }
        counts.darkCauses = causes.count
        return counts
    }
}

extension DeviceState {
    /// What this device's darkness is filed under: the path when the path is what failed, else the device itself.
    public var darkCause: String {
        if let fault = reach.fault, fault.rung == .path { return "path " + fault.place }
        return "device " + name.rawValue
    }
}
