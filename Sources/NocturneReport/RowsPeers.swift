// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The rows of `nocturne peers`: one object a BGP session, in the order of the inventory.
///
/// Others build on keys and their order; they may grow at the end of their group and never change meaning. What a
/// platform does not tell is null, never 0. A device that is dark yields one object with `"state":"unknown"` and why, and
/// none of the sessions it had: those are history.
public enum PeerRows {
    /// Keys of an observed session, in order.
    public static let keys = [
        "device", "platform", "name", "vrf", "remoteAddress", "localAddress", "remoteAS", "localAS", "state", "since",
        "uptimeSeconds", "families", "prefixesReceived", "prefixesAccepted", "prefixesSent", "flaps", "lastError",
        "description", "bfd", "disabled", "observedAt", "ageSeconds", "path",
    ]
    /// What the object of a dark device has besides: why, the rung of the ladder that failed, and what to do.
    public static let darkKeys = ["reason", "rung", "hint"]

    public static func rows(_ snapshot: Snapshot, now: UTC) -> [JSONValue] {
        snapshot.devices.flatMap { device -> [JSONValue] in
            guard !device.isDark(at: now), let peers = device.peers else { return [dark(device, now: now)] }
            return peers.value.map { peer in
                .object(
                    [("device", .string(device.name.rawValue))] + members(of: peer) + [
                        ("observedAt", JSONValue(peers.at)), ("ageSeconds", age(of: peers.at, now: now)),
                        ("path", .string(peers.path)),
                    ])
            }
        }
    }

    /// An array with one object on each line.
    public static func json(_ snapshot: Snapshot, now: UTC) -> String {
        JSONValue.array(rows(snapshot, now: now)).lines
    }

    public static func csv(_ snapshot: Snapshot, now: UTC) -> String {
        CSV.text(columns: keys + darkKeys, rows: rows(snapshot, now: now))
    }

    /// The session by itself: what `nocturne parse` prints too.
    static func members(of peer: Peer) -> [(String, JSONValue)] {
        [
            ("platform", .string(peer.platform.rawValue)), ("name", .string(peer.name)), ("vrf", .string(peer.vrf)),
            ("remoteAddress", JSONValue(peer.remoteAddress)), ("localAddress", JSONValue(peer.localAddress)),
            ("remoteAS", JSONValue(peer.remoteAS)), ("localAS", JSONValue(peer.localAS)),
            ("state", .string(peer.state.rawValue)), ("since", JSONValue(peer.since)),
            ("uptimeSeconds", JSONValue(peer.uptimeSeconds)),
            ("families", .array(peer.families.map { .string($0) })),
            ("prefixesReceived", JSONValue(peer.prefixesReceived)),
            ("prefixesAccepted", JSONValue(peer.prefixesAccepted)), ("prefixesSent", JSONValue(peer.prefixesSent)),
            ("flaps", JSONValue(peer.flaps)), ("lastError", JSONValue(peer.lastError)),
            ("description", JSONValue(peer.description)), ("bfd", JSONValue(peer.bfd?.rawValue)),
            ("disabled", .bool(peer.disabled)),
        ]
    }

    private static func dark(_ device: DeviceState, now: UTC) -> JSONValue {
        let why = device.whyDark(at: now)
        return .object([
            ("device", .string(device.name.rawValue)), ("platform", .string(device.answeringPlatform.rawValue)),
            ("state", .string(PeerState.unknown.rawValue)), ("reason", .string(why.reason)),
            ("rung", JSONValue(why.rung?.rawValue)), ("hint", JSONValue(why.hint)),
            ("path", JSONValue(device.reach.path)), ("observedAt", JSONValue(device.peers?.at)),
            ("ageSeconds", age(of: device.peers?.at, now: now)),
        ])
    }

    static func age(of instant: UTC?, now: UTC) -> JSONValue {
        JSONValue(instant.map { (now - $0).seconds }, decimals: 1)
    }
}

extension DeviceState {
    /// What answers, or answered last: the daemon rather than the host it runs on.
    var answeringPlatform: Platform { status?.value.platform ?? peers?.value.first?.platform ?? platform }

    /// Why the device is dark, in a sentence, whatever the cause.
    func whyDark(at now: UTC) -> (reason: String, rung: Rung?, hint: String?) {
        if let fault = reach.fault ?? refused["bgp-peers"] { return (fault.sentence, fault.rung, fault.hint) }
        guard let seen = peers?.at else { return ("not observed yet", nil, nil) }
        return ("nothing heard for \((now - seen).milliseconds / 1000) s", nil, nil)
    }
}
