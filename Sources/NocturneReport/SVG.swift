// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal

/// A picture of a frame, as sharp as the screen it shows.
///
/// What `nocturne screen --format svg` prints and what the README shows. A viewer's monospace font is not known
/// beforehand, so every run of text is given its length (`textLength`), and columns stand under each other in any font.
/// Block elements and rules are drawn as shapes: fonts leave gaps between them.
///
/// ```
///  ┌─ ● ● ●   title ──────┐   background rectangles first, one per run of a colour,
///  │ row 0: <rect> <text> │   then text, one element per run of a style
///  │ row 1: …             │
///  └──────────────────────┘
/// ```
///
/// SVG 1.1, section 10.5 (`textLength`), without script, style sheet or anything fetched.
public enum SVG {
    /// - Parameters:
    ///   - title: stands in the window's bar and in `<title>`, which screen readers tell.
    ///   - palette: what colours 0…15 and the terminal's own look like.
    public static func render(frame: Frame, title: String, palette: SVGPalette = .dark) -> String {
        let picture = SVGPicture(frame: frame, palette: palette)
        let width = SVGMetrics.length(picture.width)
        let height = SVGMetrics.length(picture.height)
        let label = escape(title)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
                + "viewBox=\"0 0 \(width) \(height)\" role=\"img\">",
            "<title>\(label)</title>",
            "<rect width=\"\(width)\" height=\"\(height)\" rx=\"8\" fill=\"\(palette.background)\"/>",
        ]
        for (index, color) in ["#e0605e", "#dfae4f", "#68b868"].enumerated() {
            lines.append("<circle cx=\"\(20 + index * 18)\" cy=\"17\" r=\"5.5\" fill=\"\(color)\"/>")
        }
        lines.append(
            "<g font-family=\"\(SVGMetrics.fonts)\" font-size=\"\(SVGMetrics.fontSize)\" xml:space=\"preserve\" "
                + "shape-rendering=\"crispEdges\">")
        lines.append(
            "<text x=\"\(SVGMetrics.length(picture.width / 2))\" y=\"22\" text-anchor=\"middle\" "
                + "fill=\"\(palette.faint)\">\(label)</text>")
        for row in 0..<frame.size.rows { lines += picture.row(row) }
        lines += ["</g>", "</svg>", ""]
        return lines.joined(separator: "\n")
    }

    /// The five characters that mean something to XML; controls, which XML 1.0 does not allow, are left out.
    static func escape(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": break
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

/// Lengths in user units; one is a pixel when the picture is shown at its own size.
enum SVGMetrics {
    static let cellWidth = 8.4
    static let cellHeight = 18.0
    static let fontSize = 14
    /// From the top of a cell to the line the letters stand on.
    static let baseline = 13.5
    static let margin = 14.0
    static let top = 36.0
    static let fonts =
        "ui-monospace,SFMono-Regular,Menlo,Consolas,&apos;DejaVu Sans Mono&apos;,&apos;Liberation Mono&apos;,monospace"

    static func x(_ column: Int) -> Double { margin + Double(column) * cellWidth }
    static func y(_ row: Int) -> Double { top + Double(row) * cellHeight }

    /// At most two digits after the point, and none that say nothing.
    static func length(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let fraction = abs(hundredths % 100)
        if fraction == 0 { return String(hundredths / 100) }
        let digits = (fraction < 10 ? "0" : "") + String(fraction)
        return "\(hundredths / 100)." + (digits.hasSuffix("0") ? String(digits.dropLast()) : digits)
    }
}
