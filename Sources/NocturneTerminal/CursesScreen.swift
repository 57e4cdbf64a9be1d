// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Glibc

/// The real terminal, through ncurses.
///
/// Screens hand over whole frames; ncurses works out what differs and sends that. Rows that are as they were are not
/// even looked at, so an unchanged frame costs a comparison and sends nothing.
///
/// ```swift
/// Reactor.blockSignals()
/// let screen = try CursesScreen()
/// defer { screen.close() }
/// screen.show(frame)
/// while let input = screen.nextInput() { … }
/// ```
///
/// ncurses is not thread-safe: one thread creates, uses and closes it. Every way out of the process gives the terminal
/// back; see ``TerminalGuard`` for how.
public final class CursesScreen: Screen {
    /// Where and how to open.
    public struct Options {
        public var input: Int32 = STDIN_FILENO
        public var output: Int32 = STDOUT_FILENO
        public var wishes = TerminalProfile.Wishes()
        public var environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
        /// Keep what is written to standard error until the terminal is given back, where that is the same terminal.
        public var catchesStandardError = true
        /// Tests draw on files.
        var requiresTerminal = true
        public init() {}
    }

    public let profile: TerminalProfile
    public private(set) var size: Size
    public var tier: ColorTier { profile.tier }
    public var unicode: Bool { profile.unicode }

    private let options: Options
    private let files: (input: UnsafeMutablePointer<FILE>, output: UnsafeMutablePointer<FILE>)
    private let screen: OpaquePointer
    /// Input is read through a pad: reading through a window would also refresh it.
    private let pad: UnsafeMutablePointer<WINDOW>
    private let window: UnsafeMutablePointer<WINDOW>
    private var terminalGuard: TerminalGuard
    private let resetBytes: [UInt8]
    private var styles: CursesStyles
    private var keys = CursesKeys()
    private var shown: Frame?
    private var cursorShown: Bool?
    private var resizePending = false
    private var isClosed = false

    /// Takes the terminal.
    ///
    /// - Throws: ``TerminalError`` when there is none or it cannot do what is needed; nothing has then been sent to it.
    public init(_ options: Options = Options()) throws(TerminalError) {
        self.options = options
        if options.requiresTerminal {
            guard isatty(options.input) == 1 else { throw .notATerminal(stream: "standard input") }
            guard isatty(options.output) == 1 else { throw .notATerminal(stream: "standard output") }
        }
        let isUTF8 = TerminalProfile.useLocale(environment: options.environment)
        let profile = try TerminalProfile.detect(
            wishes: options.wishes, environment: options.environment, codesetIsUTF8: isUTF8,
            entry: TerminalProfile.entry)
        if let lacks = TerminalProfile.lacking(profile.term) { throw .termTooSimple(profile.term, lacks: lacks) }
        self.profile = profile
        files = (try Self.file(options.input, "r"), try Self.file(options.output, "w"))
        // Before ncurses: it remembers the modes as they are found, and keeps its own handlers away from signals that
        // are already handled.
        terminalGuard = TerminalGuard(output: options.output, catchesError: options.catchesStandardError)
        use_tioctl(true)
        guard let opened = newterm(profile.term, files.output, files.input), let standard = nc_stdscr(),
            let reader = newpad(1, 1)
        else {
            terminalGuard.release()
            fclose(files.input)
            fclose(files.output)
            throw .curses("newterm")
        }
        screen = opened
        window = standard
        pad = reader
        // Keys arrive one by one and unchanged; ctrl-c, ctrl-z and ctrl-s are keys like the others.
        raw()
        noecho()
        nonl()
        set_escdelay(25)
        keypad(pad, true)
        nodelay(pad, true)
        // Otherwise ncurses stops drawing whenever a key waits.
        typeahead(-1)
        define_key("\u{1B}[200~", CursesKeys.pasteStart)
        define_key("\u{1B}[201~", CursesKeys.pasteEnd)
        if profile.tier != .mono {
            start_color()
            use_default_colors()
        }
        styles = CursesStyles(tier: profile.tier)
        size = Size(rows: Int(nc_lines()), columns: Int(nc_columns()))
        resetBytes = Self.resetBytes()
        terminalGuard.arm(resetting: resetBytes)
        TerminalOutput.write(Self.pasteOn, to: options.output)
    }

    deinit { close() }

    /// Name, version and patch of the ncurses in use.
    public static var libraryVersion: String { curses_version().map { String(cString: $0) } ?? "ncurses" }

    public func show(_ frame: Frame) {
        guard !isClosed else { return }
        set_term(screen)
        let before = shown?.size == frame.size ? shown : nil
        if before == nil { werase(window) }
        guard before != frame else { return }
        draw(frame, over: before)
        if styles.overflowed {
            styles.clearOverflow()
            draw(frame, over: nil)
            styles.clearOverflow()
        }
        placeCursor(frame)
        wnoutrefresh(window)
        doupdate()
        shown = frame
    }

    public func nextInput() -> Input? {
        guard !isClosed else { return nil }
        set_term(screen)
        if resizePending {
            resizePending = false
            return .resize(size)
        }
        let now = Self.milliseconds()
        while let input = keys.next(now: now, read: readEvent) {
            if input == .key(.control("z")) {
                suspend()
                resizePending = false
                return .resize(size)
            }
            return input
        }
        return nil
    }

    public func copy(_ text: String) -> Bool {
        guard !isClosed, let bytes = profile.clipboard.sequence(for: text) else { return false }
        TerminalOutput.write(bytes, to: options.output)
        return true
    }

    public func bell() {
        guard !isClosed else { return }
        set_term(screen)
        beep()
    }

    public func resized() {
        guard !isClosed else { return }
        set_term(screen)
        var rows: Int32 = 0
        var columns: Int32 = 0
        if nc_window_size(options.output, &rows, &columns) == 0 {
            resizeterm(rows, columns)
            size = Size(rows: Int(rows), columns: Int(columns))
        }
        // A stop and continue from outside may have left any modes behind, so they are set again too.
        reset_prog_mode()
        TerminalOutput.write(Self.pasteOn, to: options.output)
        redrawAll()
    }

    public func suspend() {
        guard !isClosed else { return }
        leave()
        Self.stopProcess()
        terminalGuard.arm(resetting: resetBytes)
        set_term(screen)
        resized()
    }

    public func run(_ program: [String]) -> ChildProgram.End {
        guard !isClosed else { return .failed("the terminal has been given back") }
        leave()
        let end = ChildProgram.run(program, input: options.input, output: options.output, stopped: Self.stopProcess)
        terminalGuard.arm(resetting: resetBytes)
        set_term(screen)
        resized()
        return end
    }

    public func close() {
        guard !isClosed else { return }
        isClosed = true
        leave()
        terminalGuard.release()
        nc_default_action(SIGTSTP)
        delwin(pad)
        delscreen(screen)
        fclose(files.input)
        fclose(files.output)
    }
}

extension CursesScreen {
    private func draw(_ frame: Frame, over before: Frame?) {
        let columns = frame.size.columns
        for row in 0..<min(frame.size.rows, size.rows) {
            let range = row * columns..<(row + 1) * columns
            if let before, before.cells[range] == frame.cells[range] { continue }
            drawRow(row, frame.cells[range])
        }
    }

    private func drawRow(_ row: Int, _ cells: ArraySlice<Cell>) {
        var run: [wchar_t] = []
        var start = 0
        var style = Style.plain
        var column = 0
        func flush() {
            guard !run.isEmpty else { return }
            let look = styles.look(style)
            nc_put(window, Int32(row), Int32(start), run, Int32(run.count), look.attributes, look.pair)
            run.removeAll(keepingCapacity: true)
        }
        let cells = cells.prefix(size.columns)
        for index in cells.indices {
            let cell = cells[index]
            if cell.text.isEmpty {
                column += 1
                continue
            }
            if cell.style != style || run.isEmpty {
                flush()
                style = cell.style
                start = column
            }
            let next = index + 1
            let wide = next < cells.endIndex && cells[next].text.isEmpty
            run += CursesText.drawable(cell.text, columns: wide ? 2 : 1, unicode: profile.unicode)
            column += 1
        }
        flush()
    }

    private func placeCursor(_ frame: Frame) {
        let visible = frame.cursor != nil
        if visible != cursorShown {
            curs_set(visible ? 1 : 0)
            leaveok(window, !visible)
            cursorShown = visible
        }
        if let cursor = frame.cursor { wmove(window, Int32(cursor.row), Int32(cursor.column)) }
    }

    private func redrawAll() {
        shown = nil
        cursorShown = nil
        clearok(nc_curscr(), true)
        resizePending = true
    }

    private func readEvent() -> CursesEvent? {
        var value: wint_t = 0
        let code = wget_wch(pad, &value)
        if code == KEY_CODE_YES {
            // The size is ours to tell, by `resized`.
            return Int32(bitPattern: value) == KEY_RESIZE ? readEvent() : .code(Int32(bitPattern: value))
        }
        guard code == OK else { return nil }
        return .character(Unicode.Scalar(value) ?? "\u{FFFD}")
    }

    /// Gives the terminal back, to be taken again or not.
    private func leave() {
        set_term(screen)
        curs_set(1)
        endwin()
        TerminalOutput.write(Self.pasteOff, to: options.output)
        terminalGuard.disarm()
    }

    private static let pasteOn = Array("\u{1B}[?2004h".utf8)
    private static let pasteOff = Array("\u{1B}[?2004l".utf8)

    /// What a dying process sends: end of attributes and colours, cursor, keypad, paste, alternate screen.
    private static func resetBytes() -> [UInt8] {
        let names: [String] = ["sgr0", "op", "cnorm", "rmkx", "rmcup"]
        let texts = names.compactMap { (name: String) -> String? in
            nc_capability(name).map { String(cString: $0) }
        }
        // Padding marks (`$<50>`) are for terminals of another age and would be shown.
        return pasteOff + Array(texts.filter { !$0.contains("$<") }.joined().utf8) + Array("\r".utf8)
    }

    private static func file(
        _ descriptor: Int32, _ mode: String
    ) throws(TerminalError) -> UnsafeMutablePointer<FILE> {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .system(call: "dup", errno: errno) }
        guard let file = fdopen(copy, mode) else { throw .system(call: "fdopen", errno: errno) }
        return file
    }

    private static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// Stops the process group as ctrl-z would, so that `make` and pipelines around us stop too; returns when continued.
    private static func stopProcess() {
        var only = sigset_t()
        var before = sigset_t()
        sigemptyset(&only)
        sigaddset(&only, SIGTSTP)
        nc_default_action(SIGTSTP)
        // One that is already pending would stop us a second time.
        pthread_sigmask(SIG_UNBLOCK, &only, &before)
        kill(0, SIGTSTP)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}

extension CursesScreen {
    /// One place as ncurses believes it stands on the terminal; for tests.
    func readBack(row: Int, column: Int) -> (text: String, attributes: attr_t, pair: Int32) {
        set_term(screen)
        var text = [wchar_t](repeating: 0, count: Int(nc_cell_text_limit()) + 1)
        var attributes: attr_t = 0
        var pair: Int32 = 0
        guard nc_cell(nc_curscr(), Int32(row), Int32(column), &text, &attributes, &pair) == OK else {
            return ("", 0, 0)
        }
        var string = ""
        for value in text {
            guard value != 0, let scalar = Unicode.Scalar(UInt32(bitPattern: value)) else { break }
            string.unicodeScalars.append(scalar)
        }
        return (string, attributes, pair)
    }
}
