// SPDX-License-Identifier: Apache-2.0

/// One guest as lists have it: with the device it is on, and the services that are made of it.
public struct GuestRow: Hashable, Sendable {
    public var ref: GuestRef
    public var guest: Guest
    /// Dark where it could not be observed: what it was then is history.
    public var health: Health
    /// The services it belongs to, by name; the inventory says so.
    public var services: [String]
    public var observedAt: UTC
    public var path: String

    public var subject: Subject { Subject(kind: .guest, device: ref.device, name: guest.id) }
}

extension GuestRef {
    /// The inventory may name a guest by its id or by its name.
    public func names(_ guest: Guest, on device: DeviceName) -> Bool {
        self.device == device && (id == guest.id || id == guest.name)
    }
}

extension DeviceState {
    /// Whether what it told of its guests is state at `now`, and not history.
    public func tellsGuests(at now: UTC) -> Bool {
        guard let guests, !isDark(at: now) else { return false }
        return now - guests.at <= darkAfter
    }
}

extension Snapshot {
    /// Every known guest, in the order of the inventory and as its device lists them.
    public func guestRows(at now: UTC) -> [GuestRow] {
        devices.flatMap { device -> [GuestRow] in
            guard let guests = device.guests else { return [] }
            return guests.value.map { guest in
                let names = services.filter { service in
                    service.guests.contains { $0.names(guest, on: device.name) }
                }.map(\.name)
                return GuestRow(
                    ref: GuestRef(device: device.name, id: guest.id), guest: guest,
                    health: device.health(of: guest, isWanted: !names.isEmpty, at: now), services: names,
                    observedAt: guests.at, path: guests.path)
            }
        }
    }

    /// Devices whose guests ought to be known and are not: those that told some and are dark, those that refused to
    /// tell, and those of which a service names guests that have not been told. A router that is dark hides none; a host
    /// that never answered may.
    public func devicesHidingGuests(at now: UTC) -> [DeviceState] {
        let named = Set(services.flatMap { $0.guests.map(\.device) })
        return devices.filter { device in
            guard !device.tellsGuests(at: now) else { return false }
            return device.guests != nil || device.refused["guests"] != nil || named.contains(device.name)
                || (device.isDark(at: now) && device.platform.carriesGuests)
        }
    }
}
