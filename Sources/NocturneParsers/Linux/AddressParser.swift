// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// `ip -j addr [show]` → the addresses of a Linux host. Seen on iproute2 6.1 (Debian 12).
///
/// ```
/// [{"ifname":"lo","flags":["LOOPBACK","UP"],"addr_info":[{"family":"inet","local":"192.0.2.81","prefixlen":32}]}]
/// ```
///
/// An address counts as disabled where its interface is not up: the kernel then answers for it no more. What is
/// `dynamic` came by DHCP or router advertisement and can go again.
enum AddressParser {
    static func parse(_ text: ScrubbedText) -> ParseOutcome {
        let transcript = ShellTranscript(text)
        if let reason = transcript.refusal(of: ["ip"]) { return .cannotAnswer(reason: reason) }
        var unparsed: [Unparsed] = []
        var rows: [InterfaceAddress] = []
        var recognized = false
        var cut = false
        // `ip` writes one line, or with -p many: the lines from the bracket on belong together.
        let start = transcript.lines.firstIndex { $0.text.trimmed.hasPrefix("[") } ?? transcript.lines.endIndex
        unparsed += transcript.lines[..<start].map(\.unparsed)
        let document = transcript.lines[start...]
        if let first = document.first {
            let text = document.map { String($0.text) }.joined(separator: "\n")
            if case .array(let interfaces)? = JSONReader.read(text) {
                recognized = true
                for interface in interfaces { rows += addresses(of: interface) }
            } else if transcript.endsMidLine || !text.trimmedEnd.hasSuffix("]") {
                recognized = true
                cut = true
            } else {
                unparsed.append(first.unparsed)
            }
        }
        if !recognized {
            return .notThisPlatform(reason: "no JSON of `ip -j addr`")
        }
        return .parsed(Parsed(rows: .addresses(rows), unparsed: unparsed, truncated: cut))
    }

    private static func addresses(of interface: JSONValue) -> [InterfaceAddress] {
        guard case .string(let name)? = interface["ifname"], case .array(let infos)? = interface["addr_info"] else {
            return []
        }
        var isUp = false
        if case .array(let flags)? = interface["flags"] { isUp = flags.contains(.string("UP")) }
        return infos.compactMap { info in
            guard case .string(let address)? = info["local"], case .int(let length)? = info["prefixlen"] else {
                return nil
            }
            return InterfaceAddress(
                address: "\(address)/\(length)", interface: name, disabled: !isUp,
                dynamic: info["dynamic"] == .bool(true))
        }
    }
}

/// One address of a host.
public struct InterfaceAddress: Hashable, Sendable {
    /// With the length of its prefix: `192.0.2.81/32`.
    public var address: String
    public var interface: String
    public var disabled: Bool
    public var dynamic: Bool

    public init(address: String, interface: String, disabled: Bool = false, dynamic: Bool = false) {
        self.address = address
        self.interface = interface
        self.disabled = disabled
        self.dynamic = dynamic
    }

    /// The address without its length.
    public var host: Substring { address.prefix { $0 != "/" } }
}

extension String {
    fileprivate var trimmedEnd: Substring {
        var text = self[...]
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text
    }
}
