// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers

/// What `nocturne parse` prints: rows of one captured answer, and what of it nobody understood.
///
/// ```json
/// {"rows":[…],"unparsed":[{"line":7,"text":"…"}],"truncated":false}
/// ```
///
/// The rows are those of the other commands without what only a live observation has: device, path, time and age.
public enum ParseRows {
    /// Rows, unparsed lines and mark of one document, one row on each line.
    public static func json(_ rows: [JSONValue], unparsed: [Unparsed], truncated: Bool) -> String {
        let left = JSONValue.array(
            unparsed.map { .object([("line", .int($0.line)), ("text", .string($0.text))]) })
        return "{\"rows\":\(JSONValue.array(rows).lines),\n\"unparsed\":\(left.lines),\n\"truncated\":\(truncated)}"
    }

    public static func row(_ peer: Peer) -> JSONValue { .object(PeerRows.members(of: peer)) }

    public static func row(_ session: BFDSession) -> JSONValue {
        .object([
            ("peer", .string(session.peer)), ("vrf", .string(session.vrf)), ("interface", JSONValue(session.interface)),
            ("state", .string(session.state.rawValue)), ("uptimeSeconds", JSONValue(session.uptimeSeconds)),
            ("detectMilliseconds", JSONValue(session.detectMilliseconds)),
        ])
    }

    public static func row(_ neighbor: OSPFNeighbor) -> JSONValue {
        .object([
            ("neighborId", .string(neighbor.neighborId)), ("address", JSONValue(neighbor.address)),
            ("interface", JSONValue(neighbor.interface)), ("vrf", .string(neighbor.vrf)),
            ("state", .string(neighbor.state)),
        ])
    }

    public static func row(_ route: Route) -> JSONValue {
        .object([
            ("prefix", .string(route.prefix)), ("type", .string(route.kind.rawValue)), ("best", .bool(route.best)),
            ("protocol", JSONValue(route.protocol)), ("nextHop", JSONValue(route.nextHop)),
            ("interface", JSONValue(route.interface)), ("metric", JSONValue(route.metric)),
            ("preference", JSONValue(route.preference)), ("asPath", JSONValue(route.asPath)),
            ("vrf", .string(route.vrf)),
        ])
    }

    public static func row(_ status: DaemonStatus) -> JSONValue {
        .object([
            ("version", JSONValue(status.version)), ("routerId", JSONValue(status.routerId)),
            ("hostname", JSONValue(status.hostname)), ("lastReconfiguration", JSONValue(status.lastReconfiguration)),
            ("undoSeconds", JSONValue(status.undoSeconds)),
        ])
    }

    public static func row(_ guest: Guest) -> JSONValue {
        .object([
            ("id", .string(guest.id)), ("name", .string(guest.name)), ("kind", .string(guest.kind.rawValue)),
            ("state", .string(guest.state.rawValue)), ("health", JSONValue(guest.health)),
            ("exitCode", JSONValue(guest.exitCode)), ("uptimeSeconds", JSONValue(guest.uptimeSeconds)),
            ("autostart", JSONValue(guest.autostart)), ("addresses", .array(guest.addresses.map { .string($0) })),
            ("partial", .bool(guest.partial)),
        ])
    }

    public static func row(_ address: InterfaceAddress) -> JSONValue {
        .object([
            ("address", .string(address.address)), ("interface", .string(address.interface)),
            ("disabled", .bool(address.disabled)), ("dynamic", .bool(address.dynamic)),
        ])
    }
}
