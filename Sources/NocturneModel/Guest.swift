// SPDX-License-Identifier: Apache-2.0

/// A container or virtual machine on a device.
public struct Guest: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable { case lxc, vm, docker, podman, nspawn }
    public enum State: String, Hashable, Sendable, Codable {
        case running, stopped, paused, exited, created, unknown
    }

    /// What the platform calls it by: a number on Proxmox, the name with plain LXC.
    public var id: String
    public var name: String
    public var kind: Kind
    public var state: State
    public var health: String?
    public var exitCode: Int?
    public var uptimeSeconds: Int?
    /// Starts with its host; nil when the platform does not tell.
    public var autostart: Bool?
    public var addresses: [String]
    /// Some of it could not be read.
    public var partial: Bool

    public init(
        id: String, name: String, kind: Kind, state: State, health: String? = nil, exitCode: Int? = nil,
        uptimeSeconds: Int? = nil, autostart: Bool? = nil, addresses: [String] = [], partial: Bool = false
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.state = state
        self.health = health
        self.exitCode = exitCode
        self.uptimeSeconds = uptimeSeconds
        self.autostart = autostart
        self.addresses = addresses
        self.partial = partial
    }

    /// Running is up. A guest that starts with its host and does not run is down; one that nobody starts is where its
    /// owner put it.
    public var ownHealth: Health {
        switch state {
        case .running: .up
        case .unknown: .dark
        case .paused: .degraded
        case .stopped, .exited, .created: autostart == true ? .down : .degraded
        }
    }
}

/// A guest by device and id, as `services:` names it: `bkk06/106`.
public struct GuestRef: Hashable, Sendable, Codable, CustomStringConvertible {
    public var device: DeviceName
    public var id: String

    public init(device: DeviceName, id: String) {
        self.device = device
        self.id = id
    }

    public var description: String { "\(device)/\(id)" }
}

/// Guests that do the same work, as the inventory has it.
public struct Service: Hashable, Sendable, Codable {
    public var name: String
    public var guests: [GuestRef]
    /// How many must run for it to be well.
    public var want: Int

    public init(name: String, guests: [GuestRef], want: Int) {
        self.name = name
        self.guests = guests
        self.want = want
    }
}

/// One service and how its guests are.
public struct ServiceRow: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public var ref: GuestRef
        /// Nil when the device does not have it, or has not been seen.
        public var guest: Guest?
        public var health: Health
    }

    public var service: Service
    public var members: [Member]
    /// How many run.
    public var running: Int
    /// How many could not be observed: neither up nor down.
    public var unseen: Int
    public var health: Health
    /// The oldest observation it rests on.
    public var observedAt: UTC?

    public var subject: Subject { Subject(kind: .service, name: service.name) }
    /// `2 of 3`.
    public var ratio: String { "\(running) of \(service.want)" }
}

extension Snapshot {
    /// Every service of the inventory.
    ///
    /// What cannot be seen is not counted as running, and does not make a service worse than dark: with enough seen to
    /// run it is up; with enough seen not to run it is degraded, or down when none runs; between that it is dark.
    public func serviceRows(at now: UTC) -> [ServiceRow] {
        services.map { service in
            let members = service.guests.map { ref -> ServiceRow.Member in
                guard let device = self[ref.device], !device.isDark(at: now), let guests = device.guests,
                    now - guests.at <= device.darkAfter
                else {
                    return ServiceRow.Member(
                        ref: ref, guest: self[ref.device]?.guests?.value.first { $0.id == ref.id || $0.name == ref.id },
                        health: .dark)
                }
                let guest = guests.value.first { $0.id == ref.id || $0.name == ref.id }
                // A guest the inventory names and the device does not have is gone, which is worse than stopped.
                return ServiceRow.Member(
                    ref: ref, guest: guest, health: guest.map { $0.state == .running ? .up : .down } ?? .down)
            }
            let running = members.count { $0.health == .up }
            let unseen = members.count { $0.health == .dark }
            let health: Health =
                if running >= service.want { .up } else if running + unseen >= service.want { .dark } else {
                    running + unseen == 0 ? .down : .degraded
                }
            return ServiceRow(
                service: service, members: members, running: running, unseen: unseen, health: health,
                observedAt: service.guests.compactMap { self[$0.device]?.guests?.at }.min())
        }
    }
}
