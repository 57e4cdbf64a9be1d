// SPDX-License-Identifier: Apache-2.0

/// One BFD session (RFC 5880).
public struct BFDSession: Hashable, Sendable, Codable {
    public var peer: String
    public var vrf: String
    public var interface: String?
    public var state: BFDState
    public var since: UTC?
    public var uptimeSeconds: Int?
    /// Negotiated interval times multiplier, as the device computed it; nil while there is none.
    public var detectMilliseconds: Int?

    public init(
        peer: String, vrf: String = "default", interface: String? = nil, state: BFDState, since: UTC? = nil,
        uptimeSeconds: Int? = nil, detectMilliseconds: Int? = nil
    ) {
        self.peer = peer
        self.vrf = vrf
        self.interface = interface
        self.state = state
        self.since = since
        self.uptimeSeconds = uptimeSeconds
        self.detectMilliseconds = detectMilliseconds
    }
}

/// One OSPF neighbour (RFC 2328, section 10; OSPFv3: RFC 5340).
public struct OSPFNeighbor: Hashable, Sendable, Codable {
    public var neighborId: String
    public var address: String?
    public var interface: String?
    public var vrf: String
    /// RFC 2328 state in lower case without the role: `full`, `2way`, `exstart`, …
    public var state: String
    /// The routing instance it belongs to, such as BIRD's protocol name.
    public var instance: String?

    public init(
        neighborId: String, address: String? = nil, interface: String? = nil, vrf: String = "default", state: String,
        instance: String? = nil
    ) {
        self.neighborId = neighborId
        self.address = address
        self.interface = interface
        self.vrf = vrf
        self.state = state
        self.instance = instance
    }
}

/// One path of one prefix.
public struct Route: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable {
        case unicast, local, unreachable, blackhole, prohibit
    }

    /// Always with its length, such as `160.22.181.81/32`.
    public var prefix: String
    public var kind: Kind
    public var best: Bool
    /// What brought the path, in the device's words: protocol name or kind.
    public var `protocol`: String?
    public var nextHop: String?
    public var interface: String?
    public var metric: Int?
    public var preference: Int?
    public var asPath: String?
    public var vrf: String

    public init(
        prefix: String, kind: Kind, best: Bool, protocol: String? = nil, nextHop: String? = nil,
        interface: String? = nil, metric: Int? = nil, preference: Int? = nil, asPath: String? = nil,
        vrf: String = "default"
    ) {
        self.prefix = prefix
        self.kind = kind
        self.best = best
        self.protocol = `protocol`
        self.nextHop = nextHop
        self.interface = interface
        self.metric = metric
        self.preference = preference
        self.asPath = asPath
        self.vrf = vrf
    }
}

/// What a routing daemon says about itself.
public struct DaemonStatus: Hashable, Sendable, Codable {
    public var platform: Platform
    public var version: String?
    public var routerId: String?
    public var hostname: String?
    public var lastReconfiguration: UTC?
    /// The daemon's own clock when it answered, in its own zone.
    public var serverTime: UTC?
    /// Seconds until a pending `configure timeout` undoes itself; nil when none is pending or the daemon does not tell.
    public var undoSeconds: Int?

    public init(
        platform: Platform, version: String? = nil, routerId: String? = nil, hostname: String? = nil,
        lastReconfiguration: UTC? = nil, serverTime: UTC? = nil, undoSeconds: Int? = nil
    ) {
        self.platform = platform
        self.version = version
        self.routerId = routerId
        self.hostname = hostname
        self.lastReconfiguration = lastReconfiguration
        self.serverTime = serverTime
        self.undoSeconds = undoSeconds
    }
}

/// A line of an answer that no parser claimed: said, never dropped.
public struct Unparsed: Hashable, Sendable, Codable {
    /// Counted from 1 in the answer as it came.
    public var line: Int
    public var text: String

    public init(line: Int, text: String) {
        self.line = line
        self.text = text
    }
}
