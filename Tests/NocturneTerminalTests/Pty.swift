// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Glibc

@testable import NocturneTerminal

/// A terminal without glass: what is written to the other end comes out here, and the other way round.
final class Pty {
    private(set) var master: Int32
    let path: String
    /// Held open, so that the master does not hang up when a program closes its end.
    let slave: Int32
    private(set) var output = ""

    init?(rows: UInt16 = 24, columns: UInt16 = 80) {
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&ends.master, &ends.slave, &name, nil, nil) == 0 else { return nil }
        (master, slave) = ends
        path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        resize(rows: rows, columns: columns)
    }

    deinit {
        Glibc.close(slave)
        hangUp()
    }

    /// The terminal goes away, as when a window is closed or a line is cut.
    func hangUp() {
        if master >= 0 { Glibc.close(master) }
        master = -1
    }

    func resize(rows: UInt16, columns: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    /// What came out since the last call.
    @discardableResult
    func drain() -> String {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var bytes: [UInt8] = []
        while case let count = read(master, &chunk, chunk.count), count > 0 { bytes += chunk[..<count] }
        let text = String(decoding: bytes, as: UTF8.self)
        output += text
        return text
    }

    /// Waits until everything that came out so far satisfies the condition; false when it never does.
    func wait(until condition: (String) -> Bool) -> Bool {
        for _ in 0..<300 {
            drain()
            if condition(output) { return true }
            var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            poll(&ready, 1, 100)
        }
        return false
    }

    /// The terminal's modes, as far as programs change them.
    var modes: [UInt32] {
        var found = termios()
        tcgetattr(slave, &found)
        return [found.c_iflag, found.c_oflag, found.c_cflag, found.c_lflag]
    }
}

extension Pty {
    /// A screen on this terminal.
    func screen(
        term: String = "xterm-256color", locale: String = "C.UTF-8", wishes: TerminalProfile.Wishes = .init(),
        _ more: [String: String] = [:]
    ) throws -> CursesScreen {
        var options = CursesScreen.Options()
        options.input = slave
        options.output = slave
        options.wishes = wishes
        options.catchesStandardError = false
        let environment = ["TERM": term, "LC_ALL": locale].merging(more) { $1 }
        options.environment = { environment[$0] }
        return try CursesScreen(options)
    }
}
