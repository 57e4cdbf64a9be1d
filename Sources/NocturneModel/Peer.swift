// SPDX-License-Identifier: Apache-2.0

/// The state of a BGP session in one vocabulary for all platforms (RFC 4271, section 8.2.2, and two words of ours).
///
/// `disabled` means taken down by configuration or by an operator on the device itself; `unknown` means not seen.
public enum PeerState: String, Hashable, Sendable, Codable, CaseIterable {
    case idle, connect, active, opensent, openconfirm, established, disabled, unknown
}

/// The state of a BFD session (RFC 5880, section 4.1).
public enum BFDState: String, Hashable, Sendable, Codable, CaseIterable {
    case up, down, `init`, admindown, unknown
}

/// One BGP session as one side of it tells.
///
/// What a platform does not tell is nil, never zero.
public struct Peer: Hashable, Sendable, Codable {
    /// What answered: the daemon or router platform, not the host it runs on.
    public var platform: Platform
    /// The session's name on the device: protocol name (BIRD), or the address where sessions have no names.
    public var name: String
    public var vrf: String
    public var remoteAddress: String?
    public var localAddress: String?
    /// The interface of a link-local or unnumbered session.
    public var interface: String?
    public var remoteAS: ASN?
    public var localAS: ASN?
    public var state: PeerState
    /// When the present state was entered, by the device's clock; nil when the device told no date.
    public var since: UTC?
    /// Seconds in the present state, by the device's own clock; nil unless established.
    public var uptimeSeconds: Int?
    /// Address families the session carries: `ipv4`, `ipv6`, …
    public var families: [String]
    /// Counts are summed over families.
    public var prefixesReceived: Int?
    public var prefixesAccepted: Int?
    public var prefixesSent: Int?
    public var flaps: Int?
    public var lastError: String?
    public var description: String?
    public var bfd: BFDState?
    public var disabled: Bool
    public var detail: PeerDetail

    public init(
        platform: Platform, name: String, vrf: String = "default", remoteAddress: String? = nil,
        localAddress: String? = nil, interface: String? = nil, remoteAS: ASN? = nil, localAS: ASN? = nil,
        state: PeerState, since: UTC? = nil, uptimeSeconds: Int? = nil, families: [String] = [],
        prefixesReceived: Int? = nil, prefixesAccepted: Int? = nil, prefixesSent: Int? = nil, flaps: Int? = nil,
        lastError: String? = nil, description: String? = nil, bfd: BFDState? = nil, disabled: Bool = false,
        detail: PeerDetail = PeerDetail()
    ) {
        self.platform = platform
        self.name = name
        self.vrf = vrf
        self.remoteAddress = remoteAddress
        self.localAddress = localAddress
        self.interface = interface
        self.remoteAS = remoteAS
        self.localAS = localAS
        self.state = state
        self.since = since
        self.uptimeSeconds = uptimeSeconds
        self.families = families
        self.prefixesReceived = prefixesReceived
        self.prefixesAccepted = prefixesAccepted
        self.prefixesSent = prefixesSent
        self.flaps = flaps
        self.lastError = lastError
        self.description = description
        self.bfd = bfd
        self.disabled = disabled
        self.detail = detail
    }

    /// The identity of a session on its device: it survives every change of state.
    public var key: PeerKey {
        PeerKey(vrf: vrf, remote: remoteAddress ?? interface ?? "", name: name)
    }
}

/// What tells one session of a device from another: (vrf, remote address or interface, name).
public struct PeerKey: Hashable, Comparable, Sendable, Codable {
    public var vrf: String
    public var remote: String
    public var name: String

    public init(vrf: String, remote: String, name: String) {
        self.vrf = vrf
        self.remote = remote
        self.name = name
    }

    public static func < (lhs: PeerKey, rhs: PeerKey) -> Bool {
        (lhs.name, lhs.remote, lhs.vrf) < (rhs.name, rhs.remote, rhs.vrf)
    }
}

/// What a platform tells about a session beyond the row: for the detail view only, in the device's own words.
public struct PeerDetail: Hashable, Sendable, Codable {
    /// The state word of the device before translation, such as `Passive` or `Idle (PfxCt)`.
    public var stateWord: String?
    public var neighborId: String?
    /// What this side offers, in the device's words, in its order.
    public var localCapabilities: [String]
    public var neighborCapabilities: [String]
    /// Such as `external AS4`, `internal route-reflector AS4`.
    public var session: String?
    /// What a person wrote when the session was taken down, here or at the other end (RFC 9003).
    public var message: String?
    /// Hold time in force, in seconds (RFC 4271, section 4.2).
    public var holdSeconds: Int?
    public var keepaliveSeconds: Int?
    public var channels: [Channel]

    public init(
        stateWord: String? = nil, neighborId: String? = nil, localCapabilities: [String] = [],
        neighborCapabilities: [String] = [], session: String? = nil, message: String? = nil, holdSeconds: Int? = nil,
        keepaliveSeconds: Int? = nil, channels: [Channel] = []
    ) {
        self.stateWord = stateWord
        self.neighborId = neighborId
        self.localCapabilities = localCapabilities
        self.neighborCapabilities = neighborCapabilities
        self.session = session
        self.message = message
        self.holdSeconds = holdSeconds
        self.keepaliveSeconds = keepaliveSeconds
        self.channels = channels
    }

    /// One address family of a session.
    public struct Channel: Hashable, Sendable, Codable {
        public var family: String
        public var state: String?
        public var table: String?
        public var preference: Int?
        public var importFilter: String?
        public var exportFilter: String?
        public var importLimit: Int?
        public var importLimitAction: String?
        public var imported: Int?
        public var filtered: Int?
        public var exported: Int?
        public var preferred: Int?
        public var nextHop: String?

        public init(family: String) { self.family = family }
    }
}
