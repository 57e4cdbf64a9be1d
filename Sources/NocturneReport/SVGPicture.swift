// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal

/// The rows of a frame as SVG elements.
struct SVGPicture {
    let frame: Frame
    let palette: SVGPalette

    var width: Double { SVGMetrics.margin * 2 + Double(frame.size.columns) * SVGMetrics.cellWidth }
    var height: Double { SVGMetrics.top + SVGMetrics.margin + Double(frame.size.rows) * SVGMetrics.cellHeight }

    /// Neighbouring cells of one style, `columns` wide.
    private struct Run {
        var text: String
        var style: Style
        var column: Int
        var columns: Int
    }

    func row(_ row: Int) -> [String] {
        let runs = runs(row)
        return runs.compactMap { background($0, row) } + runs.flatMap { text($0, row) }
    }

    private func runs(_ row: Int) -> [Run] {
        var runs: [Run] = []
        for column in 0..<frame.size.columns {
            let cell = frame[row, column]
            if let last = runs.last, last.style == cell.style || cell.text.isEmpty {
                runs[runs.count - 1].text += cell.text
                runs[runs.count - 1].columns += 1
            } else {
                runs.append(Run(text: cell.text, style: cell.style, column: column, columns: 1))
            }
        }
        return runs
    }

    private func background(_ run: Run, _ row: Int) -> String? {
        guard let color = palette.colors(run.style).background else { return nil }
        return rectangle(
            x: SVGMetrics.x(run.column), y: SVGMetrics.y(row), width: Double(run.columns) * SVGMetrics.cellWidth,
            height: SVGMetrics.cellHeight, color: color)
    }

    /// The run cut at wide blanks, so that a long row of blanks is no text at all, and at shapes.
    private func text(_ run: Run, _ row: Int) -> [String] {
        var elements: [String] = []
        var word = Run(text: "", style: run.style, column: run.column, columns: 0)
        var shapes: (character: Character, column: Int, count: Int)?
        var blanks = 0
        var column = run.column
        func flush() {
            if word.columns > 0 { elements.append(element(word, row)) }
            word = Run(text: "", style: run.style, column: column, columns: 0)
            if let drawn = shapes, let shape = SVGShape(drawn.character) {
                elements.append(draw(shape, drawn.column, drawn.count, row, run.style))
            }
            shapes = nil
        }
        for character in run.text {
            let columns = TextWidth.of(character)
            if let shape = SVGShape(character) {
                // A rule across the screen is one shape, not eighty.
                if let open = shapes, open.character == character, shape.box.width == 1 {
                    shapes = (character, open.column, open.count + 1)
                } else {
                    flush()
                    shapes = (character, column, 1)
                }
                blanks = 0
            } else if character == " ", !run.style.underline {
                blanks += 1
                if blanks == 2 || shapes != nil { flush() }
            } else {
                if shapes != nil { flush() }
                if word.columns == 0 {
                    word.column = column
                } else if blanks == 1 {
                    word.text += " "
                    word.columns += 1
                }
                blanks = 0
                word.text.append(character)
                word.columns += columns
            }
            column += columns
        }
        flush()
        return elements
    }

    private func element(_ run: Run, _ row: Int) -> String {
        var attributes = [
            "x=\"\(SVGMetrics.length(SVGMetrics.x(run.column)))\"",
            "y=\"\(SVGMetrics.length(SVGMetrics.y(row) + SVGMetrics.baseline))\"",
            "textLength=\"\(SVGMetrics.length(Double(run.columns) * SVGMetrics.cellWidth))\"",
            "lengthAdjust=\"spacingAndGlyphs\"", "fill=\"\(palette.colors(run.style).text)\"",
        ]
        if run.style.bold { attributes.append("font-weight=\"bold\"") }
        if run.style.dim { attributes.append("opacity=\"0.62\"") }
        if run.style.underline { attributes.append("text-decoration=\"underline\"") }
        return "<text \(attributes.joined(separator: " "))>\(SVG.escape(run.text))</text>"
    }

    private func draw(_ shape: SVGShape, _ column: Int, _ count: Int, _ row: Int, _ style: Style) -> String {
        let box = shape.box
        return rectangle(
            x: SVGMetrics.x(column) + box.x * SVGMetrics.cellWidth,
            y: SVGMetrics.y(row) + box.y * SVGMetrics.cellHeight,
            width: box.width * Double(count) * SVGMetrics.cellWidth, height: box.height * SVGMetrics.cellHeight,
            color: palette.colors(style).text, dim: style.dim)
    }

    private func rectangle(x: Double, y: Double, width: Double, height: Double, color: String, dim: Bool = false)
        -> String
    {
        "<rect x=\"\(SVGMetrics.length(x))\" y=\"\(SVGMetrics.length(y))\" width=\"\(SVGMetrics.length(width))\" "
            + "height=\"\(SVGMetrics.length(height))\" fill=\"\(color)\"\(dim ? " opacity=\"0.62\"" : "")/>"
    }
}

/// A character that is a filled part of its cell: block elements (U+2581…U+2588) and straight rules.
struct SVGShape {
    /// In parts of a cell, from its top left corner.
    let box: (x: Double, y: Double, width: Double, height: Double)

    init?(_ character: Character) {
        guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1 else { return nil }
        switch scalar.value {
        case 0x2581...0x2588:
            let eighths = Double(scalar.value - 0x2580)
            box = (0, 1 - eighths / 8, 1, eighths / 8)
        case 0x2500: box = (0, 0.47, 1, 0.06)
        case 0x2502: box = (0.44, 0, 0.12, 1)
        default: return nil
        }
    }
}
