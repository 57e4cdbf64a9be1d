// SPDX-License-Identifier: Apache-2.0

/// How text reaches the user's clipboard through everything between us and the terminal on their desk.
///
/// OSC 52 (xterm, "Operating System Commands", `Ps = 52`) sets the clipboard of the terminal that reads it, so it works
/// over ssh, where nothing else does. A multiplexer in between has to be asked to pass it on:
///
/// - tmux takes the plain form when `set-clipboard` is `on`, and passes on what stands in `DCS tmux;` with every escape
///   doubled when `allow-passthrough` is on. Both are sent; setting the same text twice does no harm.
/// - GNU screen passes on any DCS, in pieces of at most 768 bytes.
public enum ClipboardRoute: Hashable, Sendable {
    case none, direct, tmux, screen

    static func detect(environment: (String) -> String?) -> ClipboardRoute {
        func isSet(_ name: String) -> Bool { environment(name)?.isEmpty == false }
        let term = environment("TERM") ?? ""
        if term.isEmpty || term == "dumb" { return .none }
        if isSet("TMUX") || term.hasPrefix("tmux") { return .tmux }
        if isSet("STY") || term.hasPrefix("screen") { return .screen }
        return .direct
    }

    /// The most text that is sent, in bytes: 100,000 bytes of base64, which is where common terminals stop reading.
    public static let limit = 74_994

    /// The bytes to send, nil when there is no way or the text is too long to arrive whole.
    func sequence(for text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard self != .none, bytes.count <= Self.limit else { return nil }
        let escape: UInt8 = 0x1B
        let end: [UInt8] = [escape, UInt8(ascii: "\\")]
        let plain = [escape] + Array("]52;c;".utf8) + Base64.encode(bytes) + [0x07]
        switch self {
        case .none: return nil
        case .direct: return plain
        case .tmux:
            let doubled = plain.flatMap { $0 == escape ? [escape, escape] : [$0] }
            return plain + [escape] + Array("Ptmux;".utf8) + doubled + end
        case .screen:
            var wrapped: [UInt8] = []
            for start in stride(from: 0, to: plain.count, by: 700) {
                wrapped += [escape, UInt8(ascii: "P")] + plain[start..<min(start + 700, plain.count)] + end
            }
            return plain + wrapped
        }
    }
}

/// RFC 4648, section 4.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var value = 0
            for index in 0..<3 { value = value << 8 | (index < group.count ? Int(group[start + index]) : 0) }
            for index in 0..<4 {
                out.append(index <= group.count ? alphabet[value >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return out
    }
}
