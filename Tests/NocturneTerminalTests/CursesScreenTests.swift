// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Glibc
import Testing

@testable import NocturneTerminal

/// Real ncurses on a pty, read back from ncurses' picture of the terminal, cell by cell.
///
/// In ``ProcessWide`` because ncurses is one state for the whole process.
extension ProcessWide {
    @Suite struct CursesScreenTests {
        private let pty: Pty

        init() throws { pty = try #require(Pty()) }

        private func line(_ screen: CursesScreen, _ row: Int, _ columns: Range<Int>) -> String {
            var text = ""
            var column = columns.lowerBound
            while column < columns.upperBound {
                let cell = screen.readBack(row: row, column: column).text
                text += cell
                column += max(1, TextWidth.of(cell))
            }
            return text
        }

        private func frame(_ screen: CursesScreen, _ draw: (inout Frame) -> Void) -> Frame {
            var frame = Frame(size: screen.size)
            draw(&frame)
            return frame
        }

        @Test func textAndAttributesArrive() throws {
            let screen = try pty.screen()
            defer { screen.close() }
            #expect(screen.size == Size(rows: 24, columns: 80))
            #expect(screen.tier == .indexed)
            #expect(screen.unicode)
            let red = Style(foreground: .indexed(1), bold: true)
            screen.show(
                frame(screen) {
                    $0.put("✖ 中文 e\u{301}", row: 0, column: 0, style: red)
                    $0.put("dim", row: 1, column: 3, style: Style(background: .indexed(4), dim: true, underline: true))
                    $0.put("corner", row: 23, column: 74, style: Style(reverse: true))
                })
            #expect(line(screen, 0, 0..<9) == "✖ 中文 e\u{301} ")
            let cell = screen.readBack(row: 0, column: 0)
            #expect(cell.attributes & nc_a_bold() != 0)
            var foreground: Int32 = 0
            var background: Int32 = 0
            extended_pair_content(cell.pair, &foreground, &background)
            #expect((foreground, background) == (1, -1))
            let dim = screen.readBack(row: 1, column: 4)
            #expect(dim.attributes & (nc_a_dim() | nc_a_underline()) == nc_a_dim() | nc_a_underline())
            extended_pair_content(dim.pair, &foreground, &background)
            #expect((foreground, background) == (-1, 4))
            #expect(line(screen, 23, 74..<80) == "corner")
            #expect(screen.readBack(row: 23, column: 79).attributes & nc_a_reverse() != 0)
            #expect(screen.readBack(row: 5, column: 5).pair == 0)
        }

        @Test func anUnchangedFrameSendsNothing() throws {
            let screen = try pty.screen()
            defer { screen.close() }
            let one = frame(screen) { for row in 0..<24 { $0.put("row \(row) ✔ established", row: row, column: 0) } }
            screen.show(one)
            #expect(pty.drain().contains("established"))
            screen.show(one)
            #expect(pty.drain() == "")
            var next = one
            next.put("9", row: 3, column: 70)
            screen.show(next)
            let sent = pty.drain()
            #expect(sent.contains("9"))
            #expect(sent.utf8.count <= 24, "\(sent.utf8.count) bytes for one character")
        }

        @Test func everyRowThatChangedIsRepainted() throws {
            let screen = try pty.screen()
            defer { screen.close() }
            for word in ["中文 long row of text", "short", "中", ""] {
                screen.show(frame(screen) { $0.put(word, row: 2, column: 1) })
                #expect(line(screen, 2, 0..<40).trimmingBlanks == (word.isEmpty ? "" : " " + word))
            }
        }

        @Test func withoutColourNoColourIsSent() throws {
            for more in [["NO_COLOR": "1"], [:]] {
                let screen = try pty.screen(wishes: .init(noColor: more.isEmpty), more)
                screen.show(
                    frame(screen) {
                        $0.put(
                            "down", row: 0, column: 0, style: Style(foreground: .indexed(1), bold: true, reverse: true))
                    })
                #expect(screen.tier == .mono)
                #expect(screen.readBack(row: 0, column: 0).pair == 0)
                #expect(screen.readBack(row: 0, column: 0).attributes & nc_a_bold() != 0)
                #expect(!pty.drain().contains("[31"))
                screen.close()
                pty.drain()
            }
        }

        @Test func eightColoursMakeBrightOnesBold() throws {
            let screen = try pty.screen(term: "xterm")
            defer { screen.close() }
            #expect(screen.tier == .sixteen)
            screen.show(
                frame(screen) {
                    $0.put("a", row: 0, column: 0, style: Style(foreground: .indexed(9)))
                    $0.put("b", row: 0, column: 1, style: Style(foreground: .rgb(250, 10, 10)))
                })
            for column in 0...1 {
                let cell = screen.readBack(row: 0, column: column)
                var foreground: Int32 = 0
                var background: Int32 = 0
                extended_pair_content(cell.pair, &foreground, &background)
                #expect(foreground == 1)
                #expect(cell.attributes & nc_a_bold() != 0)
            }
        }

        @Test func directColourIsSentAsItIs() throws {
            guard TerminalProfile.entry("xterm-direct") != nil else {
                print("note: no terminfo entry xterm-direct (Debian: ncurses-term), so direct colour is not tested")
                return
            }
            let screen = try pty.screen(["COLORTERM": "truecolor"])
            defer { screen.close() }
            #expect(screen.tier == .direct)
            screen.show(
                frame(screen) {
                    $0.put("a", row: 0, column: 0, style: Style(foreground: .rgb(1, 2, 3)))
                    $0.put("b", row: 1, column: 0, style: Style(foreground: .indexed(2), background: .indexed(196)))
                })
            let sent = pty.drain()
            #expect(sent.contains("[38:2::1:2:3m") || sent.contains("[38;2;1;2;3m"))
            #expect(sent.contains("[32m"))
            #expect(sent.contains("[48:2::255:0:0m") || sent.contains("[48;2;255;0;0m"))
        }

        @Test func pairsRunOutAndComeBack() throws {
            // 64 pairs.
            let screen = try pty.screen(term: "xterm", ["COLORTERM": ""])
            defer { screen.close() }
            screen.show(
                frame(screen) { frame in
                    for foreground in 0..<8 {
                        for background in 0..<8 {
                            frame.put(
                                "x", row: foreground, column: background,
                                style: Style(
                                    foreground: .indexed(UInt8(foreground)), background: .indexed(UInt8(background))))
                        }
                    }
                })
            screen.show(
                frame(screen) { $0.put("y", row: 0, column: 0, style: Style(foreground: .indexed(3))) })
            var foreground: Int32 = 0
            var background: Int32 = 0
            extended_pair_content(screen.readBack(row: 0, column: 0).pair, &foreground, &background)
            #expect((foreground, background) == (3, -1))
        }

        @Test(arguments: [("C", false), ("C.UTF-8", true)])
        func onlyASCIIIsSentWithoutUTF8(_ locale: String, _ ascii: Bool) throws {
            let screen = try pty.screen(locale: locale, wishes: .init(ascii: ascii))
            #expect(!screen.unicode)
            screen.show(frame(screen) { $0.put("✖ 中 ok", row: 0, column: 0) })
            #expect(line(screen, 0, 0..<7) == "? ?  ok")
            screen.close()
            #expect(!pty.drain().utf8.contains { $0 >= 0x80 })
        }

        @Test func keysAndPasteAreRead() throws {
            let screen = try pty.screen()
            defer { screen.close() }
            // The line discipline hands over what was sent without delay, so the first look finds it.
            func next() -> Input? { screen.nextInput() }
            pty.send("jä\u{1B}OA\u{1B}[15~\u{1}\r")
            #expect(
                (0..<6).map { _ in next() } == [
                    .key(.character("j")), .key(.character("ä")), .key(.up), .key(.function(5)), .key(.control("a")),
                    .key(.enter),
                ])
            #expect(next() == nil)
            pty.send("\u{1B}[200~R\rC\u{1B}[201~q")
            #expect(next() == .paste("R\nC"))
            #expect(next() == .key(.character("q")))
            pty.send("\u{1B}[1;7C")
            #expect(next() == nil)
            pty.send("\u{1B}")
            #expect(next() == .key(.escape))
        }

        @Test func aNewSizeIsToldAndDrawn() throws {
            let screen = try pty.screen()
            defer { screen.close() }
            screen.show(frame(screen) { $0.put("before", row: 0, column: 0) })
            pty.resize(rows: 40, columns: 132)
            screen.resized()
            #expect(screen.nextInput() == .resize(Size(rows: 40, columns: 132)))
            #expect(screen.nextInput() == nil)
            screen.show(frame(screen) { $0.put("after", row: 39, column: 127) })
            #expect(line(screen, 39, 127..<132) == "after")
            pty.resize(rows: 5, columns: 10)
            screen.resized()
            // A frame made for the old size must not do harm.
            screen.show(frame(screen) { $0.put("x", row: 0, column: 0) })
            var large = Frame(size: Size(rows: 50, columns: 200))
            large.put(String(repeating: "z", count: 200), row: 4, column: 0)
            screen.show(large)
            #expect(line(screen, 4, 0..<10) == "zzzzzzzzzz")
        }

        @Test func theTerminalIsGivenBack() throws {
            let before = pty.modes
            let screen = try pty.screen()
            screen.show(frame(screen) { $0.put("x", row: 0, column: 0) })
            #expect(pty.modes != before)
            let taken = pty.drain()
            #expect(taken.contains("\u{1B}[?1049h") && taken.contains("\u{1B}[?2004h"))
            screen.close()
            screen.close()
            let given = pty.drain()
            #expect(given.contains("\u{1B}[?1049l") && given.contains("\u{1B}[?2004l"))
            #expect(pty.modes == before)
            screen.show(Frame(size: screen.size))
            #expect(screen.nextInput() == nil)
            #expect(!screen.copy("x"))
            #expect(pty.drain() == "")
        }

        @Test func copySaysWhetherItWasSent() throws {
            let screen = try pty.screen()
            defer { screen.close() }
            pty.drain()
            #expect(screen.copy("192.0.2.1"))
            #expect(pty.drain() == "\u{1B}]52;c;MTkyLjAuMi4x\u{7}")
            #expect(!screen.copy(String(repeating: "x", count: 80_000)))
            #expect(pty.drain() == "")
        }

        @Test func noTerminalIsSaidSo() throws {
            var options = CursesScreen.Options()
            let null = open("/dev/null", O_RDWR)
            defer { Glibc.close(null) }
            options.input = null
            options.output = pty.slave
            #expect(throws: TerminalError.notATerminal(stream: "standard input")) { try CursesScreen(options) }
            options.input = pty.slave
            options.output = null
            #expect(throws: TerminalError.notATerminal(stream: "standard output")) { try CursesScreen(options) }
            #expect(throws: TerminalError.termUnset) { try pty.screen(term: "") }
            #expect(throws: TerminalError.termUnknown("no-such-terminal")) { try pty.screen(term: "no-such-terminal") }
            #expect(throws: TerminalError.termTooSimple("dumb", lacks: "place the cursor")) {
                try pty.screen(term: "dumb")
            }
            #expect(pty.drain() == "")
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
