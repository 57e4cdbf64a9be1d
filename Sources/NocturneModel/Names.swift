// SPDX-License-Identifier: Apache-2.0

/// An autonomous system number (RFC 6793: four octets).
public struct ASN: RawRepresentable, Hashable, Comparable, Sendable, Codable, ExpressibleByIntegerLiteral,
    CustomStringConvertible
{
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public init(integerLiteral value: UInt32) { rawValue = value }
    public static func < (lhs: ASN, rhs: ASN) -> Bool { lhs.rawValue < rhs.rawValue }

    /// The plain number (`asplain`, RFC 5396), without the letters AS.
    public var description: String { String(rawValue) }
}

/// The name a device has in the inventory; the identity everything observed on it is filed under.
public struct DeviceName: RawRepresentable, Hashable, Comparable, Sendable, Codable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
    public init(stringLiteral value: String) { rawValue = value }
    public static func < (lhs: DeviceName, rhs: DeviceName) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { rawValue }
}

/// What answers questions: a routing daemon, a router's own command line, or a Linux host.
public enum Platform: String, Hashable, Sendable, Codable, CaseIterable {
    case bird, frr, openbgpd, routeros, linux, proxmox, lxc, docker, podman, systemd, zfs, haproxy, auto
}

extension Platform {
    /// Whether something of the kind may run containers or virtual machines.
    public var carriesGuests: Bool {
        switch self {
        case .linux, .proxmox, .lxc, .docker, .podman, .systemd, .auto: true
        case .bird, .frr, .openbgpd, .routeros, .zfs, .haproxy: false
        }
    }
}
