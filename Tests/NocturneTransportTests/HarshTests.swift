// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel
import Testing

@testable @_spi(Reading) import NocturneTransport

/// Devices that misbehave, paths that break, and that nobody else notices.
@Suite(.serialized, .enabled(if: TestFleet.isPresent, "needs /usr/sbin/sshd and root"))
struct HarshTests {
    private func direct(_ fleet: TestFleet, _ name: DeviceName = "bkk00") async throws -> (Network, SSHLink) {
        let target = try await fleet.server("target")
        try fleet.knownHosts(target)
        let network = await Network(paths: [])
        let link = await network.link(for: fleet.device(name, target.port))
        _ = try await link.open { _ in }
        return (network, link)
    }

    private func ask(_ link: SSHLink, _ command: String, deadline: Duration = .seconds(20), limit: Int = 1 << 20)
        async throws(Fault) -> Answer
    {
        try await link.ask(command, framing: ShellFraming(), deadline: deadline, limit: limit)
    }

    @Test func controlBytesDoNotGetThrough() async throws {
        let fleet = try TestFleet()
        let (network, link) = try await direct(fleet)
        let answer = try await ask(link, #"printf 'a\033[2Jb\000c\303\n\033]0;title\007d\342\200\256e\n\377\376\n'"#)
        let text = answer.text.text
        #expect(text.hasPrefix("ab\u{FFFD}c\u{FFFD}\nd\u{FFFD}e\n"))
        #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        #expect(answer.text.removed > 0)
        #expect(try await shell(link, "echo still here") == "still here\n0")
        await network.close()
    }

    @Test func hundredMegabytesAreReadToTheEndAndCut() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        let network = await Network(paths: [fleet.path(via: jump)])
        let flood = await network.link(for: fleet.device("flood", target.port))
        let calm = await network.link(for: fleet.device("calm", target.port))
        _ = try await flood.open { _ in }
        _ = try await calm.open { _ in }
        async let big = ask(
            flood, "yes 0123456789012345678901234567890123456789012345678 | head -n 2000000", deadline: .seconds(60),
            limit: 100_000)
        var answered = 0
        for _ in 0..<20 where try await shell(calm, "echo calm") == "calm\n0" { answered += 1 }
        #expect(answered == 20)
        let answer = try await big
        #expect(answer.bytes > 100_000_000)
        #expect(answer.truncated)
        #expect(answer.text.text.utf8.count < 110_000)
        #expect(try await shell(flood, "echo after") == "after\n0")
        await network.close()
    }

    @Test func oneLineWithoutEndIsBounded() async throws {
        let fleet = try TestFleet()
        let (network, link) = try await direct(fleet)
        let answer = try await ask(link, "head -c 5000000 /dev/zero | tr '\\0' x", limit: 10_000)
        #expect(answer.truncated)
        #expect(answer.bytes > 5_000_000)
        #expect(answer.text.text.utf8.count < 20_000)
        #expect(try await shell(link, "echo after") == "after\n0")
        await network.close()
    }

    @Test func answersWithoutEndAndSilenceMeetTheDeadline() async throws {
        let fleet = try TestFleet()
        let (network, link) = try await direct(fleet)
        for (command, heard) in [("yes", true), ("exec sleep 20", false)] {
            let fault = await #expect(throws: Fault.self) {
                try await ask(link, command, deadline: .milliseconds(400))
            }
            #expect(fault?.code == (heard ? "no-end" : "no-answer"))
            #expect(fault?.rung == .prompt)
            #expect(fault?.message.contains("bytes came") == heard)
            #expect(await link.reach.climbed == .auth)
            // The session is kept: the next shell is a new channel on it.
            #expect(try await link.open { _ in } == .fresh)
            #expect(try await shell(link, "echo again") == "again\n0")
            #expect(await link.reach.fault == nil)
        }
        await network.close()
    }

    @Test func stderrDoesNotStall() async throws {
        let fleet = try TestFleet()
        let (network, link) = try await direct(fleet)
        // The shell's own stderr, not redirected by the framing: it has a window of its own (RFC 4254, section 5.2).
        _ = try await ask(link, "exec 3>&2; :")
        let answer = try await link.ask(
            "yes stderr | head -n 400000 >&2; echo done", framing: UntilLine("done"), deadline: .seconds(30), limit: 100
        )
        #expect(answer.bytes > 2_000_000)
        await network.close()
    }

    @Test func shellThatEndsIsNoticedAndReplaced() async throws {
        let fleet = try TestFleet()
        let (network, link) = try await direct(fleet)
        let fault = await #expect(throws: Fault.self) {
            try await link.ask("echo bye; exit 3", framing: UntilLine("never"), deadline: .seconds(10), limit: 100)
        }
        #expect(fault?.code == "channel-ended")
        #expect(fault?.message.contains("bye") == true)
        #expect(try await link.open { _ in } == .fresh)
        #expect(try await shell(link, "echo new") == "new\n0")
        await network.close()
    }

    @Test func silentDevicesDoNotHoldUpOthers() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        // A full backlog drops the handshake's first packet, as a blackhole does; another accepts and says nothing.
        let blackhole = try FullListener()
        let mute = try Listener(backlog: 8)
        var deadlines = Deadlines()
        deadlines.tunnel = .milliseconds(300)
        deadlines.tunnelOfTheSilent = .milliseconds(100)
        deadlines.handshake = .milliseconds(1500)
        let network = await Network(paths: [fleet.path(via: jump)], deadlines: deadlines)
        let lost = await network.link(for: fleet.device("lost", blackhole.port))
        let quiet = await network.link(for: fleet.device("quiet", mute.port))
        async let first: Fault? = fault(of: lost)
        async let second: Fault? = fault(of: quiet)
        for number in 0..<5 {
            let link = await network.link(for: fleet.device(DeviceName("d\(number)"), target.port))
            #expect(try await link.open { _ in } == .fresh)
            #expect(try await shell(link, "echo \(number)") == "\(number)\n0")
        }
        #expect(await first?.code == "tcp-timeout")
        #expect(await first?.message.contains("after jump") == true)
        #expect(await second?.code == "banner-timeout")
        // An abandoned open leaves the session on the jump whole.
        await lost.retryNow()
        #expect(await fault(of: lost)?.code == "tcp-timeout")
        let late = await network.link(for: fleet.device("late", target.port))
        #expect(try await late.open { _ in } == .fresh)
        #expect(try fleet.count("Connection from", in: jump) == 1)
        await network.close()
    }

    private func fault(of link: SSHLink) async -> Fault? {
        do throws(Fault) {
            _ = try await link.open { _ in }
            return nil
        } catch { return error }
    }

    @Test func lostJumpIsOneCauseAndHealsByItself() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        let network = await Network(paths: [fleet.path(via: jump)])
        var links: [SSHLink] = []
        for number in 0..<3 {
            links.append(await network.link(for: fleet.device(DeviceName("d\(number)"), target.port)))
        }
        for link in links { _ = try await link.open { _ in } }

        // The process of our connection and then the listener: the jump is gone.
        for child in fleet.children(of: jump) { kill(child, SIGKILL) }
        fleet.stop(jump)
        try await eventually("the path is down") { await network.pathStates().allSatisfy { !$0.alive } }
        var places: Set<String> = []
        for link in links {
            try await eventually("the link knows") { await link.reach.fault != nil }
            let fault = try #require(await link.reach.fault)
            #expect(fault.rung == .path)
            places.insert(fault.place)
            await #expect(throws: Fault.self) { _ = try await link.open { _ in } }
        }
        #expect(places.count == 1)

        _ = try await fleet.server("jump", port: jump.port)
        try await eventually("the path is back", within: .seconds(60)) {
            await network.pathStates().allSatisfy(\.alive)
        }
        for link in links {
            #expect(try await link.open { _ in } == .fresh)
            #expect(try await shell(link, "echo back") == "back\n0")
            #expect(await link.reach.fault == nil)
        }
        await network.close()
    }

    @Test func deviceThatDropsTheSession() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        let network = await Network(paths: [fleet.path(via: jump)])
        let link = await network.link(for: fleet.device("bkk00", target.port))
        _ = try await link.open { _ in }
        let fault = await #expect(throws: Fault.self) {
            try await ask(link, "kill -9 $(ps -o ppid= -p $$)")
        }
        #expect(fault?.code == "session-ended")
        #expect(await link.reach.climbed == .path)
        #expect(await network.pathStates().allSatisfy(\.alive))
        await link.retryNow()
        #expect(try await link.open { _ in } == .fresh)
        await network.close()
    }

    @Test func twoHopsNest() async throws {
        let fleet = try TestFleet()
        let outer = try await fleet.server("outer")
        let inner = try await fleet.server("inner")
        let target = try await fleet.server("target")
        try fleet.knownHosts(outer, inner, target)
        let path = AccessPath(name: "two", hops: [fleet.endpoint(outer.port), fleet.endpoint(inner.port)])
        let network = await Network(paths: [path])
        let link = await network.link(for: fleet.device("bkk00", target.port))
        #expect(try await link.open { _ in } == .fresh)
        #expect(try await shell(link, "echo deep") == "deep\n0")
        await network.close()
    }
}

/// Ends at a line with this text at its end.
struct UntilLine: Framing {
    let last: String
    init(_ last: String) { self.last = last }
    func wrap(_ question: String) -> String { question + "\n" }
    mutating func consume(_ line: some Collection<UInt8>) -> FramingVerdict {
        line.suffix(last.utf8.count).elementsEqual(last.utf8) ? .end(keep: false) : .keep
    }
}

/// A listening socket whose backlog is full: connections to it hang.
final class FullListener {
    private let listener: Listener
    private var fillers: [Int32] = []
    var port: Int { listener.port }

    init() throws {
        listener = try Listener(backlog: 0)
        for _ in 0..<4 {
            let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = UInt16(listener.port).bigEndian
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            fillers.append(fd)
        }
    }

    deinit { for fd in fillers { close(fd) } }
}
