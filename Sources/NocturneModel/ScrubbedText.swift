// SPDX-License-Identifier: Apache-2.0

/// Text from outside that can no longer do anything to a terminal.
///
/// Everything a device, a jump host or a file says passes through here once, where it enters; nothing behind this
/// point needs to remember to clean it. The parsers take no other kind of text, so the compiler keeps the promise.
///
/// - C0 controls other than tab and newline, DEL, C1 controls (U+0080…U+009F), and whole escape sequences (ECMA-48:
///   CSI, OSC, DCS, SOS, PM, APC and two-byte ones) are taken out or replaced; what was taken out is counted.
/// - Bidirectional controls, zero-width and other invisible characters, private use, line and paragraph separators,
///   and byte sequences that are not UTF-8 become U+FFFD. Combining marks beyond the fourth on one letter, and the
///   variation selectors 15 and 16, are taken out: both make terminals disagree about where the next letter stands.
/// - Carriage returns before a newline are dropped; any other carriage return returns to the start of the line, as a
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
        // By bytes: looking for the edges of characters in megabytes of table takes five times as long.
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { Substring($0) }
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}

/// Reads scalars one by one, as the parser of a terminal does (ECMA-48; Williams, "A parser for DEC's ANSI-compatible
/// video terminals"), and keeps what would have been printed.
///
/// ```
/// ground ─ESC─▶ escape ─[─▶ csi ─────final──▶ ground
///                  │  └─]PX^_─▶ string ─BEL, ST─▶ ground
///                  └─final─▶ ground           newline, CAN, SUB: from anywhere to ground; ESC: to escape
/// ```
private struct Scrubber {
    /// UTF-8. Bytes, because appending to the scalars of a string copies all of it each time.
    private var bytes: [UInt8] = []
    private(set) var removed = 0
    /// Where the current line begins in `bytes`.
    private var lineStart = 0
    private var pendingReturn = false
    private var marks = 0

    /// As many combining marks as ncurses keeps in a cell; more of them climb over the neighbouring lines.
    private static let mostMarks = 4

    private enum State { case ground, escape, csi, string }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func run(_ scalars: String.UnicodeScalarView) {
        bytes.reserveCapacity(scalars.count)
        var state = State.ground
        for scalar in scalars {
            if state == .ground, scalar != "\u{1B}" {
                plain(scalar)
            } else {
                state = sequence(scalar, state)
            }
        }
    }

    /// One scalar of an escape sequence, or the ESC that begins one.
    private mutating func sequence(_ scalar: Unicode.Scalar, _ state: State) -> State {
        switch (state, scalar) {
        // A sequence never spans lines here: an unterminated one must not swallow the rest of the answer.
        case (_, "\n"):
            plain(scalar)
            return .ground
        case (_, "\u{1B}"):
            removed += 1
            return .escape
        case (_, "\u{18}"), (_, "\u{1A}"):
            removed += 1
            return .ground
        case (.escape, "["):
            removed += 1
            return .csi
        case (.escape, "]"), (.escape, "P"), (.escape, "X"), (.escape, "^"), (.escape, "_"):
            removed += 1
            return .string
        case (.escape, "\u{20}"..."\u{2F}"), (.csi, "\u{20}"..."\u{3F}"):
            removed += 1
            return state
        case (.escape, "\u{30}"..."\u{7E}"), (.csi, "\u{40}"..."\u{7E}"), (.string, "\u{07}"), (.string, "\u{9C}"):
            removed += 1
            return .ground
        case (.string, _):
            removed += 1
            return .string
        default:
            // Not a sequence after all: what follows is text again, and is never swallowed.
            plain(scalar)
            return .ground
        }
    }

    private mutating func plain(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\n":
            pendingReturn = false
            marks = 0
            bytes.append(0x0A)
            lineStart = bytes.count
            return
        case "\r":
            // Terminals and relays on the way may add one each: several before a newline are as one.
            pendingReturn = true
            removed += 1
            return
        default: break
        }
        if pendingReturn {
            pendingReturn = false
            marks = 0
            bytes.removeLast(bytes.count - lineStart)
        }
        switch scalar.value {
        case 0x09, 0x20...0x7E:
            marks = 0
            bytes.append(UInt8(scalar.value))
        case 0x00...0x1F, 0x7F...0x9F: replace()
        default: beyondASCII(scalar)
        }
    }

    private mutating func beyondASCII(_ scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        // Text and emoji presentation: terminals differ on the width they lend, so they are taken out for good.
        case _ where scalar == "\u{FE0E}" || scalar == "\u{FE0F}": removed += 1
        // Default-ignorable ones are zero-width and bidi controls, fillers, tags, variation selectors (UAX #44, #9).
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: replace()
        case _ where scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isNoncharacterCodePoint:
            replace()
        case .nonspacingMark, .enclosingMark:
            marks += 1
            if marks <= Self.mostMarks { append(scalar) } else { removed += 1 }
        default:
            if scalar == "\u{FFFD}" { removed += 1 }
            marks = 0
            append(scalar)
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { bytes.append(byte) }
    }

    private mutating func replace() {
        marks = 0
        append("\u{FFFD}")
        removed += 1
    }
}
