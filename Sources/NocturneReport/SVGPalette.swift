// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal

/// What the colours that a terminal leaves to its user look like in a picture.
public struct SVGPalette: Hashable, Sendable {
    /// `#rrggbb`, as all of these.
    public var background: String
    public var foreground: String
    /// For the window's title.
    public var faint: String
    /// Colours 0…15.
    public var named: [String]

    /// Every colour but the two blacks has a contrast of at least 4.5 to 1 on the background (WCAG 2.2, 1.4.3).
    public static let dark = SVGPalette(
        background: "#15181e", foreground: "#d6dae2", faint: "#8b93a3",
        named: [
            "#15181e", "#ef6b73", "#8fc17a", "#e3b866", "#6cabf0", "#c78ae6", "#5fbfc9", "#c3c9d4",
            "#7f8898", "#ff8d94", "#a9d894", "#f4d083", "#92c4ff", "#dba8f5", "#86d9e2", "#ffffff",
        ])

    func color(_ color: Color) -> String {
        if case .indexed(let index) = color, index < 16, Int(index) < named.count { return named[Int(index)] }
        return color.hex
    }

    /// Text and background of a style; nil background is the picture's own.
    func colors(_ style: Style) -> (text: String, background: String?) {
        let text = style.foreground.map(color) ?? foreground
        let behind = style.background.map(color)
        return style.reverse ? (behind ?? background, text) : (text, behind)
    }
}
