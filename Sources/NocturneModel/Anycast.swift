// SPDX-License-Identifier: Apache-2.0

/// An address that several nodes announce, as the inventory has it: what ought to be.
public struct AnycastPrefix: Hashable, Sendable, Codable {
    public var name: String
    /// A host route as a rule, such as `160.22.181.81/32`.
    public var prefix: String
    /// The devices that ought to announce it.
    public var nodes: [DeviceName]
    /// Ask it for `id.server` in class CHAOS (RFC 4892).
    public var asksIdentity: Bool

    public init(name: String, prefix: String, nodes: [DeviceName], asksIdentity: Bool = false) {
        self.name = name
        self.prefix = prefix
        self.nodes = nodes
        self.asksIdentity = asksIdentity
    }

    /// The address without its length.
    public var address: String { String(prefix.prefix { $0 != "/" }) }
}

/// What one node says of one anycast prefix. Each part is nil when it could not be observed; why stands in `faults`.
public struct AnycastSighting: Hashable, Sendable, Codable {
    public enum Part: String, Hashable, Sendable, Codable, CaseIterable { case local, bestPath, exported, answer }

    public var prefix: String
    /// The address is on one of the node's own interfaces.
    public var local: Bool?
    /// Which one.
    public var interface: String?
    /// What the routing daemon would do with a packet to it.
    public var bestPath: BestPath?
    /// The established sessions it is announced on.
    public var exportedTo: [String]?
    /// What came back when the node itself was asked at that address.
    public var answer: ProbeAnswer?
    public var faults: [Part: Fault]

    public enum BestPath: String, Hashable, Sendable, Codable {
        case unicast, local, unreachable, blackhole, prohibit
        /// It has no path.
        case nothing = "none"
    }

    public init(
        prefix: String, local: Bool? = nil, interface: String? = nil, bestPath: BestPath? = nil,
        exportedTo: [String]? = nil, answer: ProbeAnswer? = nil, faults: [Part: Fault] = [:]
    ) {
        self.prefix = prefix
        self.local = local
        self.interface = interface
        self.bestPath = bestPath
        self.exportedTo = exportedTo
        self.answer = answer
        self.faults = faults
    }
}

/// How a probe ended.
public enum ProbeAnswer: Hashable, Sendable, Codable {
    /// By whom it was answered, and how long that took.
    case answered(by: String, milliseconds: Double)
    /// Nobody answered, and in what way not: refused, unreachable, no answer in time.
    case silent(reason: String)
}

/// Whether a node's part in an anycast prefix is as it ought to be.
public enum AnycastVerdict: String, Hashable, Sendable, Codable, CaseIterable {
    /// Announced, local and, where it is probed, answered.
    case ok
    /// Announced, and packets that follow the announcement are thrown away: the address is on no interface, or the
    /// best path is unreachable, blackhole or prohibit. The worst there is: routing keeps sending traffic there.
    case blackhole
    /// Announced and local, and nobody answers.
    case mute
    /// It ought to be announced, and is not.
    case withdrawn
    /// Announced, local and answered by a node that ought not to.
    case stray
    /// Neither wanted nor announced.
    case notDeployed = "not deployed"
    /// Too little could be observed.
    case unknown

    public var health: Health {
        switch self {
        case .ok, .notDeployed: .up
        case .blackhole, .mute, .withdrawn: .down
        case .stray: .degraded
        case .unknown: .dark
        }
    }
}

/// One prefix on one node: what ought to be beside what is. What screens, reports and gates read.
public struct AnycastRow: Hashable, Sendable {
    public var name: String
    public var prefix: String
    public var device: DeviceName
    public var platform: Platform
    /// The inventory wants it here.
    public var wanted: Bool
    /// Nil when the node was never asked.
    public var sighting: AnycastSighting?
    public var verdict: AnycastVerdict
    /// One clause that says why the verdict is what it is; nil where there is nothing to say.
    public var reason: String?
    public var observed: Observed<[AnycastSighting]>?

    /// Whether it counts among the subjects: wanted, or there all the same.
    public var isSubject: Bool { verdict != .notDeployed }
    public var health: Health { verdict.health }
    public var subject: Subject { Subject(kind: .anycast, device: device, name: prefix) }
}

extension AnycastVerdict {
    /// The verdict on one sighting, and why.
    public static func of(_ sighting: AnycastSighting, wanted: Bool) -> (AnycastVerdict, reason: String?) {
        guard let exported = sighting.exportedTo else {
            return (.unknown, sighting.faults[.exported]?.message ?? "whether it is announced could not be observed")
        }
        let announced = !exported.isEmpty
        guard announced else {
            return wanted ? (.withdrawn, "wanted here, announced to nobody") : (.notDeployed, nil)
        }
        if sighting.local == false { return (.blackhole, "announced, not on any interface") }
        switch sighting.bestPath {
        case .unreachable, .blackhole, .prohibit:
            return (.blackhole, "announced, best path is \(sighting.bestPath?.rawValue ?? "")")
        case .unicast, .local, .nothing, nil: break
        }
        guard sighting.local == true else {
            return (.unknown, sighting.faults[.local]?.message ?? "whether it is local could not be observed")
        }
        if case .silent(let reason) = sighting.answer { return (.mute, "announced and local, no answer: \(reason)") }
        if let fault = sighting.faults[.answer] { return (.unknown, "not probed: \(fault.message)") }
        return wanted ? (.ok, nil) : (.stray, "announced, not wanted here")
    }
}

extension Snapshot {
    /// Every prefix on every node that takes part in anycast, in the order of the inventory.
    ///
    /// A node that is dark is `unknown`, whatever it said before: its last sighting is still in the row.
    public func anycastRows(at now: UTC) -> [AnycastRow] {
        let nodes = Set(anycast.flatMap(\.nodes))
        return anycast.flatMap { prefix in
            devices.filter { nodes.contains($0.name) }.map { device in
                row(prefix, on: device, at: now)
            }
        }
    }

    private func row(_ prefix: AnycastPrefix, on device: DeviceState, at now: UTC) -> AnycastRow {
        let wanted = prefix.nodes.contains(device.name)
        let sighting = device.anycast?.value.first { $0.prefix == prefix.prefix }
        var row = AnycastRow(
            name: prefix.name, prefix: prefix.prefix, device: device.name,
            platform: device.platform, wanted: wanted, sighting: sighting, verdict: .unknown,
            reason: device.reach.fault?.message ?? "not seen yet", observed: device.anycast)
        guard !device.isDark(at: now), let observed = device.anycast, now - observed.at <= device.darkAfter else {
            // What is neither wanted nor known to be there is no subject, dark or not.
            if !wanted, sighting?.exportedTo?.isEmpty ?? true { (row.verdict, row.reason) = (.notDeployed, nil) }
            return row
        }
        guard let sighting else { return row }
        (row.verdict, row.reason) = AnycastVerdict.of(sighting, wanted: wanted)
        return row
    }
}
