// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Testing

@testable import NocturneTerminal

@Suite struct CursesKeysTests {
    /// Plays events, nil being "nothing there at the moment", and collects what came of them.
    private func play(_ events: [CursesEvent?], _ keys: inout CursesKeys, at now: Int64 = 0) -> [Input] {
        var left = events[...]
        var inputs: [Input] = []
        while !left.isEmpty || keys.isHolding {
            if let input = keys.next(now: now, read: { left.isEmpty ? nil : left.removeFirst() }) {
                inputs.append(input)
            }
        }
        return inputs
    }

    private func play(_ events: [CursesEvent?]) -> [Input] {
        var keys = CursesKeys()
        return play(events, &keys)
    }

    private func characters(_ text: String) -> [CursesEvent?] { text.unicodeScalars.map { .character($0) } }

    @Test func plainKeys() {
        #expect(play(characters("aä")) == [.key(.character("a")), .key(.character("ä"))])
        #expect(
            play(characters("\r\t\u{7F}\u{3}\u{1C}\u{0}")) == [
                .key(.enter), .key(.tab), .key(.backspace), .key(.control("c")), .key(.control("\\")),
                .key(.control(" ")),
            ])
        #expect(
            play([.code(KEY_UP), .code(KEY_BTAB), .code(nc_key_f(12)), .code(KEY_MOUSE)]) == [
                .key(.up), .key(.backTab), .key(.function(12)),
            ])
        #expect(play(characters("\u{9B}")) == [])
    }

    @Test func escapeAlone() { #expect(play(characters("\u{1B}") + [nil]) == [.key(.escape)]) }

    @Test func escapeThenKey() {
        #expect(play(characters("\u{1B}:q")) == [.key(.escape), .key(.character(":")), .key(.character("q"))])
        #expect(play(characters("\u{1B}\u{1B}") + [nil]) == [.key(.escape), .key(.escape)])
    }

    /// The last letter of an unknown sequence is a key that confirms or rolls back.
    @Test func unknownSequencesAreSwallowed() {
        #expect(play(characters("\u{1B}[1;7C")) == [])
        #expect(play(characters("\u{1B}[27;5;9~R")) == [.key(.character("R"))])
        #expect(play(characters("\u{1B}OR") + [.code(KEY_DOWN)]) == [.key(.down)])
        #expect(play(characters("\u{1B}[") + [.code(KEY_DOWN), nil]) == [])
    }

    @Test func pasteIsOneInput() {
        let events =
            [.code(CursesKeys.pasteStart)] + characters("show\r\nq\tR\u{1B}\u{3}")
            + [.code(KEY_UP), .code(CursesKeys.pasteEnd), .character("j")]
        #expect(play(events) == [.paste("show\nq\tR"), .key(.character("j"))])
    }

    @Test func pasteIsBounded() {
        var keys = CursesKeys()
        let flood = [CursesEvent?](repeating: .character("x"), count: CursesKeys.pasteLimit * 2)
        let inputs = play([.code(CursesKeys.pasteStart)] + flood + [.code(CursesKeys.pasteEnd)], &keys)
        #expect(inputs == [.paste(String(repeating: "x", count: CursesKeys.pasteLimit))])
        #expect(!keys.isPasting)
    }

    @Test func aPasteWithoutEndIsOverAfterSilence() {
        var keys = CursesKeys()
        #expect(play([.code(CursesKeys.pasteStart)] + characters("ab") + [nil], &keys, at: 5000) == [])
        #expect(keys.next(now: 5000 + CursesKeys.pasteSilence - 1, read: { nil }) == nil)
        #expect(keys.next(now: 5000 + CursesKeys.pasteSilence, read: { nil }) == .paste("ab"))
        #expect(play(characters("q"), &keys, at: 9000) == [.key(.character("q"))])
    }
}

extension ProcessWide {
    @Suite struct CursesTextTests {
        private func drawn(_ text: String, _ columns: Int, unicode: Bool = true) -> String {
            String(
                String.UnicodeScalarView(
                    CursesText.drawable(text, columns: columns, unicode: unicode).compactMap {
                        Unicode.Scalar(UInt32(bitPattern: $0))
                    }))
        }

        @Test func whatBothSidesAgreeOnGoesOutAsItIs() throws {
            try #require(TerminalProfile.useLocale { _ in "C.UTF-8" })
            #expect(drawn("a", 1) == "a")
            #expect(drawn("中", 2) == "中")
            #expect(drawn("e\u{301}", 1) == "e\u{301}")
            #expect(drawn("✖", 1) == "✖")
        }

        @Test func whatTerminalsDisagreeOnGoesOutPlainer() throws {
            try #require(TerminalProfile.useLocale { _ in "C.UTF-8" })
            #expect(drawn("⚙\u{FE0F}", 2) == "⚙ ")
            #expect(drawn("🇹🇭", 2) == "TH")
            #expect(drawn("👩‍🚒", 2) == "👩")
            #expect(drawn("👍🏽", 2) == "👍")
            #expect(drawn("\u{1B}", 1) == "?")
            #expect(drawn("e" + String(repeating: "\u{301}", count: 40), 1).unicodeScalars.count == 5)
        }

        @Test func withoutUnicodeNothingElseIsSent() {
            #expect(drawn("✖", 1, unicode: false) == "?")
            #expect(drawn("中", 2, unicode: false) == "? ")
            #expect(drawn("x", 1, unicode: false) == "x")
        }
    }
}
