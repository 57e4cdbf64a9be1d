// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// What a screen is drawn with, apart from what it shows.
public struct DrawContext {
    public var size: Size
    public var tier: ColorTier
    public var glyphs: Glyphs
    public var theme: Theme
    /// The time ages are counted to; in a frozen or recorded screen the time of the snapshot.
    public var now: UTC
    /// The time on the wall.
    public var wall: UTC
    /// Keys worth naming at the foot of this screen, best first.
    public var hints: [KeyHint]
    /// What `?` lists.
    public var help: [HelpLine]
    /// A recording that is being played; nil for the live network.
    public var replay: ReplayStatus?
    public var lists: Lists

    public init(
        size: Size, tier: ColorTier = .mono, glyphs: Glyphs = Glyphs(unicode: true), theme: Theme = .standard, now: UTC,
        wall: UTC? = nil, hints: [KeyHint] = [], help: [HelpLine] = [], replay: ReplayStatus? = nil,
        lists: Lists = Lists()
    ) {
        self.size = size
        self.tier = tier
        self.glyphs = glyphs
        self.theme = theme
        self.now = now
        self.wall = wall ?? now
        self.hints = hints
        self.help = help
        self.replay = replay
        self.lists = lists
    }

    public var marks: Marks { Marks(unicode: glyphs.unicode) }
    /// Cells on a screen: ages in steps.
    public var cells: CellContext { CellContext(now: now, marks: marks, terse: true) }
}

public struct KeyHint: Hashable, Sendable {
    public var key: String
    public var title: String
    public init(key: String, title: String) {
        self.key = key
        self.title = title
    }
}

/// One line of help: an action as `?` shows it.
public struct HelpLine: Hashable, Sendable {
    public var id: String
    public var keys: String
    public var command: String
    public var text: String
    /// Why it cannot be used now; nil when it can.
    public var refusal: String?
    public init(id: String, keys: String, command: String, text: String, refusal: String?) {
        self.id = id
        self.keys = keys
        self.command = command
        self.text = text
        self.refusal = refusal
    }
}

/// Where a recording stands.
public struct ReplayStatus: Hashable, Sendable {
    public var file: String
    public var playing: Bool
    /// Position and number of steps, from 1.
    public var position: Int
    public var count: Int
    public init(file: String, playing: Bool, position: Int, count: Int) {
        self.file = file
        self.playing = playing
        self.position = position
        self.count = count
    }
}

/// A line of text in several roles.
public struct StyledLine: Hashable, Sendable {
    public var spans: [Span]

    public struct Span: Hashable, Sendable {
        public var text: String
        public var role: Role
    }

    public init(_ text: String = "", _ role: Role = .text) { spans = [Span(text: text, role: role)] }

    /// The line with more text behind it.
    public func then(_ text: String, _ role: Role = .text) -> StyledLine {
        var line = self
        line.spans.append(Span(text: text, role: role))
        return line
    }

    public var text: String { spans.map(\.text).joined() }
}

/// Puts text in roles onto a frame.
struct Painter {
    var frame: Frame
    let context: DrawContext

    init(_ context: DrawContext) {
        self.context = context
        frame = Frame(size: context.size)
    }

    var width: Int { context.size.columns }
    var height: Int { context.size.rows }

    func style(_ role: Role) -> Style { context.theme.style(role, tier: context.tier) }

    @discardableResult
    mutating func put(_ text: String, _ role: Role = .text, row: Int, column: Int, limit: Int? = nil) -> Int {
        frame.put(text, row: row, column: column, style: style(role), limit: limit)
    }

    @discardableResult
    mutating func put(_ line: StyledLine, row: Int, column: Int) -> Int {
        var at = column
        let last = line.spans.count - 1
        for (index, span) in line.spans.enumerated() where at < width {
            let room = width - at
            let text = index == last ? fit(span.text, room) : span.text
            at = put(text, span.role, row: row, column: at)
        }
        return at
    }

    /// The text, cut with a mark where it is wider than `width`.
    func fit(_ text: String, _ width: Int) -> String {
        if TextWidth.of(text) <= width { return text }
        guard width > 0 else { return "" }
        var kept = ""
        var used = 0
        for character in text {
            let next = TextWidth.of(character)
            if used + next > width - 1 { break }
            kept.append(character)
            used += next
        }
        return kept + context.glyphs.ellipsis
    }

    /// The text at exactly `width` columns.
    func cell(_ text: String, _ width: Int, _ alignment: Alignment = .left) -> String {
        let text = fit(text, width)
        let padding = String(repeating: " ", count: max(0, width - TextWidth.of(text)))
        return alignment == .right ? padding + text : text + padding
    }

    enum Alignment { case left, right }

    mutating func fill(_ role: Role, row: Int) {
        put(String(repeating: " ", count: width), role, row: row, column: 0)
    }

    mutating func rule(row: Int, title: String? = nil) {
        let line = String(repeating: context.glyphs.horizontal, count: width)
        put(line, .border, row: row, column: 0)
        if let title { put(" \(title) ", .header, row: row, column: 2) }
    }

    static func role(_ health: Health) -> Role {
        switch health {
        case .down: .down
        case .degraded: .degraded
        case .dark: .dark
        case .up: .up
        }
    }

    static func role(_ severity: Event.Severity) -> Role {
        switch severity {
        case .info: .info
        case .good: .good
        case .warning: .warning
        case .bad: .bad
        }
    }

    func mark(_ health: Health) -> String { context.marks(health) }
}
