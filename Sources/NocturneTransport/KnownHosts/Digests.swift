// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// The digests that host and user keys are named and hidden by.
enum Digests {
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest
    }

    static func hmacSHA1(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        var length: UInt32 = 0
        HMAC(EVP_sha1(), key, Int32(key.count), bytes, bytes.count, &digest, &length)
        return digest
    }
}

/// A public key as it travels (RFC 4253, section 6.6): its first string names its type.
struct PublicKey: Hashable, Sendable {
    var blob: [UInt8]

    var type: String {
        var reader = WireReader(blob)
        return reader.text() ?? ""
    }

    /// `SHA256:…` as `ssh-keygen -l` prints it.
    var fingerprint: String { "SHA256:" + Base64.encode(Digests.sha256(blob), padded: false) }

    /// `ED25519 SHA256:…`
    var description: String { "\(shortType) \(fingerprint)" }

    var shortType: String {
        switch type {
        case "ssh-ed25519": "ED25519"
        case "ssh-rsa": "RSA"
        case let name where name.hasPrefix("ecdsa-"): "ECDSA"
        default: type
        }
    }
}
