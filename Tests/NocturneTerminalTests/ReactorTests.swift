// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import NocturneTerminal

@Suite struct ReactorTests {
    @Test func nothingHappens() throws {
        let pty = try #require(Pty())
        let reactor = try Reactor(input: pty.slave, doorbell: try Doorbell())
        #expect(reactor.wait(timeoutMilliseconds: 0).timedOut)
        #expect(reactor.wait(timeoutMilliseconds: -5).timedOut)
    }

    @Test func ringsFromAnotherThreadCountOnce() throws {
        let pty = try #require(Pty())
        let doorbell = try Doorbell()
        let reactor = try Reactor(input: pty.slave, doorbell: doorbell)
        // A thread of its own: a task could be queued behind this very test.
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let doorbell = Unmanaged<Doorbell>.fromOpaque(context).takeRetainedValue()
                for _ in 0..<3 { doorbell.ring() }
                return nil
            }, Unmanaged.passRetained(doorbell).toOpaque())
        try #require(started == 0)
        #expect(reactor.wait(timeoutMilliseconds: nil).doorbell)
        pthread_join(thread, nil)
        _ = reactor.wait(timeoutMilliseconds: 0)
        #expect(reactor.wait(timeoutMilliseconds: 0).timedOut)
        doorbell.ring()
        #expect(reactor.wait(timeoutMilliseconds: nil).doorbell)
    }

    @Test func inputAndItsEnd() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let reactor = try Reactor(input: ends[0], doorbell: try Doorbell())
        var byte: UInt8 = 0x71
        try #require(write(ends[1], &byte, 1) == 1)
        close(ends[1])
        let first = reactor.wait(timeoutMilliseconds: nil)
        #expect(first.input && !first.mustLeave)
        try #require(read(ends[0], &byte, 1) == 1)
        let last = reactor.wait(timeoutMilliseconds: nil)
        #expect(last.hangup && last.mustLeave)
        close(ends[0])
    }

    @Test func aTerminalThatGoesAwayIsTheEnd() throws {
        let pty = try #require(Pty())
        let reactor = try Reactor(input: pty.slave, doorbell: try Doorbell())
        pty.hangUp()
        let woken = reactor.wait(timeoutMilliseconds: nil)
        #expect(woken.hangup && woken.mustLeave && !woken.input)
    }

    @Test func signalsAreData() throws {
        let pty = try #require(Pty())
        let reactor = try Reactor(input: pty.slave, doorbell: try Doorbell())
        // To this thread only: the others of the test process do not have them blocked.
        pthread_kill(pthread_self(), SIGWINCH)
        #expect(reactor.wait(timeoutMilliseconds: nil).resized)
        pthread_kill(pthread_self(), SIGTSTP)
        pthread_kill(pthread_self(), SIGTERM)
        let woken = reactor.wait(timeoutMilliseconds: nil)
        #expect(woken.suspend)
        #expect(woken.ending == SIGTERM && woken.mustLeave)
    }
}
