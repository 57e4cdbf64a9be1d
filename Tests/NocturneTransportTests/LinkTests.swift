// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Synchronization
import Testing

@testable @_spi(Reading) import NocturneTransport

/// A link against real sshd processes: what works.
@Suite(.serialized, .enabled(if: TestFleet.isPresent, "needs /usr/sbin/sshd and root"))
struct LinkTests {
    @Test func climbsThroughTheJumpAndAsks() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        let network = await Network(paths: [fleet.path(via: jump)])
        let link = await network.link(for: fleet.device("bkk00", target.port))

        let rungs = Mutex<[Rung?]>([])
        let first = try await link.open { reach in rungs.withLock { $0.append(reach.climbed) } }
        #expect(first == .fresh)
        #expect(rungs.withLock { $0 } == [.path, .tcp, .algo, .key, .auth, .prompt])
        #expect(try await link.open { _ in } == .held)

        for number in 1...5 {
            let result = try await shell(
                link, "echo hello \(number); echo oops >&2; exit_status() { return 7; }; exit_status")
            #expect(result == "hello \(number)\noops\n7")
        }
        let reach = await link.reach
        #expect(reach.fault == nil)
        #expect(reach.algorithms == "curve25519-sha256 ssh-ed25519 aes128-ctr hmac-sha2-256")
        #expect(reach.roundTripMilliseconds != nil)
        #expect(await network.pathStates().map(\.alive) == [true])
        #expect(try fleet.count("Connection from", in: jump) == 1)
        #expect(try fleet.count("Connection from", in: target) == 1)
        await network.close()
    }

    @Test func manyDevicesShareOneConnection() async throws {
        let fleet = try TestFleet()
        // Renewing the jump's keys every 100 kB makes every device wait for somebody else's renewal.
        let jump = try await fleet.server("jump", ["RekeyLimit 100K"])
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        let network = await Network(paths: [fleet.path(via: jump)])
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<20 {
                let link = await network.link(for: fleet.device(DeviceName("d\(number)"), target.port))
                group.addTask {
                    _ = try await link.open { _ in }
                    var bytes = 0
                    for _ in 0..<5 {
                        let answer = try await link.ask(
                            "seq 1 2000", framing: ShellFraming(), deadline: .seconds(20), limit: 1 << 20)
                        bytes += answer.bytes
                    }
                    return bytes
                }
            }
            for try await bytes in group { #expect(bytes > 5 * 8893) }
        }
        #expect(try fleet.count("Connection from", in: jump) == 1)
        let sessions = try fleet.count("Connection from", in: target)
        #expect(sessions == 20)
        await network.close()
    }
}

/// Text and exit status of a command over the link.
func shell(_ link: any Link, _ command: String) async throws -> String {
    let framing = ShellFraming()
    let answer = try await link.ask(command, framing: framing, deadline: .seconds(20), limit: 1 << 20)
    let result = try #require(ShellResult(answer, framing: framing))
    return result.text + "\(result.status)"
}
