// SPDX-License-Identifier: Apache-2.0

/// The question for a server's identity and its answer, as they go over TCP.
///
/// ```
/// 2 bytes length │ id │ flags │ counts │ id.server. TXT CH          RFC 1035, 4.1 and 4.2.2; RFC 4892
/// ```
///
/// Pure: bytes in, bytes or words out. What comes back may be anything: lengths and compression pointers are followed
/// within bounds only, and what does not hold together is said to be no DNS answer.
enum DNSMessage {
    enum Reply: Hashable {
        /// The text of the first TXT record.
        case identity(String)
        /// The server answered and did not tell: `REFUSED`, `no TXT record`.
        case declined(String)
        /// No answer to our question, and why not.
        case malformed(String)
    }

    /// `id.server.`, type TXT, class CHAOS.
    private static let question: [UInt8] =
        [2] + Array("id".utf8) + [6] + Array("server".utf8) + [0] + [0, 16] + [0, 3]

    /// With its length in front. No recursion is wanted.
    static func query(id: UInt16) -> [UInt8] {
        let message: [UInt8] = bytes(id) + [0, 0] + [0, 1, 0, 0, 0, 0, 0, 0] + question
        return bytes(UInt16(message.count)) + message
    }

    /// Whether the whole of one message is there.
    static func isComplete(_ stream: [UInt8]) -> Bool {
        stream.count >= 2 && stream.count >= 2 + Int(word(stream, 0))
    }

    static func parse(_ stream: [UInt8], id: UInt16) -> Reply {
        guard isComplete(stream) else { return .malformed("the answer is cut") }
        let message = Array(stream[2..<2 + Int(word(stream, 0))])
        guard message.count >= 12 else { return .malformed("the answer is too short for DNS") }
        guard word(message, 0) == id else { return .malformed("the answer is to another question") }
        let flags = word(message, 2)
        guard flags & 0x8000 != 0 else { return .malformed("what came back is a question") }
        let code = Int(flags & 0xF)
        guard code == 0 else { return .declined(code < codes.count ? codes[code] : "RCODE \(code)") }
        guard flags & 0x0200 == 0 else { return .malformed("the answer says that it is cut") }
        var at = 12
        for _ in 0..<word(message, 4) {
            guard let end = skipName(message, at), end + 4 <= message.count else {
                return .malformed("its question section does not hold together")
            }
            at = end + 4
        }
        for _ in 0..<word(message, 6) {
            guard let end = skipName(message, at), end + 10 <= message.count else {
                return .malformed("its answer section does not hold together")
            }
            let length = Int(word(message, end + 8))
            let data = end + 10
            guard data + length <= message.count else { return .malformed("a record is longer than the answer") }
            if word(message, end) == 16, word(message, end + 2) == 3 {
                return text(message[data..<data + length]).map { .identity($0) }
                    ?? .malformed("its TXT record does not hold together")
            }
            at = data + length
        }
        return .declined("no TXT record in the answer")
    }

    /// RFC 1035, 4.1.1; names as of the IANA registry.
    private static let codes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]

    /// Where the name that begins at `start` ends. A pointer ends it: where it leads to is not looked at, so that a
    /// loop of pointers costs nothing.
    private static func skipName(_ message: [UInt8], _ start: Int) -> Int? {
        var at = start
        while at < message.count {
            let length = Int(message[at])
            switch length & 0xC0 {
            case 0 where length == 0: return at + 1
            case 0: at += 1 + length
            case 0xC0: return at + 2 <= message.count ? at + 2 : nil
            default: return nil
            }
            // RFC 1035, 2.3.4: a name has 255 octets at most.
            if at - start > 255 { return nil }
        }
        return nil
    }

    /// The strings of a TXT record put together.
    private static func text(_ data: ArraySlice<UInt8>) -> String? {
        var rest = data
        var text: [UInt8] = []
        guard !rest.isEmpty else { return nil }
        while let length = rest.first {
            rest = rest.dropFirst()
            guard rest.count >= length else { return nil }
            text += rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> UInt16 { UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1]) }
    private static func bytes(_ word: UInt16) -> [UInt8] { [UInt8(word >> 8), UInt8(word & 0xFF)] }
}
