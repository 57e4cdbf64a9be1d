// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Names and addresses of hosts as they stand in an inventory.
enum HostText {
    /// Why `text` is neither an address nor a name of a host; nil when it is one.
    static func fault(in text: String) -> (message: String, hint: String?)? {
        if text.isEmpty { return ("is empty", nil) }
        if text.contains("/") { return ("\"\(text)\" is a prefix, not an address", "Leave out the length.") }
        if text.contains("@") { return ("\"\(text)\" has a user in it", "Write it under `user`.") }
        if text.contains(":") {
            // A zone (RFC 4007) names an interface of this machine.
            let address = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
            if isIPv6(String(address[0])), address.count == 1 || !address[1].isEmpty { return nil }
            if text.split(separator: ":", omittingEmptySubsequences: false).count == 2 {
                return ("\"\(text)\" has a port in it", "Write it under `port`.")
            }
            return ("\"\(text)\" is not an IPv6 address", "Addresses stand here without brackets.")
        }
        if text.allSatisfy({ $0 == "." || ("0"..."9").contains($0) }) {
            return isIPv4(text) ? nil : ("\"\(text)\" is not an IPv4 address", "Four numbers from 0 to 255.")
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        // RFC 1123, section 2.1, and the underscore of names in ssh_config.
        let fine = labels.allSatisfy { label in
            !label.isEmpty && label.count <= 63 && label.first != "-"
                && label.unicodeScalars.allSatisfy {
                    $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_")
                }
        }
        return fine && text.utf8.count <= 253 ? nil : ("\"\(text)\" is neither an address nor a host name", nil)
    }

    static func isIPv4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    static func isIPv6(_ text: String) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, text, &address) == 1
    }
}

extension HostText {
    /// An IP address as bytes, and as everybody writes it (RFC 5952): devices are asked and compared by that form.
    struct Address {
        let bytes: [UInt8]
        let text: String

        var bits: Int { bytes.count * 8 }

        init?(_ text: String) {
            let family = text.contains(":") ? AF_INET6 : AF_INET
            var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
            guard inet_pton(family, text, &bytes) == 1 else { return nil }
            var form = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            guard inet_ntop(family, bytes, &form, socklen_t(form.count)) != nil else { return nil }
            self.bytes = bytes
            self.text = String(decoding: form.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }

        /// Whether nothing is set behind the first `length` bits.
        func isNetwork(of length: Int) -> Bool {
            bytes.enumerated().allSatisfy { index, byte in
                let kept = min(8, max(0, length - index * 8))
                return kept == 8 || byte << kept == 0
            }
        }
    }
}

/// One hop of a path: `host`, `user@host`, `user@host:port`, `user@[v6]:port`, or an alias of ssh_config.
struct HopText: Equatable {
    var user: String?
    var host: String
    var port: Int?

    struct Fault: Error, Equatable {
        var message: String
        var hint: String?
    }

    init(user: String? = nil, host: String, port: Int? = nil) {
        self.user = user
        self.host = host
        self.port = port
    }

    init(_ text: String) throws(Fault) {
        var rest = Substring(text)
        // The last @ parts user from host: user names of some bastions hold one themselves.
        if let at = rest.lastIndex(of: "@") {
            let user = String(rest[..<at])
            guard UserText.isFine(user) else {
                throw Fault(message: "hop \"\(text)\" has no usable user before the @", hint: nil)
            }
            self.user = user
            rest = rest[rest.index(after: at)...]
        }
        var portText: Substring?
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else {
                throw Fault(message: "hop \"\(text)\" lacks the closing bracket", hint: "user@[2001:db8::1]:22")
            }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || after.first == ":" else {
                throw Fault(message: "hop \"\(text)\" goes on after the bracket", hint: "user@[2001:db8::1]:22")
            }
            if !after.isEmpty { portText = after.dropFirst() }
            guard host.contains(":") else {
                throw Fault(message: "hop \"\(text)\" has no IPv6 address in its brackets", hint: nil)
            }
        } else {
            let colons = rest.count { $0 == ":" }
            if colons == 1, let colon = rest.firstIndex(of: ":") {
                host = String(rest[..<colon])
                portText = rest[rest.index(after: colon)...]
            } else {
                host = String(rest)
            }
        }
        if let fault = HostText.fault(in: host) {
            throw Fault(message: "hop \"\(text)\": \(fault.message)", hint: "user@host:port, or user@[2001:db8::1]:22")
        }
        if let portText {
            guard let port = Int(portText), (1...65_535).contains(port) else {
                throw Fault(
                    message: "hop \"\(text)\" has port \"\(portText)\"", hint: "A port is a number from 1 to 65535.")
            }
            self.port = port
        }
    }
}

/// User names as ssh takes them.
enum UserText {
    /// Not empty, no blanks, nothing that ssh would take for an option.
    static func isFine(_ text: String) -> Bool {
        !text.isEmpty && text.first != "-" && !text.contains { $0.isWhitespace || $0 == "\"" || $0 == "'" }
    }
}
