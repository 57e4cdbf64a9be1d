// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneTerminal

/// A program that takes the terminal, shows what it reads, and ends in the way it is asked to.
///
/// The tests of the terminal start it on a pty or in tmux and look at what is left behind: a process cannot watch its
/// own crash. Keys: `q` end, `e` exit(3), `f` fatalError, `a` abort, `s` bad memory access, `o` stack overflow, `w` a
/// line on standard error, `y` copy. Any other input is shown.
@main
enum TerminalProbe {
    static func main() {
        Reactor.blockSignals()
        do {
            try run()
        } catch {
            TerminalProbe.complain("terminal-probe: \(error)\n")
            exit(78)
        }
    }

    static func run() throws(TerminalError) {
        let doorbell = try Doorbell()
        let reactor = try Reactor(doorbell: doorbell)
        let screen = try CursesScreen()
        defer { screen.close() }
        var log = ["ready \(screen.tier.rawValue) \(screen.unicode ? "unicode" : "ascii")"]
        while true {
            screen.show(frame(screen, log))
            while let input = screen.nextInput() {
                if input == .key(.character("q")) { return }
                act(on: input, screen)
                log.append(describe(input))
            }
            screen.show(frame(screen, log))
            let woken = reactor.wait(timeoutMilliseconds: nil)
            if let signal = woken.ending {
                screen.close()
                complain("ended by signal \(signal)\n")
                exit(128 + signal)
            }
            if woken.hangup { return }
            if woken.resized { screen.resized() }
            if woken.suspend { screen.suspend() }
        }
    }

    static func act(on input: Input, _ screen: CursesScreen) {
        switch input {
        case .key(.character("e")): exit(3)
        case .key(.character("f")): fatalError("the probe was asked to fail")
        case .key(.character("a")): abort()
        case .key(.character("s")): raise(SIGSEGV)
        case .key(.character("o")): _ = overflow(1)
        case .key(.character("w")): complain("a warning of some library\n")
        case .key(.character("y")): _ = screen.copy("nocturne")
        default: break
        }
    }

    /// Not a tail call, so that every level needs its own piece of stack.
    static func overflow(_ level: Int) -> Int { level == 0 ? 0 : overflow(level + 1) + level }

    static func frame(_ screen: CursesScreen, _ log: [String]) -> Frame {
        var frame = Frame(size: screen.size)
        frame.put("probe \(screen.size.columns)x\(screen.size.rows)", row: 0, column: 0, style: Style(bold: true))
        for (index, line) in log.suffix(max(0, screen.size.rows - 1)).enumerated() {
            frame.put(line, row: index + 1, column: 0, style: Style(foreground: .indexed(2)))
        }
        return frame
    }

    static func describe(_ input: Input) -> String {
        switch input {
        case .key(let key): "key \(key)"
        case .paste(let text): "paste \(text.utf8.count) \(text.split(separator: "\n").joined(separator: "|"))"
        case .resize(let size): "resize \(size.columns)x\(size.rows)"
        }
    }

    static func complain(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
