// SPDX-License-Identifier: Apache-2.0

/// What we offer in the key exchange (RFC 4253, section 7.1), by what libssh2 1.10 can do and what is still sound.
///
/// Left out though libssh2 has them: CBC ciphers, SHA-1 and MD5 MACs, `ssh-rsa` (SHA-1 signatures, switched off in
/// OpenSSH 8.8), and the large finite-field groups, of which group18 holds the network thread for 145 ms.
struct Algorithms: Hashable, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case keyExchange = "key exchange"
        case hostKey = "host key"
        case cipher
        case mac = "MAC"
    }

    var keyExchange = [
        "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "diffie-hellman-group14-sha256",
    ]
    var hostKey = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
    var cipher = ["aes128-ctr", "aes192-ctr", "aes256-ctr"]
    var mac = ["hmac-sha2-256", "hmac-sha2-512"]

    /// Puts the host key types known for this host first: the server answers with the first it has, and a type we
    /// have no key of would look like a stranger.
    init(knownHostKeyTypes known: [String] = []) {
        let first = hostKey.filter(known.contains)
        hostKey = first + hostKey.filter { !first.contains($0) }
    }

    subscript(kind: Kind) -> [String] {
        switch kind {
        case .keyExchange: keyExchange
        case .hostKey: hostKey
        case .cipher: cipher
        case .mac: mac
        }
    }

    /// The kinds for which `offer` has nothing of ours, with what is offered instead.
    func missing(in offer: KeyExchangeOffer) -> [(kind: Kind, offered: [String])] {
        Kind.allCases.compactMap { kind in
            let offered = offer[kind]
            return offered.contains(where: self[kind].contains) ? nil : (kind, offered)
        }
    }
}

/// The server's side of the key exchange as it was on the wire, read before anything is encrypted.
///
/// libssh2 only says that it failed; this says why. Layout: identification lines (RFC 4253, section 4.2), then the
/// binary packet SSH_MSG_KEXINIT (sections 6 and 7.1).
struct KeyExchangeOffer: Hashable, Sendable {
    var identification: String
    var keyExchange: [String]
    var hostKey: [String]
    var cipher: [String]
    var mac: [String]

    subscript(kind: Algorithms.Kind) -> [String] {
        switch kind {
        case .keyExchange: keyExchange
        case .hostKey: hostKey
        case .cipher: cipher
        case .mac: mac
        }
    }

    /// Nil while `bytes` does not hold the whole packet, or is something else.
    init?(firstBytes bytes: [UInt8]) {
        var rest = bytes[...]
        var identification: String?
        while identification == nil {
            guard let newline = rest.firstIndex(of: 10) else { return nil }
            let line = String(decoding: rest[..<newline], as: UTF8.self)
            rest = rest[(newline + 1)...]
            if line.hasPrefix("SSH-") { identification = line.hasSuffix("\r") ? String(line.dropLast()) : line }
        }
        var packet = WireReader(rest)
        guard let identification, let length = packet.uint32(), let padding = packet.byte(), length > 17,
            let payload = packet.bytes(Int(length) - 1 - Int(padding)), payload.first == 20
        else { return nil }
        var reader = WireReader(payload.dropFirst(17))
        guard let keyExchange = reader.names(), let hostKey = reader.names(), let cipher = reader.names(),
            reader.names() != nil, let mac = reader.names()
        else { return nil }
        self.identification = identification
        // Markers for extensions and strict key exchange are not algorithms.
        self.keyExchange = keyExchange.filter { !$0.hasPrefix("ext-info-") && !$0.hasPrefix("kex-strict-") }
        self.hostKey = hostKey
        self.cipher = cipher
        self.mac = mac
    }
}
