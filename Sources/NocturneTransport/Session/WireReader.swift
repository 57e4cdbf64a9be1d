// SPDX-License-Identifier: Apache-2.0

/// Reads the data types of SSH (RFC 4251, section 5) from the front of a byte string; nil when it is too short.
struct WireReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func bytes(_ length: Int) -> ArraySlice<UInt8>? {
        guard length >= 0, length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }

    mutating func uint32() -> UInt32? { bytes(4)?.reduce(0) { $0 << 8 | UInt32($1) } }

    mutating func string() -> ArraySlice<UInt8>? {
        guard let length = uint32() else { return nil }
        return bytes(Int(length))
    }

    mutating func text() -> String? { string().map { String(decoding: $0, as: UTF8.self) } }

    mutating func names() -> [String]? { text().map { $0.split(separator: ",").map(String.init) } }
}

/// Writes the same data types.
enum WireWriter {
    static func uint32(_ value: Int) -> [UInt8] {
        let value = UInt32(truncatingIfNeeded: value)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }

    static func string(_ bytes: some Collection<UInt8>) -> [UInt8] { uint32(bytes.count) + Array(bytes) }
}

/// Base 64 (RFC 4648, section 4), as keys and fingerprints are written.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8: UInt32] = Dictionary(
        uniqueKeysWithValues: alphabet.enumerated().map { ($1, UInt32($0)) })

    /// Line breaks are skipped; anything else outside the alphabet makes it nil.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var width: UInt32 = 0
        var padding = 0
        for character in text where character != 10 && character != 13 {
            if character == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = values[character] else { return nil }
            bits = bits << 6 | value
            width += 6
            if width >= 8 {
                width -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> width))
            }
        }
        return padding <= 2 && width < 6 ? result : nil
    }

    static func encode(_ bytes: some Sequence<UInt8>, padded: Bool = true) -> String {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var width: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            width += 8
            while width >= 6 {
                width -= 6
                result.append(alphabet[Int(bits >> width & 63)])
            }
        }
        if width > 0 { result.append(alphabet[Int(bits << (6 - width) & 63)]) }
        if padded { while result.count % 4 != 0 { result.append(UInt8(ascii: "=")) } }
        return String(decoding: result, as: UTF8.self)
    }
}
