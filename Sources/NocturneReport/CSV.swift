// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Rows as comma-separated values (RFC 4180): a header, then one record a row, lines ended by CR LF.
///
/// Null is an empty field and empty text is `""`, so that the two stay apart; a list is its entries with blanks between.
/// Text that begins with `=`, `+`, `-` or `@`, which a spreadsheet would take for a formula, is put in quotes but left
/// as it is: the file is data first, and a changed value would be a wrong one. Import it as text.
public enum CSV {
    /// - Parameter columns: the keys, in order; a key that a row lacks is an empty field.
    public static func text(columns: [String], rows: [JSONValue]) -> String {
        var text = columns.map { field(.string($0)) }.joined(separator: ",") + "\r\n"
        for row in rows {
            text += columns.map { field(row[$0] ?? .null) }.joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func field(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): quoted(text)
        case .array(let values): values.isEmpty ? "" : quoted(values.map(plain).joined(separator: " "))
        case .members: quoted(value.text)
        case .bool, .int, .double: value.text
        }
    }

    private static func plain(_ value: JSONValue) -> String {
        if case .string(let text) = value { text } else { value.text }
    }

    private static func quoted(_ text: String) -> String {
        let special = text.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        let formula = text.unicodeScalars.first.map { "=+-@\t".unicodeScalars.contains($0) } ?? true
        guard special || formula || text.first == " " || text.last == " " else { return text }
        // By scalar: a quote that carries a combining mark is another Character, and still a quote.
        var doubled = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "\"" { doubled.append(scalar) }
            doubled.append(scalar)
        }
        doubled.append("\"")
        return String(doubled)
    }
}
