// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneTerminal
import Testing
import Themes

@testable import NocturneTheme

@Suite struct ThemeFormatTests {
    private func parse(_ text: String, over base: Theme = Theme(name: "base")) throws(ThemeError) -> Theme {
        try ThemeParser.parse(text, file: "my.theme", name: "mine", over: base)
    }

    private func message(_ text: String) -> String? {
        do {
            _ = try parse(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func everyWordOfTheFormat() throws {
        let theme = try parse(
            """
            # a comment
            down  mono:    bold reverse   # why
            down  16 256:  fg=bright-red bg=default underline dim
            up    256:     fg=245 bg=0
            up    true:    fg=#8A8a8f bg=#000000
            text  *:
            """)
        #expect(theme.style(.down, tier: .mono) == Style(bold: true, reverse: true))
        #expect(theme.style(.down, tier: .sixteen) == Style(foreground: .indexed(9), dim: true, underline: true))
        #expect(theme.style(.down, tier: .indexed) == theme.style(.down, tier: .sixteen))
        #expect(theme.style(.down, tier: .direct) == .plain)
        #expect(theme.style(.up, tier: .indexed) == Style(foreground: .indexed(245), background: .indexed(0)))
        #expect(
            theme.style(.up, tier: .direct) == Style(foreground: .rgb(0x8A, 0x8A, 0x8F), background: .rgb(0, 0, 0)))
        #expect(theme.stated(.text, tier: .mono) == .plain)
        #expect(theme.stated(.dark, tier: .mono) == nil)
    }

    @Test func layersReplaceOnlyWhatTheyName() throws {
        let base = try parse("down 16: fg=red bold\nup 16: fg=green")
        let theme = try parse("down 16: underline", over: base)
        #expect(theme.style(.down, tier: .sixteen) == Style(underline: true))
        #expect(theme.style(.up, tier: .sixteen) == Style(foreground: .indexed(2)))
        #expect(theme.name == "mine")
    }

    @Test(arguments: [
        ("\n\ndonw 16: bold", "my.theme:3:1: unknown role \"donw\": did you mean \"down\"?"),
        ("down 15: bold", "my.theme:1:6: unknown tier \"15\": did you mean \"16\"?"),
        ("down 16: blod", "my.theme:1:10: unknown word \"blod\": did you mean \"bold\"?"),
        ("down 16: fg=rde", "my.theme:1:10: unknown colour \"rde\": did you mean \"red\"?"),
        ("down true: fg=#12345", "my.theme:1:12: unknown colour \"#12345\""),
        ("down 256: fg=256", "my.theme:1:11: unknown colour \"256\""),
        ("down 16: fg=200", "my.theme:1:10: tier 16 has no colour \"200\": it needs tier 256 or better"),
        ("down 256: fg=#ffffff", "my.theme:1:11: tier 256 has no colour \"#ffffff\": it needs tier true or better"),
        ("down mono: fg=red", "my.theme:1:12: tier mono has no colour \"red\": use bold, dim, underline or reverse"),
        ("down 16 bold", "my.theme:1:1: no colon: a line is: ROLE TIER: WORDS"),
        ("down: bold", "my.theme:1:5: no tier: put mono, 16, 256, true or * before the colon"),
        (": bold", "my.theme:1:1: unknown role \":\""),
    ])
    func faultsAreNamedWithTheirPlace(_ text: String, _ expected: String) {
        #expect(message(text)?.hasPrefix(expected) == true, "\(message(text) ?? "no error")")
    }

    @Test func filesThatCannotBeReadSaySo() {
        #expect(throws: ThemeError.self) { try Theme.load("/nonexistent/my.theme") }
        do {
            _ = try Theme.named("/nonexistent/my.theme")
        } catch {
            #expect(error.description.hasPrefix("/nonexistent/my.theme: cannot be read: No such file"))
        }
        do {
            _ = try Theme.named("high-contrats")
        } catch {
            #expect(error.description == "there is no theme \"high-contrats\": did you mean \"high-contrast\"?")
        }
    }

    @Test func aFileIsALayerOverTheDefaultTheme() throws {
        var template = Array("/tmp/nocturne-theme-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        try #require(descriptor >= 0)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unlink(path) }
        let text = Array("up 16: bold\n".utf8)
        try #require(write(descriptor, text, text.count) == text.count)
        close(descriptor)
        let theme = try Theme.load(path)
        #expect(theme.style(.up, tier: .sixteen) == Style(bold: true))
        #expect(theme.style(.down, tier: .sixteen) == Theme.standard.style(.down, tier: .sixteen))
    }
}

/// What every theme that ships must keep.
@Suite struct ThemeLint {
    static let themes = Themes.all.map(\.name)
    static let health: [Role] = [.up, .degraded, .down, .dark]

    @Test func allAreThereAndTheDefaultIsTheDefault() {
        #expect(Self.themes == ["default", "high-contrast", "colour-blind"])
        #expect(Theme.standard.name == "default")
    }

    @Test(arguments: themes) func everyRoleHasEveryTier(_ name: String) throws {
        let theme = try Theme.builtIn(name)
        for role in Role.allCases {
            for tier in ColorTier.allCases {
                #expect(theme.stated(role, tier: tier) != nil, "\(role) \(tier)")
            }
        }
    }

    /// Colour blindness, a monochrome terminal and a bad photo of a wallboard must not merge two states. Dim does not
    /// count: many terminals do not have it.
    @Test(arguments: themes) func statesLookDifferentAtEveryTier(_ name: String) throws {
        let theme = try Theme.builtIn(name)
        for tier in ColorTier.allCases {
            let looks = Self.health.map { role in
                var style = theme.style(role, tier: tier)
                style.dim = false
                return style
            }
            #expect(Set(looks).count == Self.health.count, "\(tier)")
        }
    }

    @Test(arguments: themes) func theCursorAndTheBannerStandOut(_ name: String) throws {
        let theme = try Theme.builtIn(name)
        for tier in ColorTier.allCases {
            for role in [Role.selected, .banner, .tabActive] {
                let style = theme.style(role, tier: tier)
                #expect(style.reverse || style.background != nil, "\(role) \(tier)")
            }
            #expect(theme.style(.tab, tier: tier) != theme.style(.tabActive, tier: tier))
        }
    }

    /// A fixed background under the terminal's own text colour is unreadable on half of all terminals.
    @Test(arguments: themes) func aBackgroundNamesItsText(_ name: String) throws {
        let theme = try Theme.builtIn(name)
        for role in Role.allCases {
            for tier in ColorTier.allCases {
                let style = theme.style(role, tier: tier)
                #expect(style.background == nil || style.foreground != nil, "\(role) \(tier)")
            }
        }
    }

    /// WCAG 2.2, 1.4.3 and 1.4.11: 4.5 to 1 where the theme sets both colours, 3 to 1 on black and on white where the
    /// background is the terminal's. The user's own sixteen colours cannot be judged.
    @Test(arguments: themes) func fixedColoursAreReadable(_ name: String) throws {
        let theme = try Theme.builtIn(name)
        func isFixed(_ color: Color) -> Bool { if case .indexed(..<16) = color { false } else { true } }
        for role in Role.allCases {
            for tier in ColorTier.allCases {
                let style = theme.style(role, tier: tier)
                guard let text = style.foreground, isFixed(text) else { continue }
                if let behind = style.background {
                    #expect(contrast(text, behind) >= 4.5, "\(role) \(tier)")
                } else {
                    for behind in [Color.rgb(0, 0, 0), .rgb(255, 255, 255)] {
                        #expect(contrast(text, behind) >= 3, "\(role) \(tier) on \(behind)")
                    }
                }
            }
        }
    }

    private func contrast(_ one: Color, _ other: Color) -> Double {
        func luminance(_ color: Color) -> Double {
            let parts = color.components
            let linear = [parts.red, parts.green, parts.blue].map { part in
                let value = Double(part) / 255
                return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        }
        let (a, b) = (luminance(one), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test(arguments: themes) func textIsTheTerminalsOwn(_ name: String) throws {
        let theme = try Theme.builtIn(name)
        for tier in ColorTier.allCases { #expect(theme.style(.text, tier: tier) == .plain) }
    }

    @Test(arguments: themes) func monoHasNoColour(_ name: String) throws {
        let theme = try Theme.builtIn(name)
        for role in Role.allCases {
            let style = theme.style(role, tier: .mono)
            #expect(style.foreground == nil && style.background == nil)
        }
    }
}

@Suite struct GlyphTests {
    private func all(_ glyphs: Glyphs) -> [String] {
        [
            glyphs.down, glyphs.degraded, glyphs.dark, glyphs.up, glyphs.cursor, glyphs.folded, glyphs.unfolded,
            glyphs.recording, glyphs.moved, glyphs.note, glyphs.change, glyphs.step, glyphs.bullet, glyphs.arrow,
            glyphs.left, glyphs.right, glyphs.missing, glyphs.ellipsis, glyphs.sortUp, glyphs.sortDown,
            glyphs.horizontal, glyphs.vertical, glyphs.topLeft, glyphs.topRight, glyphs.bottomLeft, glyphs.bottomRight,
            glyphs.teeLeft, glyphs.teeRight, glyphs.block,
        ] + glyphs.levels
    }

    @Test func everyGlyphIsOneColumnWide() {
        for glyphs in [Glyphs(unicode: true), Glyphs(unicode: false)] {
            for glyph in all(glyphs) { #expect(TextWidth.of(glyph) == 1, "\(glyph)") }
        }
    }

    @Test func theTwinsAreASCII() {
        for glyph in all(Glyphs(unicode: false)) { #expect(glyph.utf8.count == 1, "\(glyph)") }
    }

    @Test func healthGlyphsDiffer() {
        for glyphs in [Glyphs(unicode: true), Glyphs(unicode: false)] {
            #expect(Set([glyphs.down, glyphs.degraded, glyphs.dark, glyphs.up]).count == 4)
        }
    }

    @Test func sparklines() {
        let glyphs = Glyphs(unicode: true)
        #expect(glyphs.sparkline([0, 1, 2, 4, nil, 8]) == "▁▂▃▅ █")
        #expect(glyphs.sparkline([0, 0]) == "▁▁")
        #expect(glyphs.sparkline([]) == "")
        #expect(glyphs.sparkline([.nan, .infinity, 1, -3]) == "  █▁")
        #expect(Glyphs(unicode: false).sparkline([0, 8]) == "_#")
    }
}
