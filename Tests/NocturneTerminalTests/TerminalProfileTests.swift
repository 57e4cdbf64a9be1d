// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NocturneTerminal

@Suite struct TerminalProfileTests {
    private static let database: [String: TerminalProfile.Entry] = [
        "xterm-256color": .init(colors: 256, direct: false), "xterm-direct": .init(colors: 1 << 24, direct: true),
        "xterm": .init(colors: 8, direct: false), "vt220": .init(colors: -1, direct: false),
        "screen-256color": .init(colors: 256, direct: false), "linux": .init(colors: 8, direct: false),
    ]

    private func profile(
        _ environment: [String: String], _ wishes: TerminalProfile.Wishes = .init(), utf8: Bool = true,
        database: [String: TerminalProfile.Entry] = database
    ) throws -> TerminalProfile {
        try TerminalProfile.detect(
            wishes: wishes, environment: { environment[$0] }, codesetIsUTF8: utf8, entry: { database[$0] })
    }

    @Test(arguments: [
        (["TERM": "xterm-256color"], ColorTier.indexed), (["TERM": "xterm"], .sixteen), (["TERM": "vt220"], .mono),
        (["TERM": "xterm-direct"], .direct), (["TERM": "xterm-256color", "COLORTERM": "truecolor"], .direct),
        (["TERM": "xterm-256color", "COLORTERM": "yes"], .indexed),
        (["TERM": "xterm", "COLORTERM": "truecolor"], .sixteen),
        (["TERM": "screen-256color", "COLORTERM": "truecolor"], .indexed),
        (["TERM": "xterm-256color", "NO_COLOR": "1"], .mono), (["TERM": "xterm-256color", "NO_COLOR": ""], .indexed),
    ])
    func tiers(_ environment: [String: String], _ tier: ColorTier) throws {
        #expect(try profile(environment).tier == tier)
    }

    @Test func directColourUsesTheEntryThatHasIt() throws {
        #expect(try profile(["TERM": "xterm-256color", "COLORTERM": "24bit"]).term == "xterm-direct")
        let without = Self.database.filter { !$0.value.direct }
        let plain = try profile(["TERM": "xterm-256color", "COLORTERM": "24bit"], database: without)
        #expect(plain.term == "xterm-256color")
        #expect(plain.tier == .indexed)
    }

    @Test func wishesOnlyTakeAway() throws {
        let rich = ["TERM": "xterm-256color", "COLORTERM": "truecolor"]
        #expect(try profile(rich, .init(noColor: true)).tier == .mono)
        #expect(try profile(rich, .init(tier: .sixteen)).tier == .sixteen)
        #expect(try profile(rich, .init(tier: .indexed)).term == "xterm-256color")
        #expect(try profile(["TERM": "xterm"], .init(tier: .direct)).tier == .sixteen)
        #expect(try profile(rich, .init(ascii: true)).unicode == false)
    }

    @Test func glyphsNeedALocaleAndAFont() throws {
        #expect(try profile(["TERM": "xterm"]).unicode)
        #expect(try profile(["TERM": "xterm"], utf8: false).unicode == false)
        #expect(try profile(["TERM": "linux"]).unicode == false)
    }

    @Test func errorsNameWhatIsMissing() {
        #expect(throws: TerminalError.termUnset) { try profile([:]) }
        #expect(throws: TerminalError.termUnset) { try profile(["TERM": ""]) }
        #expect(throws: TerminalError.termUnknown("tmux-foo")) { try profile(["TERM": "tmux-foo"]) }
        #expect("\(TerminalError.termUnknown("tmux-foo"))".contains("\"tmux-foo\" (TERM) is not known"))
        #expect("\(TerminalError.notATerminal(stream: "standard input"))".hasPrefix("no terminal: standard input"))
    }
}

extension ProcessWide {
    @Suite struct LocaleTests {
        @Test func localeFallsBackToUTF8OnlyWhereThatIsMeant() {
            #expect(TerminalProfile.useLocale { _ in nil })
            #expect(TerminalProfile.useLocale { $0 == "LANG" ? "xx_YY.UTF-8" : nil })
            #expect(!TerminalProfile.useLocale { $0 == "LANG" ? "C" : nil })
            #expect(!TerminalProfile.useLocale { $0 == "LC_ALL" ? "POSIX" : "C.UTF-8" })
            #expect(!TerminalProfile.useLocale { $0 == "LANG" ? "xx_YY.ISO8859-1" : nil })
        }
    }
}

@Suite struct ClipboardTests {
    private func route(_ environment: [String: String]) -> ClipboardRoute {
        ClipboardRoute.detect { environment[$0] }
    }

    private func text(_ route: ClipboardRoute, _ text: String) -> String? {
        route.sequence(for: text).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func routes() {
        #expect(route(["TERM": "xterm-256color"]) == .direct)
        #expect(route(["TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"]) == .tmux)
        #expect(route(["TERM": "tmux-256color"]) == .tmux)
        #expect(route(["TERM": "screen", "STY": "1.pts"]) == .screen)
        #expect(route(["TERM": "dumb"]) == .none)
        #expect(route([:]) == .none)
    }

    @Test func sequences() {
        #expect(text(.direct, "nocturne") == "\u{1B}]52;c;bm9jdHVybmU=\u{7}")
        #expect(
            text(.tmux, "a") == "\u{1B}]52;c;YQ==\u{7}\u{1B}Ptmux;\u{1B}\u{1B}]52;c;YQ==\u{7}\u{1B}\\")
        #expect(text(.screen, "a") == "\u{1B}]52;c;YQ==\u{7}\u{1B}P\u{1B}]52;c;YQ==\u{7}\u{1B}\\")
        #expect(text(.none, "a") == nil)
    }

    @Test func screenGetsPieces() {
        let pieces = text(.screen, String(repeating: "x", count: 2000))?.components(of: "\u{1B}P") ?? []
        #expect(pieces.count == 5)
        #expect(pieces.dropFirst().allSatisfy { $0.utf8.count <= 768 })
    }

    @Test func whatIsTooLongIsNotSentAtAll() {
        #expect(text(.direct, String(repeating: "x", count: ClipboardRoute.limit))?.utf8.count == 100_000)
        #expect(text(.direct, String(repeating: "x", count: ClipboardRoute.limit + 1)) == nil)
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("ü", "w7w=")])
    func base64OfRFC4648(_ plain: String, _ encoded: String) {
        #expect(String(decoding: Base64.encode(Array(plain.utf8)), as: UTF8.self) == encoded)
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
