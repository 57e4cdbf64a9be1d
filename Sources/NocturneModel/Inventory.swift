// SPDX-License-Identifier: Apache-2.0

/// The network as its owner wrote it down: who is there, and the ways in.
///
/// Keys of the file that belong to later parts (uplinks, circuits, …) are checked for form by the reader and
/// kept out of here until something uses them.
public struct Inventory: Hashable, Sendable {
    public var site: String
    /// A change must name the site.
    public var protected: Bool
    /// In order of preference.
    public var paths: [AccessPath]
    public var devices: [Device]
    public var anycast: [AnycastPrefix]
    public var services: [Service]
    /// Where it was read, for messages.
    public var file: String

    public init(
        site: String, protected: Bool = false, paths: [AccessPath] = [], devices: [Device] = [],
        anycast: [AnycastPrefix] = [], services: [Service] = [], file: String = ""
    ) {
        self.site = site
        self.protected = protected
        self.paths = paths
        self.devices = devices
        self.anycast = anycast
        self.services = services
        self.file = file
    }
}

/// One way in: no hops is direct.
public struct AccessPath: Hashable, Sendable {
    public enum Carrier: String, Hashable, Sendable, CaseIterable { case libssh2, openssh }
    /// How the last hop leads on: a forwarded channel, a login that is the device, or `ssh` run there.
    public enum Via: String, Hashable, Sendable, CaseIterable { case forward, login, exec }

    public var name: String
    public var hops: [SSHEndpoint]
    public var carrier: Carrier
    public var via: Via

    public init(name: String, hops: [SSHEndpoint], carrier: Carrier = .libssh2, via: Via = .forward) {
        self.name = name
        self.hops = hops
        self.carrier = carrier
        self.via = via
    }
}

/// Where and as whom to log in, complete: nothing is left to be looked up.
public struct SSHEndpoint: Hashable, Sendable, CustomStringConvertible {
    public var user: String
    /// Name or address to connect to.
    public var host: String
    public var port: Int
    /// The name its host key is filed under, where that is not `host` (`HostKeyAlias`).
    public var hostKeyAlias: String?
    /// Private key files, tried in order after the agent's keys.
    public var identities: [String]
    /// Read in order; none is written.
    public var knownHosts: [String]
    /// Path of the agent's socket; nil for none.
    public var agent: String?

    public init(
        user: String, host: String, port: Int = 22, hostKeyAlias: String? = nil, identities: [String] = [],
        knownHosts: [String] = [], agent: String? = nil
    ) {
        self.user = user
        self.host = host
        self.port = port
        self.hostKeyAlias = hostKeyAlias
        self.identities = identities
        self.knownHosts = knownHosts
        self.agent = agent
    }

    /// `ops@192.0.2.1:22`, with the address in brackets when it is IPv6.
    public var description: String { "\(user)@\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// One device of the inventory.
public struct Device: Hashable, Sendable {
    public var name: DeviceName
    public var platform: Platform
    /// What runs on a Linux host; `platform: bird` is short for a Linux host that runs it.
    public var runs: [Platform]
    public var endpoint: SSHEndpoint
    /// Names of the paths it may be reached by; empty for all.
    public var paths: [String]
    public var group: String?
    public var role: String?
    public var model: String?
    public var poll: Duration
    /// What is put before a command that needs more rights, such as `sudo -n`; nil for nothing.
    public var become: String?

    public init(
        name: DeviceName, platform: Platform, runs: [Platform] = [], endpoint: SSHEndpoint, paths: [String] = [],
        group: String? = nil, role: String? = nil, model: String? = nil, poll: Duration = .seconds(2),
        become: String? = nil
    ) {
        self.name = name
        self.platform = platform
        self.runs = runs
        self.endpoint = endpoint
        self.paths = paths
        self.group = group
        self.role = role
        self.model = model
        self.poll = poll
        self.become = become
    }

    /// What answers on it: the one thing that runs on a Linux host when it is one, else the platform itself.
    public var daemon: Platform { platform == .linux && runs.count == 1 ? runs[0] : platform }
}
