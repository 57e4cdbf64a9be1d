// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What `nocturne inventory show` and `check` print: the inventory with nothing left open, and where each value came from.
///
/// ```
/// paths, in order of preference
///   jump  libssh2
///     hop 1  ops@192.0.2.1:22                             line 3
///       user         ops                                  line 3
///       keys         agent /run/agent                     $SSH_AUTH_SOCK
///                    /home/ops/.ssh/id_ed25519            line 6
///       known hosts  /home/ops/.ssh/known_hosts           ssh config for jump
/// ```
public enum InventoryPrinter {
    /// For a person.
    public static func text(_ resolved: ResolvedInventory) -> String {
        let inventory = resolved.inventory
        var lines = [
            "site \(inventory.site)" + (inventory.protected ? ", protected: a change must name it" : ""),
            "inventory \(inventory.file)", "", "paths, in order of preference",
        ]
        for (path, hops) in zip(inventory.paths, resolved.hops) {
            let via = path.via == .forward ? "" : "  via \(path.via.rawValue)"
            lines.append("  \(path.name)  \(path.carrier.rawValue)\(via)\(hops.isEmpty ? "  direct" : "")")
            for (index, hop) in hops.enumerated() { lines += block("hop \(index + 1)", hop) }
        }
        lines += ["", "devices"]
        for (device, resolved) in zip(inventory.devices, resolved.devices) {
            lines.append("  \(device.name)  \(summary(of: device))")
            let ways = device.paths.isEmpty ? inventory.paths.map(\.name) : device.paths
            lines.append(
                "    reached by \(ways.joined(separator: ", else ")), asked every \(DurationText.print(device.poll))")
            if let become = device.become { lines.append("    more rights by `\(become)`") }
            lines += block("login", resolved)
        }
        if !inventory.anycast.isEmpty { lines += ["", "anycast"] }
        for entry in inventory.anycast {
            let probe = entry.asksIdentity ? ", asked for id.server" : ""
            lines.append(
                "  \(entry.name)  \(entry.prefix) on \(entry.nodes.map(\.rawValue).joined(separator: ", "))\(probe)")
        }
        if !inventory.services.isEmpty { lines += ["", "services"] }
        for service in inventory.services {
            let guests = service.guests.map(\.description).joined(separator: ", ")
            lines.append("  \(service.name)  wants \(service.want) of \(guests)")
        }
        if !resolved.notes.isEmpty { lines += ["", "notes"] + resolved.notes.map { "  " + sentence($0) } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// For a program: the same, in one document.
    public static func json(_ resolved: ResolvedInventory) -> JSONValue {
        let inventory = resolved.inventory
        return .object([
            ("site", .string(inventory.site)), ("protected", .bool(inventory.protected)),
            ("file", .string(inventory.file)),
            (
                "paths",
                .array(
                    zip(inventory.paths, resolved.hops).map { path, hops in
                        .object([
                            ("name", .string(path.name)), ("carrier", .string(path.carrier.rawValue)),
                            ("via", .string(path.via.rawValue)), ("hops", .array(hops.map(json))),
                        ])
                    })
            ),
            (
                "devices",
                .array(
                    zip(inventory.devices, resolved.devices).map { device, endpoint in
                        .object([
                            ("name", .string(device.name.rawValue)), ("platform", .string(device.platform.rawValue)),
                            ("runs", .array(device.runs.map { .string($0.rawValue) })),
                            ("group", JSONValue(device.group)), ("role", JSONValue(device.role)),
                            ("model", JSONValue(device.model)),
                            ("paths", .array(device.paths.map { .string($0) })),
                            ("pollMilliseconds", .int(Int(device.poll.milliseconds))),
                            ("become", JSONValue(device.become)), ("login", json(endpoint)),
                        ])
                    })
            ),
            (
                "anycast",
                .array(
                    inventory.anycast.map { entry in
                        .object([
                            ("name", .string(entry.name)), ("prefix", .string(entry.prefix)),
                            ("nodes", .array(entry.nodes.map { .string($0.rawValue) })),
                            ("asksIdentity", .bool(entry.asksIdentity)),
                        ])
                    })
            ),
            (
                "services",
                .array(
                    inventory.services.map { service in
                        .object([
                            ("name", .string(service.name)),
                            ("guests", .array(service.guests.map { .string($0.description) })),
                            ("want", .int(service.want)),
                        ])
                    })
            ),
            ("notes", .array(resolved.notes.map { .string(sentence($0)) })),
        ])
    }

    /// What `check` says of a good inventory: `ok: 12 devices, 1 path`, and the notes.
    public static func check(_ resolved: ResolvedInventory) -> String {
        let inventory = resolved.inventory
        let ok = "ok: \(count(inventory.devices.count, "device")), \(count(inventory.paths.count, "path"))\n"
        return resolved.notes.map { "note: \(sentence($0, file: inventory.file))\n" }.joined() + ok
    }

    /// What `check` says of a bad one: every problem with its hint, then how many.
    public static func check(_ error: InventoryError) -> String {
        error.problems.map { error.sentence(for: $0) + "\n" }.joined() + count(error.problems.count, "problem") + "\n"
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }

    private static func sentence(_ note: InventoryProblem, file: String? = nil) -> String {
        let place = ([file] + [note.line, note.column].map { $0.map(String.init) }).compactMap { $0 }
        if file != nil { return place.joined(separator: ":") + ": " + note.message }
        return (note.line.map { "line \($0): " } ?? "") + note.message
    }

    private static func summary(of device: Device) -> String {
        let runs = device.runs.isEmpty ? "" : " running " + device.runs.map(\.rawValue).joined(separator: ", ")
        return ([device.platform.rawValue + runs] + [device.group, device.role, device.model].compactMap { $0 })
            .joined(separator: ", ")
    }

    private static func block(_ title: String, _ resolved: ResolvedEndpoint) -> [String] {
        let endpoint = resolved.endpoint
        let alias = resolved.alias.map { "  (\($0) in the inventory)" } ?? ""
        var rows: [(label: String, value: String, origin: String)] = [
            ("host", endpoint.host + alias, resolved.host.description),
            ("user", endpoint.user, resolved.user.description),
            ("port", String(endpoint.port), resolved.port.description),
        ]
        if let filed = endpoint.hostKeyAlias {
            rows.append(("host key", "filed under \(filed)", resolved.host.description))
        }
        var keys: [(String, String)] = endpoint.identities.map { ($0, resolved.identities.description) }
        if let agent = endpoint.agent { keys.insert(("agent \(agent)", resolved.agent.description), at: 0) }
        if keys.isEmpty { keys = [("none: there is neither an agent nor a key file", resolved.identities.description)] }
        let hosts = endpoint.knownHosts.isEmpty ? ["none: no host key can be trusted"] : endpoint.knownHosts
        rows += labelled("keys", keys)
        rows += labelled("known hosts", hosts.map { ($0, resolved.knownHosts.description) })
        let width = rows.map(\.value.count).max() ?? 0
        return ["    \(title)  \(endpoint)"]
            + rows.map { "      \(pad($0.label, 11))  \(pad($0.value, width))  \($0.origin)" }
    }

    /// The label before the first of several values only.
    private static func labelled(
        _ label: String, _ values: [(String, String)]
    ) -> [(label: String, value: String, origin: String)] {
        values.enumerated().map { ($0 == 0 ? label : "", $1.0, $1.1) }
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func json(_ resolved: ResolvedEndpoint) -> JSONValue {
        let endpoint = resolved.endpoint
        func told(_ value: JSONValue, _ origin: Origin) -> JSONValue {
            .object([("value", value), ("from", .string(origin.description))])
        }
        func list(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
        return .object([
            ("address", .string(endpoint.description)), ("host", told(.string(endpoint.host), resolved.host)),
            ("user", told(.string(endpoint.user), resolved.user)), ("port", told(.int(endpoint.port), resolved.port)),
            ("hostKeyAlias", JSONValue(endpoint.hostKeyAlias)),
            ("agent", told(JSONValue(endpoint.agent), resolved.agent)),
            ("identities", told(list(endpoint.identities), resolved.identities)),
            ("knownHosts", told(list(endpoint.knownHosts), resolved.knownHosts)),
        ])
    }
}
