// SPDX-License-Identifier: Apache-2.0

import CNcurses

/// What of a cell's text can be given to ncurses so that both agree on its width.
///
/// ncurses goes by the C library's table, scalar by scalar, and keeps five scalars in a cell; terminals differ on
/// everything newer than that. Where our width and the C library's agree, the text goes out as it is. Where not, the
/// first scalar goes out filled up with a blank, and a flag becomes its two letters: a column too many shifts the whole
/// row, a plainer sign harms nobody.
enum CursesText {
    static let replacement = wchar_t(0x3F)
    private static let blank = wchar_t(0x20)
    /// Base and four marks: CCHARW_MAX of ncurses.
    private static let scalarsPerCell = 5

    /// Exactly as many columns of wide characters as `columns`.
    static func drawable(_ text: String, columns: Int, unicode: Bool) -> [wchar_t] {
        let utf8 = text.utf8
        if columns == 1, utf8.count == 1, let byte = utf8.first, byte >= 0x20, byte < 0x7F { return [wchar_t(byte)] }
        guard unicode else { return fill([replacement], width: 1, to: columns) }
        let scalars = text.unicodeScalars.filter { !isSelector($0) }
        let flags = scalars.compactMap(regionalLetter)
        if !flags.isEmpty, flags.count == scalars.count {
            return fill(Array(flags.prefix(columns)), width: min(flags.count, columns), to: columns)
        }
        var out: [wchar_t] = []
        var width = 0
        for scalar in scalars {
            let value = wchar_t(bitPattern: scalar.value)
            let own = Int(wcwidth(value))
            // Zero-width before anything to stand on, and controls, have no cell.
            guard own >= 0, own > 0 || !out.isEmpty else { continue }
            if own > 0, width + own > columns { break }
            if out.count == scalarsPerCell { break }
            // A joiner would make one sign of two for the terminal and not for ncurses.
            if scalar.value == 0x200D { break }
            out.append(value)
            width += own
        }
        if out.isEmpty { return fill([replacement], width: 1, to: columns) }
        return fill(out, width: width, to: columns)
    }

    private static func fill(_ text: [wchar_t], width: Int, to columns: Int) -> [wchar_t] {
        width >= columns ? text : text + Array(repeating: blank, count: columns - width)
    }

    private static func isSelector(_ scalar: Unicode.Scalar) -> Bool { (0xFE00...0xFE0F).contains(scalar.value) }

    private static func regionalLetter(_ scalar: Unicode.Scalar) -> wchar_t? {
        guard (0x1F1E6...0x1F1FF).contains(scalar.value) else { return nil }
        return wchar_t(bitPattern: scalar.value - 0x1F1E6 + 0x41)
    }
}
