// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel
import Testing

@testable @_spi(Reading) import NocturneTransport

/// Several channels on one real session: each lives and dies for itself.
@Suite(.serialized, .enabled(if: TestFleet.isPresent, "needs /usr/sbin/sshd and root"))
struct ChannelsTests {
    private func open(_ fleet: TestFleet, _ options: [String] = []) async throws -> (Network, SSHLink, TestFleet.Server)
    {
        let target = try await fleet.server("target", options)
        try fleet.knownHosts(target)
        let network = await Network(paths: [])
        let link = await network.link(for: fleet.device("bkk00", target.port))
        _ = try await link.open { _ in }
        return (network, link, target)
    }

    private func run(_ link: SSHLink, _ command: String, within: Duration = .seconds(20)) async throws -> String {
        let (result, _) = try await link.run(command, deadline: within, limit: 1 << 20)
        return result.text + "\(result.status)"
    }

    @Test func twoShellsLiveSideBySide() async throws {
        let fleet = try TestFleet()
        let (network, link, target) = try await open(fleet)
        let first = try await shell(link, "echo $$")
        let second = try await run(link, "echo $$")
        #expect(first != second)
        for _ in 1...3 {
            #expect(try await shell(link, "echo $$") == first)
            #expect(try await run(link, "echo $$") == second)
        }
        #expect(try await run(link, "echo no >&2; (exit 3)") == "no\n3")
        #expect(try fleet.count("Connection from", in: target) == 1)
        #expect(await link.reach.climbed == .prompt)
        await network.close()
    }

    @Test func aShellThatDiesLeavesTheOtherAndIsOpenedAnew() async throws {
        let fleet = try TestFleet()
        let (network, link, target) = try await open(fleet)
        let first = try await shell(link, "echo $$")
        _ = try await run(link, ":")
        await #expect(throws: Fault.self) { try await run(link, "kill -9 $$") }
        #expect(await link.reach.fault == nil)
        #expect(try await link.open { _ in } == .held)
        #expect(try await shell(link, "echo $$") == first)
        #expect(try await run(link, "echo again") == "again\n0")

        await #expect(throws: Fault.self) { try await shell(link, "kill -9 $$") }
        #expect(try await run(link, "echo still") == "still\n0")
        #expect(try await link.open { _ in } == .fresh)
        #expect(try await shell(link, "echo back") == "back\n0")
        #expect(try fleet.count("Connection from", in: target) == 1)
        await network.close()
    }

    @Test func aLineThatHangsDropsOnlyItsOwnChannel() async throws {
        let fleet = try TestFleet()
        let (network, link, _) = try await open(fleet)
        let first = try await shell(link, "echo $$")
        let second = try await run(link, "echo $$")
        do {
            _ = try await run(link, "sleep 600", within: .milliseconds(300))
            Issue.record("it did not hang")
        } catch let fault as Fault {
            #expect(fault.code == "no-answer")
        }
        #expect(await link.reach.fault == nil)
        #expect(try await shell(link, "echo $$") == first)
        #expect(try await run(link, "echo $$") != second)
        await network.close()
    }

    @Test func noRoomForASecondShellTakesNothingFromTheFirst() async throws {
        let fleet = try TestFleet()
        let (network, link, _) = try await open(fleet, ["MaxSessions 1"])
        do {
            _ = try await run(link, "echo second")
            Issue.record("there was room")
        } catch let fault as Fault {
            #expect(fault.code == "channel-refused")
        }
        #expect(try await shell(link, "echo first") == "first\n0")
        #expect(await link.reach.fault == nil)
        await network.close()
    }

    @Test func withoutASessionNothingIsRun() async throws {
        let fleet = try TestFleet()
        let network = await Network(paths: [])
        let link = await network.link(for: fleet.device("bkk00", try TestFleet.freePort()))
        await #expect(throws: Fault.self) { try await run(link, "echo") }
        await #expect(throws: Fault.self) { try await ask(link, port: 53) }
        await network.close()
    }

    // MARK: Forwarded exchanges

    private func ask(_ link: SSHLink, port: Int, within: Duration = .seconds(20), limit: Int = 65_536) async throws
        -> ForwardedAnswer
    {
        try await link.exchange(
            with: "127.0.0.1", port: port, sending: Array("ping\n".utf8), deadline: within, limit: limit
        ) { $0.last == 10 }
    }

    private func bytes(_ answer: ForwardedAnswer) -> String? {
        guard case .bytes(let bytes, _) = answer else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aServiceBehindTheDeviceAnswers() async throws {
        let fleet = try TestFleet()
        let (network, link, target) = try await open(fleet)
        let service = try LineService { "you said " + $0 }
        _ = try await run(link, ":")
        for _ in 1...3 { #expect(bytes(try await ask(link, port: service.port)) == "you said ping\n") }
        #expect(try await shell(link, "echo beside") == "beside\n0")
        #expect(try await run(link, "echo it") == "it\n0")
        #expect(try fleet.count("Connection from", in: target) == 1)
        await network.close()
    }

    @Test func theEndOfTheStreamEndsTheAnswer() async throws {
        let fleet = try TestFleet()
        let (network, link, _) = try await open(fleet)
        let short = try LineService { _ in "half" }
        #expect(bytes(try await ask(link, port: short.port)) == "half")
        let mute = try LineService { _ in "" }
        #expect(try await ask(link, port: mute.port) == .silent(reason: "it closed the connection without an answer"))
        let long = try LineService { _ in String(repeating: "x", count: 100_000) }
        #expect(bytes(try await ask(link, port: long.port, limit: 512))?.count == 512)
        await network.close()
    }

    @Test func nobodyListens() async throws {
        let fleet = try TestFleet()
        let (network, link, _) = try await open(fleet)
        #expect(try await ask(link, port: TestFleet.freePort()) == .silent(reason: "connection refused"))
        #expect(try await shell(link, "echo lives") == "lives\n0")
        await network.close()
    }

    @Test func aServiceThatSaysNothingIsSilent() async throws {
        let fleet = try TestFleet()
        let (network, link, _) = try await open(fleet)
        let listener = try Listener(backlog: 8)
        let answer = try await ask(link, port: listener.port, within: .milliseconds(300))
        #expect(answer == .silent(reason: "no answer within 300 ms"))
        #expect(try await shell(link, "echo lives") == "lives\n0")
        await network.close()
    }

    @Test func forwardingForbiddenIsAMissingRight() async throws {
        let fleet = try TestFleet()
        let (network, link, _) = try await open(fleet, ["AllowTcpForwarding no"])
        do {
            _ = try await ask(link, port: 53)
            Issue.record("it forwarded")
        } catch let fault as Fault {
            #expect(fault.code == "forward-forbidden")
            #expect(fault.message.contains("127.0.0.1:53"))
            #expect(fault.hint?.contains("AllowTcpForwarding") == true)
        }
        #expect(await link.reach.fault == nil)
        #expect(try await shell(link, "echo lives") == "lives\n0")
        await network.close()
    }
}

/// A TCP server on 127.0.0.1 that answers one line of each connection and closes it.
final class LineService: Sendable {
    let port: Int
    private let fd: Int32

    init(_ answer: @escaping @Sendable (String) -> String) throws {
        let listener = try Listener(backlog: 8)
        port = listener.port
        fd = dup(listener.fd)
        let fd = fd
        HelperThread.run {
            while case let peer = accept(fd, nil, nil), peer >= 0 {
                var line: [UInt8] = []
                var byte: UInt8 = 0
                while line.last != 10, Glibc.read(peer, &byte, 1) == 1 { line.append(byte) }
                let reply = Array(answer(String(decoding: line, as: UTF8.self)).utf8)
                _ = send(peer, reply, reply.count, Int32(MSG_NOSIGNAL))
                close(peer)
            }
        }
    }

    deinit {
        shutdown(fd, Int32(SHUT_RDWR))
        close(fd)
    }
}
