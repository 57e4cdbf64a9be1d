// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The rows of `nocturne devices`: one object a device, in the order of the inventory.
///
/// `state` is up, degraded or dark; `rung` is the highest one climbed, `failedRung` the one that stands in the way.
/// Counts of sessions are null while the device is dark.
public enum DeviceRows {
    public static let keys = [
        "device", "platform", "address", "group", "role", "state", "rung", "failedRung", "reason", "hint", "carrier",
        "path", "version", "routerId", "clockOffsetMilliseconds", "sweepMilliseconds", "sweepBytes", "peersTotal",
        "peersEstablished", "observedAt", "ageSeconds", "roundTripMilliseconds",
    ]

    public static func rows(_ snapshot: Snapshot, now: UTC) -> [JSONValue] {
        snapshot.devices.map { row($0, now: now) }
    }

    /// An array with one object on each line.
    public static func json(_ snapshot: Snapshot, now: UTC) -> String {
        JSONValue.array(rows(snapshot, now: now)).lines
    }

    public static func csv(_ snapshot: Snapshot, now: UTC) -> String {
        CSV.text(columns: keys, rows: rows(snapshot, now: now))
    }

    private static func row(_ device: DeviceState, now: UTC) -> JSONValue {
        let dark = device.isDark(at: now)
        let why = dark ? device.whyDark(at: now) : device.whyDegraded
        let peers = dark ? nil : device.peers?.value
        return .object([
            ("device", .string(device.name.rawValue)), ("platform", .string(device.answeringPlatform.rawValue)),
            ("address", .string(device.address)), ("group", JSONValue(device.group)), ("role", JSONValue(device.role)),
            ("state", .string(device.health(at: now).rawValue)), ("rung", JSONValue(device.reach.climbed?.rawValue)),
            ("failedRung", JSONValue(why?.rung?.rawValue)), ("reason", JSONValue(why?.reason)),
            ("hint", JSONValue(why?.hint)), ("carrier", JSONValue(device.reach.carrier)),
            ("path", JSONValue(device.reach.path)), ("version", JSONValue(device.status?.value.version)),
            ("routerId", JSONValue(device.status?.value.routerId)),
            ("clockOffsetMilliseconds", JSONValue(device.clockOffsetMilliseconds.map { Int($0) })),
            ("sweepMilliseconds", JSONValue(device.sweepMilliseconds, decimals: 1)),
            ("sweepBytes", JSONValue(device.sweepBytes)), ("peersTotal", JSONValue(peers?.count)),
            ("peersEstablished", JSONValue(peers?.count { $0.state == .established })),
            ("observedAt", JSONValue(device.seenAt)), ("ageSeconds", PeerRows.age(of: device.seenAt, now: now)),
            ("roundTripMilliseconds", JSONValue(device.reach.roundTripMilliseconds, decimals: 1)),
        ])
    }
}

extension DeviceState {
    /// What is missing from an observed device; nil when nothing is.
    fileprivate var whyDegraded: (reason: String, rung: Rung?, hint: String?)? {
        // By name, so that the same state always tells the same reason.
        if let (query, fault) = refused.min(by: { $0.key < $1.key }) {
            return ("\(query): \(fault.message)", fault.rung, fault.hint)
        }
        let lines = unparsed.values.reduce(0) { $0 + $1.count }
        guard lines > 0 else { return nil }
        return ("\(lines) line\(lines == 1 ? "" : "s") of its answers not understood", nil, nil)
    }
}
