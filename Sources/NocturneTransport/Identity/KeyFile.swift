// SPDX-License-Identifier: Apache-2.0

/// What can be told about a private key file without opening its secret: whether it will do, and if not, why.
///
/// Knows the OpenSSH form (PROTOCOL.key: `openssh-key-v1`, cipher name, …, public key) and the PEM forms by their
/// headings (RFC 7468; RFC 1421 for `Proc-Type: 4,ENCRYPTED`).
struct KeyFile: Hashable, Sendable {
    enum Condition: Hashable, Sendable {
        case usable
        case missing
        case unreadable(reason: String)
        case encrypted
        /// libssh2 1.10 signs with RSA keys by SHA-1 only, which servers since OpenSSH 8.8 refuse.
        case rsa
        case notAKey
    }

    var path: String
    var condition: Condition
    /// Known for the OpenSSH form, encrypted or not.
    var publicKey: PublicKey?

    init(path: String) {
        self.path = path
        switch FileBytes.read(path, limit: 65_536) {
        case .failure(let error):
            condition = error.number == 2 ? .missing : .unreadable(reason: error.description)
        case .success(let bytes):
            condition = .notAKey
            inspect(String(decoding: bytes, as: UTF8.self))
        }
    }

    init(path: String, text: String) {
        self.path = path
        condition = .notAKey
        inspect(text)
    }

    private mutating func inspect(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") }) else { return }
        switch lines[begin] {
        case "-----BEGIN OPENSSH PRIVATE KEY-----":
            let body = lines[(begin + 1)...].prefix { !$0.hasPrefix("-----") }
            guard let bytes = Base64.decode(body.joined().utf8) else { return }
            inspectOpenSSH(bytes)
        case "-----BEGIN RSA PRIVATE KEY-----": condition = .rsa
        case "-----BEGIN ENCRYPTED PRIVATE KEY-----": condition = .encrypted
        case "-----BEGIN EC PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----":
            condition = lines.contains { $0.hasPrefix("Proc-Type:") && $0.contains("ENCRYPTED") } ? .encrypted : .usable
        default: break
        }
    }

    private mutating func inspectOpenSSH(_ bytes: [UInt8]) {
        let magic = Array("openssh-key-v1\0".utf8)
        guard bytes.starts(with: magic) else { return }
        var reader = WireReader(bytes.dropFirst(magic.count))
        guard let cipher = reader.text(), reader.string() != nil, reader.string() != nil, reader.uint32() == 1,
            let blob = reader.string()
        else { return }
        let key = PublicKey(blob: Array(blob))
        publicKey = key
        if key.type == "ssh-rsa" {
            condition = .rsa
        } else {
            condition = cipher == "none" ? .usable : .encrypted
        }
    }
}
