// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Text of devices and people as inert Markdown (CommonMark 0.31).
///
/// A peer's name or a device's last error may hold anything. In a document that people paste into wikis it must neither
/// become a table cell, a link nor HTML.
enum Markdown {
    /// One line, with every character that could mean something escaped (CommonMark, section 2.4).
    static func text(_ raw: String) -> String {
        var text = ""
        for scalar in raw.unicodeScalars {
            switch scalar {
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "&": text += "&amp;"
            case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "!": text += "\\" + String(scalar)
            case "\n", "\r", "\t": text += " "
            default:
                if scalar.properties.generalCategory == .control { continue }
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Several lines as they are, in a fence longer than any run of backticks in them.
    static func block(_ raw: String, language: String = "") -> [String] {
        var longest = 0
        var run = 0
        for character in raw {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        let lines = raw.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(String.UnicodeScalarView(line.unicodeScalars.filter { $0 == "\t" || $0.properties.generalCategory != .control }))
        }
        return [fence + language] + lines + [fence]
    }

    /// `2026-11-21 02:14:05 UTC`
    static func instant(_ time: UTC) -> String { "\(time.date) \(time.clock) UTC" }
}
