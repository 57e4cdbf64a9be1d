// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The rows of `nocturne guests`: one object for each container or virtual machine, in the order of the inventory.
///
/// A device whose guests could not be observed yields one object with `"state":"unknown"` and why, and none of the
/// guests it had: those are history.
public enum GuestRows {
    /// Keys of an observed guest, in order.
    public static let keys = [
        "device", "platform", "id", "name", "kind", "state", "health", "exitCode", "uptimeSeconds", "autostart",
        "addresses", "partial", "services", "observedAt", "ageSeconds", "path",
    ]
    /// What the object of a device has besides whose guests are not known.
    public static let darkKeys = ["reason", "rung", "hint"]

    public static func rows(_ snapshot: Snapshot, now: UTC) -> [JSONValue] {
        let hiding = Set(snapshot.devicesHidingGuests(at: now).map(\.name))
        let every = Dictionary(grouping: snapshot.guestRows(at: now), by: \.ref.device)
        return snapshot.devices.flatMap { device -> [JSONValue] in
            if hiding.contains(device.name) { return [dark(device, now: now)] }
            return (every[device.name] ?? []).map { row in
                .object(
                    [
                        ("device", .string(device.name.rawValue)),
                        ("platform", .string(platform(device, row.guest).rawValue)),
                    ] + members(of: row.guest) + [
                        ("services", .array(row.services.map { .string($0) })),
                        ("observedAt", JSONValue(row.observedAt)),
                        ("ageSeconds", PeerRows.age(of: row.observedAt, now: now)),
                        ("path", .string(row.path)),
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

    /// The guest by itself.
    static func members(of guest: Guest) -> [(String, JSONValue)] {
        [
            ("id", .string(guest.id)), ("name", .string(guest.name)), ("kind", .string(guest.kind.rawValue)),
            ("state", .string(guest.state.rawValue)), ("health", JSONValue(guest.health)),
            ("exitCode", JSONValue(guest.exitCode)), ("uptimeSeconds", JSONValue(guest.uptimeSeconds)),
            ("autostart", JSONValue(guest.autostart)), ("addresses", .array(guest.addresses.map { .string($0) })),
            ("partial", .bool(guest.partial)),
        ]
    }

    /// What answered: a raw answer knows it; without one, the kind of guest is what is left to tell by.
    private static func platform(_ device: DeviceState, _ guest: Guest) -> Platform {
        if let told = device.transcripts["guests"]?.platform { return told }
        switch guest.kind {
        case .lxc: return .lxc
        case .vm: return .proxmox
        case .docker: return .docker
        case .podman: return .podman
        case .nspawn: return .systemd
        }
    }

    private static func dark(_ device: DeviceState, now: UTC) -> JSONValue {
        let refused = device.isDark(at: now) ? nil : device.refused["guests"]
        let why = device.isDark(at: now) ? device.whyDark(at: now) : nil
        let silent = device.guests.map { "its guests were last told \((now - $0.at).milliseconds / 1000) s ago" }
        return .object([
            ("device", .string(device.name.rawValue)), ("platform", .string(device.platform.rawValue)),
            ("state", .string(Guest.State.unknown.rawValue)),
            ("reason", .string(refused?.sentence ?? why?.reason ?? silent ?? "its guests have not been told")),
            ("rung", JSONValue((refused?.rung ?? why?.rung)?.rawValue)),
            ("hint", JSONValue(refused?.hint ?? why?.hint)),
            ("path", JSONValue(device.reach.path)), ("observedAt", JSONValue(device.guests?.at)),
            ("ageSeconds", PeerRows.age(of: device.guests?.at, now: now)),
        ])
    }
}
