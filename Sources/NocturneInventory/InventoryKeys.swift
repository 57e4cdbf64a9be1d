// SPDX-License-Identifier: Apache-2.0

/// Every key an inventory may have, by the mapping it stands in.
///
/// One table feeds the check for unknown keys, the proposal of the nearest one, and the remark that a key stands at
/// the wrong depth. Keys of later parts of nocturne are here so that one file serves every version.
enum InventoryKeys {
    static let top = [
        "site", "protected", "paths", "defaults", "devices", "uplinks", "circuits", "anycast", "services", "monitoring",
        "freeze", "zones", "certificates", "backups", "drained", "unmonitored",
    ]
    static let path = ["name", "hops", "carrier", "via"]
    static let defaults = ["user", "port", "identity", "known-hosts", "poll", "become", "password-command"]
    static let device = [
        "name", "platform", "address", "group", "role", "model", "runs", "oob", "paths", "ssh", "user", "port",
        "identity", "known-hosts", "poll", "become", "password-command",
    ]
    static let uplink = [
        "name", "device", "peer", "as", "role", "local-pref", "med", "prepend", "communities", "circuit", "speed",
    ]
    static let circuit = [
        "id", "order", "provider", "vlan", "headend", "committed", "burst", "contact",
    ]
    static let anycast = ["name", "prefix", "nodes", "vantages", "probes"]
    static let service = ["name", "guests", "want", "probe", "promise"]
    static let monitoring = ["prometheus"]
    static let freeze = ["from", "to", "why"]

    /// What the mapping that knows `key` is called, when that is another one than `title`.
    static func home(of key: String, otherThan keys: [String]) -> String? {
        [
            (device, "a device"), (path, "a path"), (defaults, "`defaults`"), (top, "the top level"),
            (uplink, "an uplink"), (circuit, "a circuit"), (anycast, "an anycast entry"), (service, "a service"),
        ].first { $0.0 != keys && $0.0.contains(key) }?.1
    }
}
