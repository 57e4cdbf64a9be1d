// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
import NocturneParsers
import NocturneTransport
import Testing

@NetworkActor
@Suite struct BirdDriverTests {
    private func driver(_ link: ScriptedLink, become: String? = nil, limit: Int = 1 << 20) -> BirdDriver {
        var limits = BirdDriver.Limits()
        limits.bytes = limit
        let device = Device(
            name: "bkk06", platform: .bird, endpoint: SSHEndpoint(user: "ops", host: "192.0.2.6"), become: become)
        return BirdDriver(device: device, link: link, limits: limits, clock: link.clock.read)
    }

    private func sweep(_ link: ScriptedLink, become: String? = nil) async -> SweepReport {
        await driver(link, become: become).sweep { _ in }
    }

    @Test func aHealthyDeviceIsReadWhole() async throws {
        let link = ScriptedLink.healthy()
        let report = await sweep(link)
        #expect(report.reach.complete)
        #expect(report.refused == [:])
        #expect(report.unparsed == [:])
        #expect(report.status?.value.version == "2.0.12")
        #expect(report.peers?.value.map(\.name) == ["hgc"])
        #expect(report.peers?.value.first?.bfd == .up)
        #expect(report.peers?.value.first?.uptimeSeconds == 60)
        #expect(report.bfd?.value.map(\.peer) == ["192.0.2.2"])
        #expect(report.ospf?.value.map(\.instance) == ["o_one"])
        #expect(report.peers?.question == "show protocols all")
        #expect(report.peers?.path == "jump")
        #expect(report.bytes > 0)
    }

    @Test func theShellIsLeftBeforeAnythingIsAskedOfTheDaemon() async {
        let link = ScriptedLink.healthy()
        _ = await sweep(link)
        let exec = link.asked.firstIndex { $0.hasPrefix("exec ") }
        #expect(exec == 2)
        #expect(link.asked[2] == "exec /usr/sbin/birdc -r -v 2>&1")
        #expect(
            link.asked.dropFirst(3) == [
                "show status", "show protocols all", "show bfd sessions", "show ospf neighbors o_one",
                "show ospf neighbors 'o-two'",
            ])
    }

    @Test func aHeldClientIsNotClimbedToAgain() async {
        let link = ScriptedLink.healthy()
        let driver = driver(link)
        _ = await driver.sweep { _ in }
        let once = link.asked.count
        let report = await driver.sweep { _ in }
        #expect(link.opened == 1)
        #expect(link.asked.count == once + 5)
        #expect(report.reach.complete)
    }

    @Test func parsingTheTranscriptsGivesTheRowsOfTheReport() async throws {
        // In UTC, so that no zone is taken off.
        let link = ScriptedLink.healthy()
        link.clock.now = try #require(UTC(iso8601: "2026-11-21T06:00:00Z"))
        let report = await sweep(link)
        func rows(_ query: Query) throws -> Rows {
            let transcript = try #require(report.transcripts[query.rawValue])
            let text = ScrubbedText(scrubbing: transcript.text)
            guard case .parsed(let parsed) = ParserEntry.parse(platform: .bird, query: query, text: text) else {
                throw Fault(rung: .daemon, code: "unparsed", place: "", message: transcript.text, retries: false)
            }
            #expect(!parsed.truncated)
            return parsed.rows
        }
        #expect(try rows(.bgpPeers) == .peers(report.peers?.value ?? []))
        #expect(try rows(.bfd) == .bfd(report.bfd?.value ?? []))
        #expect(try rows(.ospf) == .ospf(report.ospf?.value ?? []))
        #expect(try rows(.status) == .status(report.status.map { [$0.value] } ?? []))
    }

    @Test func aZoneIsTakenOffAndIsNoErrorOfTheClock() async throws {
        let link = ScriptedLink.healthy()
        link.clock.now = try #require(UTC(iso8601: "2026-11-20T23:00:00Z"))
        let report = await sweep(link)
        #expect(report.peers?.value.first?.since == UTC(iso8601: "2026-11-20T22:59:00Z"))
        #expect(report.status?.value.lastReconfiguration == UTC(iso8601: "2026-11-20T22:00:00Z"))
        #expect(abs(report.clockOffsetMilliseconds ?? 99_999) < 1000)
        #expect(report.peers?.value.first?.uptimeSeconds == 60)
    }

    @Test func aWrongClockIsSaid() async throws {
        let link = ScriptedLink.healthy()
        link.clock.now = try #require(UTC(iso8601: "2026-11-21T05:55:00Z"))
        let report = await sweep(link)
        let offset = try #require(report.clockOffsetMilliseconds)
        #expect(abs(offset - 300_000) < 1000)
        #expect(report.peers?.value.first?.since == UTC(iso8601: "2026-11-21T05:59:00Z"))
        #expect(Doctor.lines(for: report).contains { $0.subject == "clock" && $0.verdict == .warn })
    }

    @Test func whatIsRefusedIsNamedAndTheRestIsReported() async {
        let link = ScriptedLink.healthy()
        link.birdc["show bfd sessions"] = "8007 Access denied"
        let report = await sweep(link)
        #expect(report.refused.keys.sorted() == ["bfd"])
        #expect(report.refused["bfd"]?.message.contains("Access denied") == true)
        #expect(report.peers?.value.count == 1)
        #expect(report.peers?.value.first?.bfd == nil)
        #expect(report.bfd == nil)
        #expect(report.reach.complete)
    }

    @Test func noBFDAtAllIsNoRowsAndNoRefusal() async {
        let link = ScriptedLink.healthy()
        link.birdc["show bfd sessions"] = "9001 There is no BFD protocol running"
        let report = await sweep(link)
        #expect(report.bfd?.value == [])
        #expect(report.refused == [:])
    }

    @Test func aQuestionThatHangsIsTooSlowInSecondsAndWhatCameBeforeIsKept() async throws {
        let link = ScriptedLink.healthy()
        link.hangsAt = "show bfd sessions"
        let driver = driver(link)
        let report = await driver.sweep { _ in }
        let fault = try #require(report.reach.fault)
        #expect(fault.code == "too-slow")
        #expect(fault.message.contains("10 s"))
        #expect(fault.message.contains("show bfd sessions"))
        #expect(report.peers?.value.count == 1)
        #expect(report.bfd == nil)
        link.hangsAt = nil
        #expect(await driver.sweep { _ in }.reach.complete)
        #expect(link.opened == 2)
    }

    @Test func aDaemonThatDiesEndsTheChannelAndTheNextSweepSaysWhy() async {
        let link = ScriptedLink.healthy()
        let driver = driver(link)
        _ = await driver.sweep { _ in }
        link.diesAt = "show status"
        let report = await driver.sweep { _ in }
        #expect(report.reach.fault?.code == "channel-ended")
        #expect(report.peers == nil)
        link.diesAt = nil
        link.shell[1] = (
            "show status",
            "Unable to connect to server control socket (/run/bird/bird.ctl): Connection refused", 1
        )
        #expect(await driver.sweep { _ in }.reach.fault?.code == "daemon-not-running")
    }

    @Test func anAnswerBeyondTheLimitIsShownAsFarAsItGoesAndSaid() async {
        let link = ScriptedLink.healthy()
        let report = await driver(link, limit: 400).sweep { _ in }
        #expect(report.refused["bgp-peers"]?.code == "answer-cut")
        #expect(report.transcripts["bgp-peers"]?.truncated == true)
    }

    @Test func linesNobodyKnowsAreReported() async {
        let link = ScriptedLink.healthy()
        link.birdc["show protocols all"]? += "\n1006-\n?? what"
        let report = await sweep(link)
        #expect(report.unparsed["bgp-peers"]?.map(\.text) == ["?? what"])
    }

    @Test func aDeviceOutOfReachIsReportedAsTheLinkSaysIt() async {
        let link = ScriptedLink.healthy()
        link.reach = Reach(climbed: .path)
        link.openFault = Fault(rung: .tcp, code: "tcp-timeout", place: "x", message: "No answer.", retries: true)
        let report = await sweep(link)
        #expect(report.reach.fault?.code == "tcp-timeout")
        #expect(report.reach.climbed == .path)
        #expect(report.transcripts == [:])
    }

    @Test func oneMayAskForRoutes() async throws {
        let driver = driver(ScriptedLink.healthy())
        let answer = try await driver.routes(to: "192.0.2.1")
        #expect(answer.rows.value.map(\.kind) == [.unreachable])
        #expect(answer.transcript.question == "show route for 192.0.2.1 all")
        for target in ["1.1.1.1; configure", "x", "", "all", "10.0.0.0/8\ndown"] {
            await #expect(throws: Fault.self) { try await driver.routes(to: target) }
        }
    }
}
