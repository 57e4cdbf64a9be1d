// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneTerminal
import Testing

@testable import NocturneReport

@Suite struct SVGTests {
    private func picture(_ draw: (inout Frame) -> Void, columns: Int = 20) -> String {
        var frame = Frame(size: Size(rows: 2, columns: columns))
        draw(&frame)
        return SVG.render(frame: frame, title: "peers")
    }

    private func lines(_ picture: String, _ start: String) -> [String] {
        picture.split(separator: "\n").map(String.init).filter { $0.hasPrefix(start) }
    }

    @Test func sizeFollowsTheFrame() {
        let small = SVG.render(frame: Frame(size: Size(rows: 1, columns: 10)), title: "")
        let large = SVG.render(frame: Frame(size: Size(rows: 24, columns: 80)), title: "")
        #expect(small.contains("viewBox=\"0 0 112 68\""))
        #expect(large.contains("viewBox=\"0 0 700 482\""))
    }

    @Test func textIsEscapedAndHasItsLength() {
        let picture = picture { $0.put("a<b & \"c\"", row: 0, column: 2) }
        #expect(picture.contains("x=\"30.8\" y=\"49.5\" textLength=\"75.6\""))
        #expect(picture.contains(">a&lt;b &amp; &quot;c&quot;</text>"))
    }

    @Test func titleIsEscapedToo() {
        let picture = SVG.render(frame: Frame(size: Size(rows: 1, columns: 1)), title: "</title><script>\u{1B}")
        #expect(picture.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"))
    }

    @Test func wideGapsCutTheTextSoThatColumnsStay() {
        let picture = picture { $0.put("DEVICE    PEER", row: 0, column: 0) }
        #expect(lines(picture, "<text").count == 3)
        #expect(picture.contains("<text x=\"98\" y=\"49.5\" textLength=\"33.6\""))
    }

    @Test func stylesBecomeAttributes() {
        let picture = picture {
            $0.put("down", row: 0, column: 0, style: Style(foreground: .indexed(1), bold: true))
            $0.put("rev", row: 1, column: 0, style: Style(foreground: .rgb(1, 2, 255), underline: true, reverse: true))
            $0.put("dim", row: 1, column: 5, style: Style(background: .indexed(16), dim: true))
        }
        #expect(picture.contains("fill=\"#ef6b73\" font-weight=\"bold\">down<"))
        #expect(picture.contains("<rect x=\"14\" y=\"54\" width=\"25.2\" height=\"18\" fill=\"#0102ff\"/>"))
        #expect(picture.contains("fill=\"#15181e\" text-decoration=\"underline\">rev<"))
        #expect(picture.contains("<rect x=\"56\" y=\"54\" width=\"25.2\" height=\"18\" fill=\"#000000\"/>"))
        #expect(picture.contains("opacity=\"0.62\">dim<"))
    }

    @Test func aRuleIsOneShape() {
        let picture = picture { $0.fill(row: 1, with: "─") }
        #expect(lines(picture, "<rect").count == 2)
        #expect(picture.contains("<rect x=\"14\" y=\"62.46\" width=\"168\" height=\"1.08\""))
    }

    @Test func aWideCharacterHasTwoColumns() {
        let picture = picture { $0.put("中x", row: 0, column: 0) }
        #expect(picture.contains("textLength=\"25.2\""))
    }

    /// WCAG 2.2, 1.4.3: relative luminance and contrast.
    @Test func namedColoursAreReadable() {
        func luminance(_ hex: String) -> Double {
            let value = UInt32(hex.dropFirst(), radix: 16) ?? 0
            let parts = [value >> 16 & 255, value >> 8 & 255, value & 255].map { Double($0) / 255 }
            let linear = parts.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        }
        let palette = SVGPalette.dark
        let behind = luminance(palette.background)
        for (index, color) in palette.named.enumerated() where index != 0 {
            #expect((luminance(color) + 0.05) / (behind + 0.05) >= 4.5, "colour \(index)")
        }
    }
}
