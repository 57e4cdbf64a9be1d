// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal
import Testing

@Suite struct FrameTests {
    private func frame(_ columns: Int = 6, rows: Int = 1, _ draw: (inout Frame) -> Void) -> Frame {
        var frame = Frame(size: Size(rows: rows, columns: columns))
        draw(&frame)
        return frame
    }

    /// Every wide character has its empty half and no half is alone.
    private func isWhole(_ frame: Frame) -> Bool {
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns {
                let width = TextWidth.of(frame[row, column].text)
                let nextIsEmpty = column + 1 < frame.size.columns && frame[row, column + 1].text.isEmpty
                if nextIsEmpty != (width == 2) { return false }
                if column == 0, frame[row, column].text.isEmpty { return false }
            }
        }
        return true
    }

    @Test func putReturnsTheColumnAfter() {
        var frame = Frame(size: Size(rows: 1, columns: 6))
        #expect(frame.put("ab", row: 0, column: 1) == 3)
        #expect(frame.put("中", row: 0, column: 3) == 5)
        #expect(frame.put("xyz", row: 0, column: 5) == 6)
        #expect(frame.line(0) == " ab中x")
    }

    @Test func nothingOutsideIsDrawn() {
        let drawn = frame(4, rows: 2) {
            $0.put("abcdef", row: 0, column: -2)
            $0.put("no", row: -1, column: 0)
            $0.put("no", row: 2, column: 0)
            $0.put("no", row: 1, column: 9)
            $0.put("no", row: 1, column: -9)
        }
        #expect(drawn.text == "cdef\n")
    }

    @Test func aWideCharacterIsNeverHalved() {
        #expect(frame(3) { $0.put("ab中", row: 0, column: 0) }.text == "ab")
        #expect(frame(3) { $0.put("中a", row: 0, column: -1) }.line(0) == " a")
        #expect(frame { $0.put("中中中", row: 0, column: 0, limit: 3) }.line(0) == "中")
        for column in -2...6 { #expect(isWhole(frame(5) { $0.put("中文", row: 0, column: column) })) }
    }

    @Test func writingIntoHalfBlanksTheOther() {
        #expect(
            frame {
                $0.put("中", row: 0, column: 0)
                $0.put("x", row: 0, column: 1)
            }.line(0) == " x")
        #expect(
            frame {
                $0.put("中", row: 0, column: 0)
                $0.put("x", row: 0, column: 0)
            }.line(0) == "x")
        for first in 0..<4 {
            for second in 0..<5 {
                for text in ["文", "a", "a文"] {
                    let drawn = frame(8) {
                        $0.put("中中", row: 0, column: first)
                        $0.put(text, row: 0, column: second)
                    }
                    #expect(isWhole(drawn), "\(first) \(second) \(text)")
                    #expect(drawn.text.contains(text))
                }
            }
        }
    }

    @Test func limitsCutAndControlsVanish() {
        #expect(frame { $0.put("abcdef", row: 0, column: 1, limit: 2) }.line(0) == " ab")
        #expect(frame { $0.put("abc", row: 0, column: 0, limit: 0) }.line(0) == "")
        #expect(frame { $0.put("abc", row: 0, column: 0, limit: -4) }.line(0) == "")
        #expect(frame { $0.put("abc", row: 0, column: 0, limit: .max) }.line(0) == "abc")
        #expect(frame { $0.put("a\u{1B}[1m\nb\u{0}", row: 0, column: 0) }.line(0) == "a[1mb")
    }

    @Test func emptyAndNegativeSizesHoldNothing() {
        #expect(Frame(size: Size(rows: -3, columns: -4)).cells.isEmpty)
        var frame = Frame(size: Size(rows: 0, columns: 80))
        frame.put("x", row: 0, column: 0)
        frame.fill(row: 0)
        #expect(frame.text == "")
    }

    @Test func fillAndRule() {
        let drawn = frame(5, rows: 3) {
            $0.fill(row: 0, columns: 1..<99, with: "x")
            $0.horizontalLine("─", row: 1)
            $0.fill(row: 2, with: "中")
        }
        #expect(drawn.text == " xxxx\n─────\n")
    }

    @Test func overlayAddsAndKeepsColours() {
        let red = Style(foreground: .indexed(1), bold: true)
        let drawn = frame(4) {
            $0.put("ab", row: 0, column: 0, style: red)
            $0.overlay(Style(background: .indexed(4), reverse: true), row: 0, columns: 0..<3)
        }
        #expect(
            drawn[0, 0].style == Style(foreground: .indexed(1), background: .indexed(4), bold: true, reverse: true))
        #expect(drawn[0, 2].style == Style(background: .indexed(4), reverse: true))
        #expect(drawn[0, 3].style == .plain)
        #expect(drawn.line(0) == "ab")
    }

    @Test func aFrameIsDrawnOntoAnother() {
        let dialog = frame(4, rows: 2) {
            $0.fill(rows: 0..<2, with: "#")
            $0.put("中", row: 1, column: 1)
        }
        let drawn = frame(5, rows: 3) { $0.draw(dialog, row: 1, column: 2) }
        #expect(drawn.text == "\n  ###\n  #中")
    }

    @Test func rightAligned() {
        #expect(frame { $0.putRight("ab", row: 0, end: 6) }.line(0) == "    ab")
        #expect(frame(3) { $0.putRight("abcd", row: 0, end: 3) }.line(0) == "bcd")
    }

    @Test func styledTextShowsTextAndLook() {
        let drawn = frame(5, rows: 2) {
            $0.put("✖ a", row: 0, column: 0, style: Style(foreground: .indexed(1), bold: true))
            $0.put("b", row: 0, column: 4, style: Style(background: .rgb(0, 10, 255), underline: true))
        }
        #expect(drawn.styledText == "|✖ a b|\n|aaa.b|\n|     |\na fg=1 bold\nb bg=#000aff underline")
    }

    @Test func findsText() {
        let drawn = frame(12, rows: 2) {
            $0.put("中 down", row: 1, column: 2, style: Style(bold: true))
        }
        #expect(drawn.find("down")?.row == 1)
        #expect(drawn.find("down")?.column == 5)
        #expect(drawn.style(of: "down") == Style(bold: true))
        #expect(drawn.find("up") == nil)
    }

    @Test func embeddedScreenRemembers() {
        let screen = EmbeddedScreen(size: Size(rows: 1, columns: 4), keep: 2)
        for text in ["a", "a", "b"] { screen.show(frame(4) { $0.put(text, row: 0, column: 0) }) }
        #expect(screen.shown == 3)
        #expect(screen.changed == 2)
        #expect(screen.frames.map(\.text) == ["a", "b"])
        screen.type("x\n")
        screen.resize(to: Size(rows: 2, columns: 9))
        #expect(screen.nextInput() == .key(.character("x")))
        #expect(screen.nextInput() == .key(.enter))
        #expect(screen.size.columns == 4)
        #expect(screen.nextInput() == .resize(Size(rows: 2, columns: 9)))
        #expect(screen.size.columns == 9)
        #expect(screen.nextInput() == nil)
    }
}
