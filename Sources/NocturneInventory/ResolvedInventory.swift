// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Where a value came from.
public enum Origin: Hashable, Sendable, CustomStringConvertible {
    /// This line of the inventory.
    case inventory(line: Int)
    /// What `ssh -G` says of this host.
    case sshConfig(host: String)
    /// This variable of the environment.
    case environment(String)
    /// What nocturne takes when nobody says.
    case standard

    public var description: String {
        switch self {
        case .inventory(let line): "line \(line)"
        case .sshConfig(let host): "ssh config for \(host)"
        case .environment(let name): "$\(name)"
        case .standard: "default"
        }
    }
}

/// An endpoint with the source of each of its values.
public struct ResolvedEndpoint: Hashable, Sendable {
    public var endpoint: SSHEndpoint
    public var host: Origin
    public var user: Origin
    public var port: Origin
    public var identities: Origin
    public var knownHosts: Origin
    public var agent: Origin
    /// What the inventory calls it, where that is not the host connected to.
    public var alias: String?
}

/// An inventory with nothing left open, and how each value came about: what `nocturne inventory show` prints.
public struct ResolvedInventory: Sendable {
    public var inventory: Inventory
    /// The hops of each path, in the order of `inventory.paths`.
    public var hops: [[ResolvedEndpoint]]
    /// In the order of `inventory.devices`.
    public var devices: [ResolvedEndpoint]
    /// Not wrong, but worth knowing: keys that this version does not use, what of ssh_config is not followed.
    public var notes: [InventoryProblem]
}
