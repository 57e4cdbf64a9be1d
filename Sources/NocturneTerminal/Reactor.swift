// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Waits for whatever happens first: a key, a signal, a ring from another thread, or the time being up.
///
/// Signals are taken as data (signalfd(2)), so nothing ever interrupts drawing, and no handler has to know what may be
/// called in one. They must be blocked in every thread, which is why ``blockSignals()`` is the first line of `main`:
/// threads inherit the mask they are started with.
///
/// ```swift
/// Reactor.blockSignals()
/// let doorbell = try Doorbell()          // handed to whoever has news
/// let reactor = try Reactor(doorbell: doorbell)
/// while true {
///     screen.show(draw())
///     while let input = screen.nextInput() { … }      // first: ncurses may hold keys that poll cannot see
///     let woken = reactor.wait(timeoutMilliseconds: 1000)
///     if woken.mustLeave { break }
///     if woken.resized { screen.resized() }
///     if woken.suspend { screen.suspend() }
/// }
/// ```
public final class Reactor {
    /// What happened; several things may have.
    public struct Wakeup: Hashable, Sendable {
        /// There is something to read on the terminal.
        public var input = false
        /// The terminal is gone: nothing will ever come from it again.
        public var hangup = false
        public var doorbell = false
        /// The window has another size, or the process was continued: call ``Screen/resized()``.
        public var resized = false
        /// Somebody asked the process to stop (SIGTSTP): call ``Screen/suspend()``.
        public var suspend = false
        /// SIGHUP, SIGINT, SIGQUIT or SIGTERM.
        public var ending: Int32?

        public init() {}
        /// The time was up and nothing happened.
        public var timedOut: Bool { self == Wakeup() }
        public var mustLeave: Bool { hangup || ending != nil }
    }

    private static let signals = [SIGWINCH, SIGCONT, SIGTSTP, SIGHUP, SIGINT, SIGQUIT, SIGTERM]

    private let input: Int32
    private let doorbell: Doorbell
    private let signalDescriptor: Int32

    /// Keeps the signals this type waits for from acting by themselves, in this thread and all it starts.
    public static func blockSignals() {
        var set = signalSet()
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// - Throws: ``TerminalError/system(call:errno:)`` when the system has no descriptor left.
    public init(input: Int32 = 0, doorbell: Doorbell) throws(TerminalError) {
        self.input = input
        self.doorbell = doorbell
        Self.blockSignals()
        var set = Self.signalSet()
        signalDescriptor = signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
        guard signalDescriptor >= 0 else { throw .system(call: "signalfd", errno: errno) }
    }

    deinit { _ = Glibc.close(signalDescriptor) }

    /// Waits until something happens.
    ///
    /// - Parameter timeoutMilliseconds: at most this long; nil for ever, 0 to only look.
    public func wait(timeoutMilliseconds: Int?) -> Wakeup {
        var watched = [
            pollfd(fd: input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: signalDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: doorbell.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        let timeout = timeoutMilliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        var woken = Wakeup()
        guard poll(&watched, nfds_t(watched.count), timeout) > 0 else { return woken }
        let happened = watched[0].revents
        let isGone = happened & Int16(POLLERR | POLLNVAL) != 0
        woken.input = happened & Int16(POLLIN) != 0 && !isGone
        // A pipe's last bytes are read before its end counts; a terminal that is gone says error and input for ever.
        woken.hangup = isGone || (happened & Int16(POLLHUP) != 0 && !woken.input)
        if watched[1].revents != 0 { takeSignals(into: &woken) }
        if watched[2].revents != 0 {
            doorbell.answer()
            woken.doorbell = true
        }
        return woken
    }

    private func takeSignals(into woken: inout Wakeup) {
        var info = signalfd_siginfo()
        while read(signalDescriptor, &info, MemoryLayout<signalfd_siginfo>.size) > 0 {
            switch Int32(bitPattern: info.ssi_signo) {
            case SIGWINCH, SIGCONT: woken.resized = true
            case SIGTSTP: woken.suspend = true
            case let ending: woken.ending = ending
            }
        }
    }

    private static func signalSet() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in signals { sigaddset(&set, number) }
        return set
    }
}
