// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneDrivers
import NocturneModel
import NocturneParsers
import NocturneTransport
import Testing

/// A host read whole, and each way in which a part of it cannot be.
@NetworkActor
@Suite struct LinuxDriverTests {
    private static let entry = AnycastPrefix(
        name: "local", prefix: "198.51.100.81/32", nodes: ["bkk06"], asksIdentity: true)

    private func driver(
        _ link: ScriptedLink, runs: [Platform] = [.bird, .lxc], anycast: [AnycastPrefix] = [entry],
        become: String? = "sudo -n", user: String = "ops"
    ) -> LinuxDriver {
        let device = Device(
            name: "bkk06", platform: .linux, runs: runs, endpoint: SSHEndpoint(user: user, host: "192.0.2.6"),
            become: become)
        return LinuxDriver(device: device, link: link, anycast: anycast, clock: link.clock.read)
    }

    private func sweep(_ link: ScriptedLink) async -> SweepReport { await driver(link).sweep { _ in } }

    private func sighting(_ report: SweepReport) throws -> AnycastSighting {
        try #require(report.anycast?.value.first)
    }

    @Test func aHealthyNodeIsReadWhole() async throws {
        let link = ScriptedLink.node()
        let report = await sweep(link)
        #expect(report.reach.complete)
        #expect(report.refused == [:])
        #expect(report.unparsed == [:])
        #expect(report.peers?.value.map(\.name) == ["hgc"])
        #expect(report.guests?.value.map(\.name) == ["dns-1", "rpc-1"])
        #expect(report.guests?.value.map(\.uptimeSeconds) == [86_400, nil])
        #expect(report.guards?.value.map(\.session) == ["s1"])
        #expect(report.guards?.value.first?.remainingSeconds == 40)
        let seen = try sighting(report)
        #expect(seen.faults == [:])
        #expect(seen.local == true)
        #expect(seen.interface == "lo")
        #expect(seen.bestPath == .unicast)
        #expect(seen.exportedTo == ["hgc"])
        guard case .answered(let by, _) = seen.answer else {
            Issue.record("\(String(describing: seen.answer))")
            return
        }
        #expect(by == "bkk06")
        #expect(AnycastVerdict.of(seen, wanted: true).0 == .ok)
        #expect(link.exchanged == ["198.51.100.81:53"])
        #expect(report.guests?.path == "jump")
        #expect(report.transcripts["anycast"]?.text.contains("show route 198.51.100.81/32 export hgc") == true)
    }

    @Test func parsingTheTranscriptOfTheGuestsGivesTheSameRows() async throws {
        let report = await sweep(ScriptedLink.node())
        let transcript = try #require(report.transcripts["guests"])
        let outcome = ParserEntry.parse(
            platform: .lxc, query: .guests, text: ScrubbedText(scrubbing: transcript.text))
        #expect(outcome == .parsed(Parsed(rows: .guests(report.guests?.value ?? []))))
        #expect(transcript.question.contains("ps -o pid=,etimes= -p 4477"))
    }

    @Test func theDaemonIsAskedBeforeTheHost() async {
        let link = ScriptedLink.node()
        link.diesAt = "show status"
        let report = await sweep(link)
        #expect(report.reach.fault?.code == "channel-ended")
        #expect(link.asked.count > 0)
        #expect(report.guests != nil)
        #expect(report.guards != nil)
    }

    // MARK: Anycast

    @Test func aBlackHoleIsSeen() async throws {
        let link = ScriptedLink.node()
        link.host[1].output = #"[{"ifname":"lo","flags":["UP"],"addr_info":[{"local":"127.0.0.1","prefixlen":8}]}]"#
        link.birdc["show route 198.51.100.81/32 all"] =
            "1007-Table master4:\n     198.51.100.81/32     unreachable [any 05:00:00.000] * (200)"
        let seen = try sighting(await sweep(link))
        #expect(seen.local == false)
        #expect(seen.bestPath == .unreachable)
        #expect(seen.exportedTo == ["hgc"])
        #expect(AnycastVerdict.of(seen, wanted: true).0 == .blackhole)
        // Another node would answer.
        #expect(link.exchanged == [])
    }

    @Test func withdrawnIsNoExport() async throws {
        let link = ScriptedLink.node()
        link.birdc["show route 198.51.100.81/32 export hgc"] = ""
        link.birdc["show route 198.51.100.81/32 all"] = "8001 Network not found"
        let seen = try sighting(await sweep(link))
        #expect(seen.exportedTo == [])
        #expect(seen.bestPath == .nothing)
        #expect(AnycastVerdict.of(seen, wanted: true).0 == .withdrawn)
    }

    @Test func aSessionThatCannotBeAskedAboutDoesNotHideTheOthers() async throws {
        let link = ScriptedLink.node()
        let sessions = link.birdc["show protocols all"] ?? ""
        let second = "\n1002-anew       BGP        ---        up     2026-11-21 05:59:00  Established\n1006-"
        link.birdc["show protocols all"] = sessions + second + "  BGP state:          Established"
        link.birdc["show route 198.51.100.81/32 export anew"] = "9001 No valid tables"
        let driver = driver(link)
        let seen = try sighting(await driver.sweep { _ in })
        #expect(seen.exportedTo == ["hgc"])
        #expect(seen.faults == [:])
        link.birdc["show route 198.51.100.81/32 export hgc"] = ""
        let unseen = try sighting(await driver.sweep { _ in })
        #expect(unseen.exportedTo == nil)
        #expect(unseen.faults[.exported]?.message.contains("No valid tables") == true)
    }

    @Test func aNodeOfOneIsAskedAboutAllAndAStrangerAboutNone() async throws {
        let other = AnycastPrefix(name: "other", prefix: "198.51.100.99/32", nodes: ["bkk07"])
        let link = ScriptedLink.node()
        link.birdc["show route 198.51.100.99/32 all"] = "8001 Network not found"
        link.birdc["show route 198.51.100.99/32 export hgc"] = "8001 Network not found"
        let report = await driver(link, anycast: [Self.entry, other]).sweep { _ in }
        #expect(report.anycast?.value.map(\.prefix) == ["198.51.100.81/32", "198.51.100.99/32"])
        #expect(report.anycast?.value.last?.local == false)
        #expect(report.anycast?.value.last?.exportedTo == [])
        let stranger = ScriptedLink.node()
        #expect(await driver(stranger, anycast: [other]).sweep { _ in }.anycast == nil)
        #expect(!stranger.ran.contains { $0.contains("ip -j") })
    }

    @Test func aHostWithoutIpTellsTheRest() async throws {
        let link = ScriptedLink.node()
        link.host[1] = ("ip -j addr", "sh: 1: ip: not found\n", 127)
        let report = await sweep(link)
        let seen = try sighting(report)
        #expect(seen.local == nil)
        #expect(seen.faults.keys.map(\.rawValue) == ["local"])
        #expect(seen.faults[.local]?.code == "ip-not-found")
        #expect(seen.exportedTo == ["hgc"])
        #expect(report.reach.complete)
        #expect(report.refused == [:])
    }

    @Test func aRightThatIsMissingForTheProbeIsNamed() async throws {
        let link = ScriptedLink.node()
        link.service = { _ throws(Fault) in
            throw Fault(rung: .prompt, code: "forward-forbidden", place: "x", message: "forbidden", retries: true)
        }
        let report = await sweep(link)
        let seen = try sighting(report)
        #expect(seen.answer == nil)
        #expect(seen.faults[.answer]?.code == "forward-forbidden")
        #expect(seen.local == true)
        #expect(report.reach.complete)
        let lines = Doctor.lines(for: report).filter { $0.subject == "rights: anycast" }
        #expect(lines.map(\.sentence) == ["forbidden"])
    }

    @Test func nobodyAnswersIsAnAnswer() async throws {
        let link = ScriptedLink.node()
        link.service = { _ throws(Fault) in .silent(reason: "connection refused") }
        let seen = try sighting(await sweep(link))
        #expect(seen.answer == .silent(reason: "connection refused"))
        #expect(seen.faults == [:])
        #expect(AnycastVerdict.of(seen, wanted: true).0 == .mute)
    }

    @Test func aDeadDaemonLeavesTheHost() async throws {
        let link = ScriptedLink.node()
        link.shell[1] = ("show status", "Unable to connect to server control socket (x): Connection refused", 1)
        let report = await sweep(link)
        #expect(report.reach.fault?.code == "daemon-not-running")
        #expect(report.guests?.value.count == 2)
        #expect(report.guards?.value.count == 1)
        let seen = try sighting(report)
        #expect(seen.faults[.bestPath]?.code == "daemon-not-running")
        #expect(seen.faults[.exported]?.code == "daemon-not-running")
        #expect(seen.local == true)
        guard case .answered = seen.answer else {
            Issue.record("the service is not asked without the daemon")
            return
        }
    }

    @Test func aRouteQuestionThatHangsTakesNothingElse() async throws {
        let link = ScriptedLink.node()
        link.hangsAt = "show route 198.51.100.81/32 export hgc"
        let report = await sweep(link)
        #expect(report.reach.complete)
        #expect(report.peers?.value.count == 1)
        let seen = try sighting(report)
        #expect(seen.bestPath == .unicast)
        #expect(seen.faults[.exported] != nil)
        #expect(report.guests != nil)
    }

    // MARK: Guests

    @Test(arguments: [
        ("sudo: a password is required\n", 1, "sudo-password"),
        ("Sorry, user ops is not allowed to execute '/usr/bin/lxc-ls' as root on bkk06.\n", 1, "sudo-refused"),
        ("sudo: lxc-ls: command not found\n", 1, "lxc-not-found"),
        ("lxc-ls: Failed to load config\n", 1, "guests-refused"),
    ])
    func aRefusedGuestQuestionIsNamedAndTheRestIsReported(_ said: String, _ status: Int, _ code: String) async throws {
        let link = ScriptedLink.node()
        link.host[2] = ("sudo -n lxc-ls", said, status)
        link.host.append(("lxc-ls", "", 0))
        let report = await sweep(link)
        #expect(report.refused["guests"]?.code == code)
        #expect(report.refused["guests"]?.hint?.isEmpty == false)
        #expect(report.refused.count == 1)
        #expect(report.guests == nil)
        #expect(report.reach.complete)
        #expect(report.peers?.value.count == 1)
        #expect(try sighting(report).exportedTo == ["hgc"])
    }

    @Test func noLXCAtAll() async {
        let link = ScriptedLink.node()
        link.host[2] = ("lxc-ls", "sh: 1: lxc-ls: not found\n", 127)
        let report = await driver(link, become: nil).sweep { _ in }
        #expect(report.refused["guests"]?.code == "lxc-not-found")
    }

    @Test func anEmptyListWithoutRightsIsNoEmptyList() async {
        let link = ScriptedLink.node()
        link.host[2] = ("lxc-ls", "", 0)
        #expect(await driver(link, become: nil).sweep { _ in }.refused["guests"]?.code == "guests-rights")
        let own = ScriptedLink.node()
        own.host[2] = ("lxc-ls", "", 0)
        let root = await driver(own, become: nil, user: "root").sweep { _ in }
        #expect(root.guests?.value == [])
        #expect(root.refused == [:])
    }

    @Test func whatWorkedIsAskedFirst() async {
        let link = ScriptedLink.node()
        let table = link.host[2].output
        link.host[2] = ("sudo -n lxc-ls", "sudo: a password is required\n", 1)
        link.host.append(("lxc-ls", table, 0))
        let driver = driver(link)
        for _ in 1...2 { #expect(await driver.sweep { _ in }.guests?.value.count == 2) }
        #expect(link.ran.count { $0.contains("sudo -n lxc-ls") } == 1)
    }

    @Test func aQuestionThatHangsRestsAndIsAskedAgainLater() async {
        let link = ScriptedLink.node()
        link.hostHangsAt = "lxc-ls"
        let driver = driver(link)
        for _ in 1...3 {
            let report = await driver.sweep { _ in }
            #expect(report.refused["guests"]?.code == "no-answer")
            #expect(report.peers?.value.count == 1)
            #expect(report.guards != nil)
        }
        #expect(link.ran.count { $0.contains("lxc-ls") } == 1)
        link.hostHangsAt = nil
        link.clock.now = link.clock.now + .seconds(60)
        #expect(await driver.sweep { _ in }.guests?.value.count == 2)
        link.hostHangsAt = "lxc-ls"
        _ = await driver.sweep { _ in }
        link.hostHangsAt = nil
        await driver.retryNow()
        #expect(await driver.sweep { _ in }.guests?.value.count == 2)
    }

    // MARK: The shell

    @Test func withoutASecondShellTheDaemonIsStillRead() async throws {
        let link = ScriptedLink.node()
        link.hasShell = false
        let report = await sweep(link)
        #expect(report.guards == nil)
        #expect(report.refused["guests"]?.code == "channel-refused")
        #expect(try sighting(report).faults[.local]?.code == "channel-refused")
        #expect(try sighting(report).exportedTo == ["hgc"])
        #expect(report.reach.complete)
        #expect(report.peers?.value.count == 1)
        // One that only runs BIRD misses nothing.
        let other = ScriptedLink.node()
        other.hasShell = false
        let plain = await driver(other, runs: [.bird], anycast: []).sweep { _ in }
        #expect(plain.reach.complete)
        #expect(plain.refused == [:])
        #expect(plain.guards == nil)
    }

    @Test func aDeviceOutOfReachIsAskedNothing() async {
        let link = ScriptedLink.node()
        link.reach = Reach(climbed: .path)
        link.openFault = Fault(rung: .tcp, code: "tcp-timeout", place: "x", message: "No answer.", retries: true)
        for runs in [[Platform.bird, .lxc], [.lxc]] {
            let report = await driver(link, runs: runs).sweep { _ in }
            #expect(report.reach.fault?.code == "tcp-timeout")
            #expect(report.guests == nil)
            #expect(report.anycast == nil)
        }
        #expect(link.ran == [])
    }

    @Test func aHostWithoutADaemonIsNotDark() async throws {
        let link = ScriptedLink.node()
        let report = await driver(link, runs: [.lxc], anycast: []).sweep { _ in }
        #expect(report.reach.complete)
        #expect(report.guests?.value.count == 2)
        #expect(report.peers == nil)
        #expect(link.asked == [])
        let state = DeviceState(
            name: "bkk06", platform: .lxc, address: "192.0.2.6", reach: report.reach, guests: report.guests)
        #expect(!state.isDark(at: report.ended))
        #expect(state.isDark(at: report.ended + .seconds(60)))
    }

    // MARK: The list

    /// Whether one of the patterns matches, by the C library's own reading of them.
    private func matches(_ line: String, _ patterns: [String]) -> Bool {
        patterns.contains { pattern in
            var compiled = regex_t()
            guard regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
            defer { regfree(&compiled) }
            return regexec(&compiled, line, 0, nil, 0) == 0
        }
    }

    @Test func everyLineThatIsSentStandsInTheList() async throws {
        var shell: [String] = []
        var birdc: [String] = []
        for become in [nil, "sudo -n", "doas"] {
            let link = ScriptedLink.node()
            if become != nil {
                let denied = "Unable to connect to server control socket (/run/bird/bird.ctl): Permission denied"
                link.shell.insert(("\(become ?? "") /usr/sbin/birdc", "0013 Daemon is up and running", 0), at: 1)
                link.shell[2] = ("show status", denied, 1)
            }
            let driver = driver(link, become: become)
            for _ in 1...2 { _ = await driver.sweep { _ in } }
            let exec = try #require(link.asked.firstIndex { $0.hasPrefix("exec ") })
            shell += link.asked[...exec] + link.ran
            birdc += link.asked[(exec + 1)...]
            let routes = ScriptedLink.healthy()
            let reader = BirdDriver(
                device: Device(name: "a", platform: .bird, endpoint: SSHEndpoint(user: "a", host: "b")), link: routes)
            _ = try await reader.routes(to: "192.0.2.1")
            birdc += routes.asked.suffix(1)
        }
        #expect(shell.count > 20)
        #expect(birdc.count > 20)
        for line in Set(shell) { #expect(matches(line, ReadingCommands.shell), "\(line)") }
        for line in Set(birdc) { #expect(matches(line, ReadingCommands.birdc), "\(line)") }
        for pattern in ReadingCommands.birdc {
            #expect(birdc.contains { matches($0, [pattern]) }, "nothing was asked that is \(pattern)")
        }
        // The opening question is the link's own.
        for pattern in ReadingCommands.shell where pattern != "^:$" {
            #expect(shell.contains { matches($0, [pattern]) }, "nothing was asked that is \(pattern)")
        }
        for line in [
            "configure", "show route 1.1.1.1/32 all; configure", "sudo -n lxc-stop -n a", "reboot",
            "LC_ALL=C PATH=\"$PATH:/usr/sbin:/sbin\" x; lxc-ls -f -F NAME,STATE,AUTOSTART,PID,IPV4,IPV6",
        ] { #expect(!matches(line, ReadingCommands.all), "\(line)") }
    }
}

extension ScriptedLink {
    /// A healthy node of 198.51.100.81 with containers and an armed change.
    static func node() -> ScriptedLink {
        let link = ScriptedLink.healthy()
        link.birdc["show route 198.51.100.81/32 all"] = """
            1007-Table master4:
                 198.51.100.81/32     unicast [direct1 05:00:00.000] * (240)
            \t     dev lo
            """
        link.birdc["show route 198.51.100.81/32 export hgc"] = """
            1007-Table master4:
                 198.51.100.81/32     unicast [direct1 05:00:00.000] * (240)
            \t     dev lo
            """
        let addresses = #"[{"local":"127.0.0.1","prefixlen":8},{"local":"198.51.100.81","prefixlen":32}]"#
        link.host = [
            (
                "/run/nocturne/changes",
                """
                [change]
                session=s1
                device=bkk06
                by=ops
                what=bird.conf
                armed=1000
                deadline=1300

                state=armed 1000
                alive=1
                now=1260

                """, 0
            ),
            ("ip -j addr", "[{\"ifname\":\"lo\",\"flags\":[\"UP\"],\"addr_info\":\(addresses)}]\n", 0),
            (
                "lxc-ls",
                """
                NAME  STATE   AUTOSTART PID  IPV4     IPV6
                dns-1 RUNNING 1         4477 10.0.3.5 -
                rpc-1 STOPPED 0         -    -        -

                """, 0
            ),
            ("ps -o pid=,etimes=", " 4477   86400\n", 0),
        ]
        link.service = { sent throws(Fault) in
            // The question's own id and text, one TXT record whose name points at it.
            let message =
                Array(sent[2..<4]) + [0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0] + sent[14...]
                + [0xC0, 12, 0, 16, 0, 3, 0, 0, 0, 0, 0, 6, 5] + Array("bkk06".utf8)
            return .bytes([0, UInt8(message.count)] + message, took: .milliseconds(3))
        }
        return link
    }
}
