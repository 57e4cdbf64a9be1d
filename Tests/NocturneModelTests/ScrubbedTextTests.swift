// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@Suite struct ScrubbedTextTests {
    private func scrub(_ text: String) -> String { ScrubbedText(scrubbing: text).text }

    @Test func cleanTextPassesUntouched() {
        for text in ["", "plain", "tab\tand\nnewline\n", "naïve ภาษาไทย 日本語 ✔ 😀", "e\u{301}"] {
            let scrubbed = ScrubbedText(scrubbing: text)
            #expect(Array(scrubbed.text.unicodeScalars) == Array(text.unicodeScalars))
            #expect(scrubbed.removed == 0)
        }
    }

    @Test func controlsAreReplacedAndCounted() {
        for value in Array(0x00...0x08) + [0x0B, 0x0C] + Array(0x0E...0x1A) + Array(0x1C...0x1F) + Array(0x7F...0x9F) {
            guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
            let scrubbed = ScrubbedText(scrubbing: "a" + String(Character(scalar)) + "b")
            #expect(scrubbed.text == "a\u{FFFD}b", "U+\(String(value, radix: 16))")
            #expect(scrubbed.removed == 1)
        }
    }

    @Test(arguments: [
        ("a\u{1B}[31mred\u{1B}[0m", "ared"), ("a\u{1B}[2J\u{1B}[Hb", "ab"), ("a\u{1B}[?25lb", "ab"),
        ("a\u{1B}[1 qb", "ab"),
        ("a\u{1B}(Bb", "ab"), ("a\u{1B}cb", "ab"), ("a\u{1B}7b\u{1B}8", "ab"), ("a\u{1B}]0;title\u{07}b", "ab"),
        ("a\u{1B}]0;title\u{1B}\\b", "ab"), ("a\u{1B}]52;c;ZXZpbA==\u{9C}b", "ab"), ("a\u{1B}P1$r0m\u{1B}\\b", "ab"),
        ("a\u{1B}_apc\u{1B}\\b", "ab"), ("a\u{1B}^pm\u{1B}\\b", "ab"), ("a\u{1B}Xsos\u{1B}\\b", "ab"),
        // Aborted, and begun again in the middle.
        ("a\u{1B}[3\u{18}b", "ab"), ("a\u{1B}]0;x\u{1A}b", "ab"), ("a\u{1B}\u{1B}[31mb", "ab"),
        ("a\u{1B}[3\u{1B}[31mb", "ab"),
        ("a\u{1B}]0;t\u{1B}[31mb", "ab"), ("a\u{1B}]0;t\u{1B}]0;u\u{07}b", "ab"),
        // Not a sequence: nothing of the text is swallowed.
        ("a\u{1B}éb", "aéb"), ("a\u{1B}[3éb", "a\u{E9}b"),
    ])
    func sequencesAreTakenOut(_ text: String, _ expected: String) {
        let scrubbed = ScrubbedText(scrubbing: text)
        #expect(scrubbed.text == expected)
        #expect(scrubbed.removed == text.unicodeScalars.count - expected.unicodeScalars.count)
    }

    @Test(arguments: ["\u{1B}", "\u{1B}[", "\u{1B}[31", "\u{1B}(", "\u{1B}]0;evil", "\u{1B}P", "\u{1B}]0;evil\u{1B}"])
    func unterminatedSequencesEndWithTheirLine(_ begin: String) {
        #expect(scrub("a" + begin) == "a")
        #expect(scrub("a" + begin + "\nBIRD ready\nb") == "a\nBIRD ready\nb")
    }

    @Test func eightBitIntroducersDoNotIntroduce() {
        // U+009B as UTF-8 is CSI to some terminals; as a lone byte it is not UTF-8.
        #expect(scrub("a\u{9B}31mb") == "a\u{FFFD}31mb")
        #expect(ScrubbedText(scrubbing: [0x61, 0x9B, 0x33, 0x31, 0x6D]).text == "a\u{FFFD}31m")
        #expect(scrub("a\u{9D}0;t\u{9C}b") == "a\u{FFFD}0;t\u{FFFD}b")
    }

    @Test func charactersThatHideOrReorderAreReplaced() {
        let invisible: [ClosedRange<UInt32>] = [
            0xAD...0xAD, 0x34F...0x34F, 0x61C...0x61C, 0x115F...0x1160, 0x180E...0x180E, 0x200B...0x200F,
            0x2028...0x202E,
            0x2060...0x206F, 0x3164...0x3164, 0xE000...0xE001, 0xFE00...0xFE01, 0xFEFF...0xFEFF, 0xFFF9...0xFFFB,
            0xFFFE...0xFFFF, 0x1D173...0x1D173, 0xE0001...0xE0001, 0xE0020...0xE007F, 0xE0100...0xE0101,
            0x10FFFD...0x10FFFF,
        ]
        for value in invisible.joined() {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var text = "a".unicodeScalars
            text.append(scalar)
            text.append("b")
            let scrubbed = ScrubbedText(scrubbing: String(text))
            #expect(scrubbed.text == "a\u{FFFD}b", "U+\(String(value, radix: 16))")
            #expect(scrubbed.removed == 1)
        }
    }

    @Test func whatMovesTheNextLetterIsTakenOut() {
        #expect(Array(scrub("⚠\u{FE0F}x").unicodeScalars) == ["⚠", "x"])
        let stacked = ScrubbedText(scrubbing: "a" + String(repeating: "\u{301}", count: 1000) + "b")
        #expect(stacked.text.unicodeScalars.count == 6)
        #expect(stacked.removed == 996)
        #expect(scrub("a\u{301}b\u{301}c\u{301}d\u{301}e\u{301}f\u{301}").unicodeScalars.count == 12)
    }

    @Test func bytesThatAreNotUTF8AreReplaced() {
        let broken: [([UInt8], String)] = [
            ([0x61, 0xC3], "a\u{FFFD}"), ([0x61, 0xE2, 0x82], "a\u{FFFD}"), ([0xE2, 0x82, 0x62], "\u{FFFD}b"),
            ([0xFF, 0xFE], "\u{FFFD}\u{FFFD}"), ([0xC0, 0x8A], "\u{FFFD}\u{FFFD}"),
            // A surrogate half, and a newline in overlong form, which must not become one.
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
            ([0x61, 0xE0, 0x80, 0x8A, 0x62], "a\u{FFFD}\u{FFFD}\u{FFFD}b"),
        ]
        for (bytes, expected) in broken {
            let scrubbed = ScrubbedText(scrubbing: bytes)
            #expect(scrubbed.text == expected, "\(bytes)")
            #expect(scrubbed.removed > 0)
        }
        #expect(ScrubbedText(scrubbing: [0x61, 0x00, 0x62]).text == "a\u{FFFD}b")
    }

    @Test func carriageReturns() {
        #expect(scrub("a\r\nb\r\n") == "a\nb\n")
        // RouterOS over a terminal sends two.
        #expect(scrub("a\r\r\nb\r\r\n") == "a\nb\n")
        #expect(scrub("a\r") == "a")
        #expect(scrub("progress 10%\rprogress 100%\r\n") == "progress 100%\n")
        #expect(scrub("[ops@r1] > \r\u{1B}[K[ops@r1] > print\r\n") == "[ops@r1] > print\n")
        #expect(scrub("x\r\u{1B}[2J\ny") == "x\ny")
        #expect(ScrubbedText(scrubbing: "a\r\n").removed == 1)
    }

    @Test func nothingThatActsOnATerminalIsEverLeft() {
        // Every string of three from the bytes that mean something to a terminal.
        let bytes: [UInt8] = [
            0x1B, 0x5B, 0x5D, 0x50, 0x5C, 0x07, 0x18, 0x0A, 0x0D, 0x09, 0x00, 0x7F, 0xC2, 0x9B, 0x9C, 0x6D, 0xE2,
        ]
        for first in bytes {
            for second in bytes {
                for third in bytes {
                    let scrubbed = ScrubbedText(scrubbing: [0x61, first, second, third, 0x0A, 0x7A])
                    #expect(
                        scrubbed.text.unicodeScalars.allSatisfy {
                            $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
                        })
                    #expect(scrubbed.text.hasSuffix("\nz"), "\(first) \(second) \(third)")
                    #expect(ScrubbedText(scrubbing: scrubbed.text).text == scrubbed.text)
                }
            }
        }
    }

    @Test func linesAreCountedAsTheyCame() {
        #expect(ScrubbedText(scrubbing: "a\n\nb").lines == ["a", "", "b"])
        #expect(ScrubbedText(scrubbing: "a\n\nb\n").lines == ["a", "", "b"])
        #expect(ScrubbedText(scrubbing: "\n\n").lines == ["", ""])
        #expect(ScrubbedText(scrubbing: "").lines == [])
    }
}
