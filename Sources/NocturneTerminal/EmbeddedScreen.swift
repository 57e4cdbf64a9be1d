// SPDX-License-Identifier: Apache-2.0

/// The twin of ``CursesScreen`` that has no terminal: input is what a test queues, output is what it reads.
///
/// ```swift
/// let screen = EmbeddedScreen(size: Size(rows: 24, columns: 80))
/// screen.type("/down\n")
/// console.runUntilIdle(on: screen)
/// #expect(screen.lastFrame?.line(2) == " 2 down …")
/// ```
public final class EmbeddedScreen: Screen {
    public private(set) var size: Size
    public let tier: ColorTier
    public let unicode: Bool

    /// Every frame shown, oldest first; the latest `keep` of them.
    public private(set) var frames: [Frame] = []
    /// How many frames were shown in all, and how many of these differed from the one before.
    public private(set) var shown = 0
    public private(set) var changed = 0
    /// What was copied, oldest first.
    public private(set) var copied: [String] = []
    public private(set) var bells = 0
    public private(set) var suspensions = 0
    public private(set) var isClosed = false
    /// What was run, oldest first.
    public private(set) var programs: [[String]] = []
    /// What becomes of programs that are run.
    public var programEnd = ChildProgram.End.exited(status: 0)
    /// Whether the pretended terminal takes clipboard text.
    public var hasClipboard = true

    private let keep: Int
    private var queue: [Input] = []
    private var position = 0

    public init(
        size: Size = Size(rows: 24, columns: 80), tier: ColorTier = .mono, unicode: Bool = true, keep: Int = 64
    ) {
        self.size = size
        self.tier = tier
        self.unicode = unicode
        self.keep = max(1, keep)
    }

    public var lastFrame: Frame? { frames.last }
    public var hasInput: Bool { position < queue.count }

    public func show(_ frame: Frame) {
        shown += 1
        if frame != frames.last { changed += 1 }
        frames.append(frame)
        if frames.count > keep { frames.removeFirst(frames.count - keep) }
    }

    public func nextInput() -> Input? {
        guard hasInput else { return nil }
        defer { position += 1 }
        if case .resize(let new) = queue[position] { size = new }
        return queue[position]
    }

    public func copy(_ text: String) -> Bool {
        guard hasClipboard else { return false }
        copied.append(text)
        return true
    }

    public func bell() { bells += 1 }
    public func suspend() { suspensions += 1 }
    public func run(_ program: [String]) -> ChildProgram.End {
        programs.append(program)
        return programEnd
    }
    public func close() { isClosed = true }
}

extension EmbeddedScreen {
    public func send(_ inputs: Input...) { queue += inputs }
    public func press(_ keys: Key...) { queue += keys.map(Input.key) }
    /// The size changes when this is read, as with a real terminal.
    public func resize(to size: Size) { queue.append(.resize(size)) }

    /// Types text; a newline is enter, a tab is tab, U+001B is escape.
    public func type(_ text: String) {
        queue += text.map { character in
            switch character {
            case "\n": .key(.enter)
            case "\t": .key(.tab)
            case "\u{1B}": .key(.escape)
            case "\u{7F}": .key(.backspace)
            default: .key(.character(character))
            }
        }
    }
}
