// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Glibc
import Testing

@testable import NocturneTerminal

@Suite struct TextWidthTests {
    @Test(arguments: [
        ("a", 1), ("\u{0}", 0), ("\u{1B}", 0), ("\u{7F}", 0), ("\u{9B}", 0), ("\r\n", 0), ("\t", 0), ("é", 1),
        ("e\u{301}", 1), ("\u{301}", 0), ("中", 2), ("한", 2), ("ｱ", 1), ("Ａ", 2), ("✖", 1), ("✔", 1), ("●", 1),
        ("─", 1), ("▁", 1), ("…", 1), ("🙂", 2), ("✅", 2), ("⚙", 1), ("⚙\u{FE0F}", 2), ("1\u{FE0F}\u{20E3}", 2),
        ("🇹🇭", 2), ("👩‍🚒", 2), ("👍🏽", 2), ("\u{200B}", 0), ("\u{FEFF}", 0), ("ก\u{E49}", 1), ("न\u{93F}", 2), ("\u{AD}", 1),
    ])
    func clusters(_ text: String, _ width: Int) { #expect(TextWidth.of(text) == width) }

    @Test func sumsOverText() {
        #expect(TextWidth.of("中文 ok") == 7)
        #expect(TextWidth.of("") == 0)
        #expect(TextWidth.of("abc\u{1B}[0m") == 6)
    }

    @Test func fitCutsWithAMark() {
        #expect(TextWidth.fit("iptx-hk-2519", 12) == "iptx-hk-2519")
        #expect(TextWidth.fit("iptx-hk-2519", 8) == "iptx-hk…")
        #expect(TextWidth.fit("iptx-hk-2519", 8, ellipsis: "~") == "iptx-hk~")
        #expect(TextWidth.fit("中文字", 4) == "中…")
        #expect(TextWidth.fit("中文字", 1) == "…")
        #expect(TextWidth.fit("abc", 2, ellipsis: "...") == "ab")
        #expect(TextWidth.fit("abc", 0) == "")
        #expect(TextWidth.fit("abc", -3) == "")
        #expect(TextWidth.fit("a\tb", 9) == "ab")
    }

    @Test func paddingIsExact() {
        for columns in 0...9 {
            #expect(TextWidth.of(TextWidth.padRight("中文 ok", columns)) == columns)
            #expect(TextWidth.of(TextWidth.padLeft("中文 ok", columns)) == columns)
        }
        #expect(TextWidth.padRight("up", 4) == "up  ")
        #expect(TextWidth.padLeft("42", 4) == "  42")
    }

    @Test func theTableAscends() {
        for (one, next) in zip(WideRanges.ranges, WideRanges.ranges.dropFirst()) {
            #expect(one.first <= one.last && one.last < next.first)
        }
    }
}

extension ProcessWide {
    @Suite struct WidthAgreement {
        /// Every scalar of the Basic Multilingual Plane against the C library, which ncurses goes by.
        ///
        /// Left out: what the C library of this machine does not know (-1), and private use. The rest may differ only here,
        /// for the reason given; the kinds of difference matter, not their number, since it changes with every release of
        /// either side.
        @Test func agreesWithTheCLibrary() throws {
            try #require(setlocale(LC_CTYPE, "C.UTF-8") != nil)
            var differing: [UInt32] = []
            for value in UInt32(0x20)..<0xFFFE {
                guard let scalar = Unicode.Scalar(value) else { continue }
                let theirs = Int(wcwidth(wchar_t(bitPattern: value)))
                if theirs < 0 || (0xE000...0xF8FF).contains(value) { continue }
                if TextWidth.of(scalar) != theirs { differing.append(value) }
            }
            let unexplained = differing.filter { value in !Self.explained.contains { $0.contains(value) } }
            #expect(unexplained.map { String($0, radix: 16) } == [])
        }

        private static let explained: [ClosedRange<UInt32>] = [
            // Trigrams, monograms and digrams of the I Ching: wide since Unicode 16, narrow in older C libraries.
            0x2630...0x2637, 0x268A...0x268F,
            // Hangul tone marks: combining here, wide in the C library.
            0x302E...0x302F,
            // The Hangul filler, which shows nothing: wide in the C library.
            0x3164...0x3164,
            // Numbers in black squares are of ambiguous width: narrow here, as all of that kind.
            0x3248...0x324F,
        ]
    }
}
