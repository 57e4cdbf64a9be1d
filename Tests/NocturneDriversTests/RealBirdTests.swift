// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
import NocturneParsers
import NocturneTransport
import Testing

/// The whole reading half but SSH against a daemon that is really there: shell, climb, framing, parsers.
@NetworkActor
@Suite(.serialized) struct RealBirdTests {
    private func driver(_ link: ShellLink) -> BirdDriver {
        let device = Device(name: "edge1", platform: .bird, endpoint: SSHEndpoint(user: "ops", host: "127.0.0.1"))
        return BirdDriver(device: device, link: link, clock: ShellLink.now)
    }

    @Test func everythingItPrintsIsUnderstood() async throws {
        guard let bird = try RealBird() else { return }
        defer { bird.stop() }
        let driver = driver(ShellLink(path: bird.folder.path))
        for _ in 0..<3 {
            let report = await driver.sweep { _ in }
            #expect(report.reach.complete, "\(String(describing: report.reach.fault))")
            #expect(report.refused == [:])
            #expect(report.unparsed == [:])
            let peers = try #require(report.peers?.value)
            #expect(peers.map(\.name) == ["adm", "odd-name.with:a_long_tail_1", "quiet"])
            #expect(peers.map(\.state) == [.disabled, .active, .active])
            #expect(peers.map(\.disabled) == [true, false, false])
            #expect(peers.map(\.remoteAS) == [64511, 4_200_000_000, 64512])
            #expect(peers[0].description == "0023 1 | bird> 8007")
            #expect(peers[2].families == ["ipv4", "ipv6"])
            #expect(peers.allSatisfy { $0.since != nil && $0.uptimeSeconds == nil })
            #expect(report.status?.value.routerId == "203.0.113.1")
            #expect(report.status?.value.hostname == "edge1")
            #expect(report.bfd?.value == [])
            #expect(report.ospf?.value == [])
            #expect(report.transcripts["ospf"]?.question.contains("show ospf neighbors 'o-two'") == true)
            #expect(abs(report.clockOffsetMilliseconds ?? 99_999) < 2000)
        }
        let routes = try await driver.routes(to: "198.51.100.1")
        #expect(routes.rows.value.map(\.kind) == [.blackhole])
        #expect(routes.rows.value.map(\.prefix) == ["198.51.100.1/32"])
        let none = try await driver.routes(to: "203.0.113.77")
        #expect(none.rows.value == [])
        await driver.close()
    }

    @Test func aDaemonThatEndsIsNoticedAndNamed() async throws {
        guard let bird = try RealBird() else { return }
        let link = ShellLink(path: bird.folder.path)
        let driver = driver(link)
        #expect(await driver.sweep { _ in }.reach.complete)
        bird.stop()
        let ended = await driver.sweep { _ in }
        #expect(ended.reach.fault != nil)
        #expect(!ended.reach.complete)
        await driver.close()
    }
}
