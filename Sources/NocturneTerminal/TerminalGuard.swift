// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Glibc

/// Gives the terminal back however the process ends.
///
/// ```
///  normal end ── close() ────────────────┐
///  exit() ────── atexit ─────────────────┤
///  HUP INT QUIT TERM, not blocked ───────┼──▶ reset bytes, termios, caught stderr ──▶ the end it would have had
///  SEGV ABRT BUS ILL TRAP FPE ── handler ┘
/// ```
///
/// A crash can happen inside ncurses or the allocator, so the handler is C, allocates nothing and calls only what is
/// async-signal-safe; what it writes is worked out beforehand. It then calls the handler that was there before (Swift's
/// backtrace) and leaves the end to the default action, so the exit status still tells what happened.
///
/// While armed, standard error is caught in a pipe when it is the same terminal: a library's warning cannot tear the
/// picture, and the words of a crash, which would vanish with the alternate screen, are printed after it. Programs that are
/// started meanwhile write there too. The pipe holds 64 kB (pipe(7)); what comes after that is lost.
///
/// This is the only file that may call the `nc_guard_` functions; see `shim.h`.
struct TerminalGuard {
    private static let crashes = [SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGTRAP, SIGFPE]
    private static let endings = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]

    private let output: Int32
    private let catchesError: Bool
    private var modes: termios?
    private var resetBytes: [CChar] = []
    private var savedError: Int32 = -1
    private var pipeEnds: (read: Int32, write: Int32) = (-1, -1)

    /// Remembers the terminal as it is found; call before ncurses touches it.
    init(output: Int32, catchesError: Bool) {
        self.output = output
        self.catchesError = catchesError
        var found = termios()
        modes = tcgetattr(output, &found) == 0 ? found : nil
        for number in Self.crashes + Self.endings { nc_guard_catch(number) }
        nc_guard_use_stack()
        Self.registerExit
    }

    // Once per process: the C library keeps a list of these and never forgets one.
    private static let registerExit: Void = nc_guard_at_exit()

    /// From here on the terminal is given back. `bytes` is what undoes everything that was sent to it.
    mutating func arm(resetting bytes: [UInt8]) {
        resetBytes = bytes.map { CChar(bitPattern: $0) }
        catchError()
        if var found = modes {
            nc_guard_arm(output, resetBytes, resetBytes.count, &found, savedError, pipeEnds.read)
        } else {
            nc_guard_arm(output, resetBytes, resetBytes.count, nil, savedError, pipeEnds.read)
        }
    }

    /// The terminal has been given back by other means (`endwin`): prints what was caught and sets the modes again.
    mutating func disarm() {
        nc_guard_disarm()
        if var found = modes { tcsetattr(output, TCSADRAIN, &found) }
        releaseError()
    }

    /// Takes the signal handlers away again; nothing is left of the guard.
    mutating func release() {
        disarm()
        for number in Self.crashes + Self.endings { nc_guard_release(number) }
    }

    private mutating func catchError() {
        guard catchesError, savedError < 0, isatty(STDERR_FILENO) == 1 else { return }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            // A full pipe drops what comes next instead of stopping whoever writes it.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        savedError = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        pipeEnds = (ends[0], ends[1])
        dup2(ends[1], STDERR_FILENO)
    }

    private mutating func releaseError() {
        guard savedError >= 0 else { return }
        dup2(savedError, STDERR_FILENO)
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = Glibc.read(pipeEnds.read, &chunk, chunk.count), count > 0 {
            TerminalOutput.write(chunk[..<count], to: STDERR_FILENO)
        }
        for descriptor in [savedError, pipeEnds.read, pipeEnds.write] { _ = Glibc.close(descriptor) }
        savedError = -1
        pipeEnds = (-1, -1)
    }
}

/// Bytes for the terminal that do not go through ncurses.
enum TerminalOutput {
    /// Writes everything, waiting where the terminal is slow; gives up only when it is gone.
    static func write(_ bytes: some Collection<UInt8>, to descriptor: Int32) {
        var left = Array(bytes)[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                left = left.dropFirst(count)
            } else if errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                if poll(&ready, 1, 1000) <= 0 { return }
            } else if errno != EINTR {
                return
            }
        }
    }
}
