// SPDX-License-Identifier: Apache-2.0

/// Text from outside that can no longer do anything to a terminal.
///
/// Everything a device, a jump host or a file says passes through here once, where it enters; nothing behind this
/// point needs to remember to clean it. The parsers take no other kind of text, so the compiler keeps the promise.
///
/// - C0 controls other than tab and newline, DEL, C1 controls (U+0080…U+009F), and whole escape sequences (ECMA-48:
///   CSI, OSC, DCS, SOS, PM, APC and two-byte ones) are taken out or replaced; what was taken out is counted.
/// - Bidirectional controls, zero-width and other invisible format characters, line and paragraph separators, and
///   byte sequences that are not UTF-8 become U+FFFD.
/// - A carriage return before a newline is dropped; any other carriage return returns to the start of the line, as a
///   terminal would (programs that redraw a prompt do this), so the text before it on that line is dropped with it.
public struct ScrubbedText: Hashable, Sendable {
    /// The clean text; lines end in `\n`.
    public let text: String

    /// How many bytes or scalars were replaced or removed because they could have acted on a terminal.
    ///
    /// A carriage return and the erase-line sequence of a redrawn prompt are counted too; zero means untouched.
    public let removed: Int

    public init(scrubbing bytes: some Sequence<UInt8>) {
        var scrubber = Scrubber()
        scrubber.run(String(decoding: Array(bytes), as: UTF8.self).unicodeScalars)
        text = scrubber.text
        removed = scrubber.removed
    }

    public init(scrubbing string: String) { self.init(scrubbing: string.utf8) }

    /// The lines of the text, numbered from 1 in the order they came; the last is left out when it is empty.
    public var lines: [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

private struct Scrubber {
    var text = ""
    var removed = 0
    private var line = String.UnicodeScalarView()
    private var pendingReturn = false

    private enum State { case ground, escape, csi, string, stringEscape }

    mutating func run(_ scalars: String.UnicodeScalarView) {
        var state = State.ground
        for scalar in scalars {
            switch state {
            case .ground:
                if scalar == "\u{1B}" { state = .escape; removed += 1 } else { plain(scalar) }
            case .escape:
                removed += 1
                switch scalar {
                case "[": state = .csi
                case "]", "P", "X", "^", "_": state = .string
                case "\u{20}"..."\u{2F}": break  // an intermediate byte: the final one is still to come
                case "\n": state = .ground; plain(scalar)
                default: state = .ground
                }
            case .csi:
                removed += 1
                switch scalar {
                case "\u{40}"..."\u{7E}": state = .ground
                case "\u{20}"..."\u{3F}": break
                // Not a control sequence after all: what follows is text again, and is never swallowed.
                default: state = .ground; plain(scalar)
                }
            case .string:
                removed += 1
                switch scalar {
                case "\u{07}", "\u{9C}": state = .ground
                case "\u{1B}": state = .stringEscape
                // A string never spans lines here: an unterminated one must not swallow the rest of the answer.
                case "\n": state = .ground; plain(scalar)
                default: break
                }
            case .stringEscape:
                removed += 1
                state = scalar == "\\" ? .ground : .string
            }
        }
        flushLine()
    }

    private mutating func plain(_ scalar: Unicode.Scalar) {
        if scalar == "\n" {
            pendingReturn = false
            flushLine()
            text.unicodeScalars.append("\n")
            return
        }
        if pendingReturn {
            pendingReturn = false
            line.removeAll()
        }
        switch scalar.value {
        case 0x0D: pendingReturn = true; removed += 1
        case 0x09: line.append(scalar)
        case 0x00...0x1F, 0x7F...0x9F: line.append("\u{FFFD}"); removed += 1
        default:
            if Self.isInvisible(scalar) {
                line.append("\u{FFFD}")
                removed += 1
            } else {
                if scalar == "\u{FFFD}" { removed += 1 }
                line.append(scalar)
            }
        }
    }

    private mutating func flushLine() {
        text.unicodeScalars.append(contentsOf: line)
        line.removeAll(keepingCapacity: true)
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Soft hyphen, Arabic letter mark, Mongolian vowel separator, zero-width and bidi marks (UAX #9), line and
        // paragraph separators, invisible operators, byte order mark, interlinear annotation, tags, private use.
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
            0xE0000...0xE0FFF, 0xE000...0xF8FF, 0xF0000...0x10FFFF:
            true
        default: false
        }
    }
}
