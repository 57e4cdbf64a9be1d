// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// Texts on their way into a POSIX shell and back, unharmed.
enum Shell {
    /// One word, whatever is in it (POSIX 2.2.2).
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// A command line that runs `script` in a shell of its own, with more rights where `become` gives them.
    ///
    /// The script comes by standard input, so that no log of commands swells with it, and stands in braces, so that the
    /// shell has read it to its end before anything runs: no command can eat the rest.
    static func program(_ script: String, become: String?) -> String {
        let prefix = become.map { $0.isEmpty ? "" : $0 + " " } ?? ""
        return "\(prefix)/bin/sh -s <<'NOCTURNE_SCRIPT'\n{\n\(script)\n} </dev/null\nNOCTURNE_SCRIPT"
    }

    /// Lines that write `text` into `file`; base 64, since a shell would not carry every byte.
    static func upload(_ text: String, to file: String) -> String {
        "base64 -d >\(file) <<'NOCTURNE_DATA'\n\(Base64.encode(Array(text.utf8)))\nNOCTURNE_DATA"
    }
}

/// Base 64 with padding (RFC 4648, section 4), in lines of 76.
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 57 * 77 + 80)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            if start > 0, start % 57 == 0 { text.append(0x0A) }
            let group = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for offset in 0..<3 { word = word << 8 | (offset < group.count ? UInt32(group[start + offset]) : 0) }
            for place in 0..<4 {
                text.append(place <= group.count ? letters[Int(word >> UInt32(18 - 6 * place) & 63)] : 0x3D)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for a letter that is none of its own; line ends are passed over.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        var bytes: [UInt8] = []
        var word: UInt32 = 0
        var bits = 0
        for byte in text.utf8 where byte != 0x0A && byte != 0x3D {
            let value = values[Int(byte)]
            guard value != 255 else { return nil }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(word >> UInt32(bits) & 255))
            }
        }
        return bytes
    }
}

/// SHA-256 in hexadecimal, as `sha256sum` prints it.
enum Digest {
    static func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

    static func sha256(_ bytes: [UInt8]) -> String {
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(bytes, bytes.count, &digest)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
