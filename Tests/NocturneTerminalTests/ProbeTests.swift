// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Glibc
import Testing

@testable import NocturneTerminal

/// The terminal after a program has ended in each of the ways there are, seen from the other side of the pty.
@Suite(.serialized) struct ProbeTests {
    private let pty: Pty
    private let before: [UInt32]

    init() throws {
        pty = try #require(Pty())
        before = pty.modes
    }

    /// How a process ended, as the shell would say it.
    private enum End: Equatable {
        case code(Int32)
        case signal(Int32)
    }

    /// Starts the probe with the pty as its controlling terminal and waits for its first frame.
    private func start() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pty.slave, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of the test run may have signals blocked, and a mask is inherited.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let environment = ["TERM=xterm-256color", "LC_ALL=C.UTF-8", "SWIFT_BACKTRACE=enable=no"]
        var process = pid_t()
        // setsid(1) makes the pty the controlling terminal, then becomes the probe.
        let code = CStrings.with(["setsid", "--ctty", Probe.path]) { arguments in
            CStrings.with(environment) { posix_spawnp(&process, "setsid", &actions, &attributes, arguments, $0) }
        }
        try #require(code == 0, "setsid: \(String(cString: strerror(code)))")
        return process
    }

    private func startAndWait() throws -> pid_t {
        let process = try start()
        try #require(pty.wait { $0.contains("ready 256 unicode") }, "\(pty.output)")
        return process
    }

    private func end(_ process: pid_t) -> End? {
        var status: Int32 = 0
        // What is still being written must be taken, or the process waits for us while we wait for it.
        for _ in 0..<300 {
            pty.drain()
            let found = waitpid(process, &status, WNOHANG)
            if found == process {
                pty.drain()
                return status & 0x7F == 0 ? .code(status >> 8 & 0xFF) : .signal(status & 0x7F)
            }
            var ready = pollfd(fd: pty.master, events: Int16(POLLIN), revents: 0)
            poll(&ready, 1, 100)
        }
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        return nil
    }

    /// Alternate screen left, cursor shown, paste marks off, modes as before.
    private func expectGivenBack(sourceLocation: SourceLocation = #_sourceLocation) {
        let output = pty.output
        for sequence in ["\u{1B}[?1049l", "\u{1B}[?2004l", "\u{1B}[?1l"] {
            #expect(output.contains(sequence), sourceLocation: sourceLocation)
        }
        let left = output.components(after: "\u{1B}[?1049l")
        #expect(!left.contains("\u{1B}[?1049h") && !left.contains("\u{1B}[?25l"), sourceLocation: sourceLocation)
        #expect(pty.modes == before, sourceLocation: sourceLocation)
    }

    @Test func normalEnd() throws {
        let process = try startAndWait()
        #expect(pty.modes != before)
        pty.send("q")
        #expect(end(process) == .code(0))
        expectGivenBack()
    }

    @Test func exitWithoutClosing() throws {
        let process = try startAndWait()
        pty.send("e")
        #expect(end(process) == .code(3))
        expectGivenBack()
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
    func signalsThatEnd(_ number: Int32) throws {
        let process = try startAndWait()
        kill(process, number)
        #expect(end(process) == .code(128 + number))
        expectGivenBack()
        #expect(pty.output.components(after: "\u{1B}[?1049l").contains("ended by signal \(number)"))
    }

    @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGABRT, SIGFPE, SIGTRAP])
    func crashesFromOutside(_ number: Int32) throws {
        let process = try startAndWait()
        kill(process, number)
        #expect(end(process) == .signal(number))
        expectGivenBack()
    }

    @Test func crashKeepsItsLastWords() throws {
        let process = try startAndWait()
        pty.send("f")
        let ended = end(process)
        #expect(ended == .signal(SIGILL) || ended == .signal(SIGTRAP))
        expectGivenBack()
        #expect(pty.output.components(after: "\u{1B}[?1049l").contains("the probe was asked to fail"))
    }

    @Test func stackOverflow() throws {
        let process = try startAndWait()
        pty.send("o")
        #expect(end(process) == .signal(SIGSEGV))
        expectGivenBack()
    }

    @Test func errorOutputWaitsForTheEnd() throws {
        let process = try startAndWait()
        pty.send("wj")
        #expect(pty.wait { $0.contains("character(\"j\")") })
        #expect(!pty.output.contains("a warning of some library"))
        pty.send("q")
        #expect(end(process) == .code(0))
        #expect(pty.output.components(after: "\u{1B}[?1049l").contains("a warning of some library"))
    }

    @Test(arguments: [true, false]) func stopAndContinue(byKey: Bool) throws {
        let process = try startAndWait()
        if byKey { pty.send("\u{1A}") } else { kill(process, SIGTSTP) }
        // A session leader's group has no shell above it, so the kernel does not stop it (orphaned group); what can be
        // seen is that the terminal was given back and taken again.
        #expect(pty.wait { $0.components(after: "\u{1B}[?1049l").contains("\u{1B}[?1049h") })
        #expect(pty.wait { $0.components(after: "\u{1B}[?1049l").contains("ready 256 unicode") })
        #expect(pty.modes != before)
        pty.send("q")
        #expect(end(process) == .code(0))
        let last = pty.output.lastPart(after: "\u{1B}[?1049h")
        #expect(last.contains("\u{1B}[?1049l") && last.contains("\u{1B}[?2004l"))
        #expect(pty.modes == before)
    }

    @Test func aTerminalThatGoesAwayEndsTheProgram() throws {
        let process = try startAndWait()
        pty.hangUp()
        #expect(end(process) != nil)
    }

    @Test func resizeIsFollowed() throws {
        let process = try startAndWait()
        pty.resize(rows: 30, columns: 100)
        #expect(pty.wait { $0.contains("100x30") })
        pty.send("q")
        #expect(end(process) == .code(0))
    }
}

extension String {
    /// What comes after the first `mark`; empty when there is none.
    fileprivate func components(after mark: String) -> Substring {
        split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
    }

    fileprivate func lastPart(after mark: String) -> Substring {
        split(separator: mark, omittingEmptySubsequences: false).last ?? ""
    }
}
