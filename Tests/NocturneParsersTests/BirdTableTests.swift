// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import Testing

/// Status, BFD, OSPF and routes; and what is no answer.
@Suite struct BirdTableTests {
    @Test func statusIsRead() throws {
        guard case .status(let rows)? = parsed(.status, Fixture.status)?.rows else {
            Issue.record("no status")
            return
        }
        let row = try #require(rows.first)
        #expect(row.version == "2.0.12")
        #expect(row.routerId == "203.0.113.1")
        #expect(row.hostname == "edge1")
        #expect(row.serverTime == UTC(iso8601: "2026-11-21T04:20:00.900Z"))
        #expect(row.lastReconfiguration == UTC(iso8601: "2026-11-21T04:12:31.573Z"))
        #expect(row.undoSeconds == nil)
        let cut = Fixture.status.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
        #expect(parsed(.status, cut)?.truncated == true)
    }

    @Test func bfdIsRead() throws {
        guard case .bfd(let rows)? = parsed(.bfd, Fixture.status + Fixture.bfd)?.rows else {
            Issue.record("no BFD")
            return
        }
        #expect(rows.map(\.peer) == ["fe80::1", "192.0.2.2", "192.0.2.9"])
        #expect(rows.map(\.state) == [.up, .up, .down])
        #expect(rows.map(\.interface) == ["eth0", "eth0", nil])
        #expect(rows.map(\.detectMilliseconds) == [1500, 1500, nil])
        #expect(rows.map(\.uptimeSeconds) == [448, 448, nil])
    }

    @Test func ospfIsReadWithItsInstance() throws {
        let result = try #require(parsed(.ospf, Fixture.ospf))
        guard case .ospf(let rows) = result.rows else { return }
        #expect(rows.map(\.state) == ["full", "2way"])
        #expect(rows.map(\.instance) == ["ospf4", "ospf6"])
        #expect(rows.map(\.address) == ["192.0.2.2", "fe80::1"])
        #expect(result.unparsed == [])
    }

    @Test func routesAreReadPathByPath() throws {
        let result = try #require(parsed(.routes, Fixture.routes))
        #expect(result.unparsed == [])
        #expect(!result.truncated)
        let rows = try #require(routes(Fixture.routes))
        #expect(rows.map(\.prefix).prefix(3) == ["172.31.12.0/24", "172.31.12.0/24", "172.31.12.0/24"])
        #expect(rows.map(\.kind) == [.unicast, .unicast, .unicast, .unicast, .blackhole, .prohibit, .unreachable])
        #expect(rows.map(\.best) == [true, false, false, true, true, true, true])
        #expect(rows.map(\.metric).prefix(2) == [10, nil])
        #expect(rows.map(\.nextHop) == ["192.0.2.2", "192.0.2.2", "192.0.2.3", nil, nil, nil, nil])
        #expect(rows.map(\.interface).prefix(4) == ["eth0", "eth0", "eth1", "lo"])
        #expect(rows[1].asPath == "64510 64777")
        #expect(rows[0].asPath == nil)
        #expect(rows[0].protocol == "ospf4")
        #expect(rows[0].preference == 150)
    }

    @Test func bird1RoutesAreRead() throws {
        let rows = try #require(routes(Fixture.bird1Routes))
        #expect(rows.map(\.kind) == [.unicast, .unreachable, .unicast, .unicast, .unicast])
        #expect(rows.map(\.nextHop) == ["192.0.2.2", nil, "192.0.2.2", "192.0.2.3", nil])
        #expect(rows.map(\.prefix).last == "10.2.0.0/16")
        #expect(rows.last?.interface == "eth1")
        #expect(parsed(.routes, Fixture.bird1Routes)?.unparsed == [])
    }

    @Test func aRouteWithoutItsNextHopIsCut() throws {
        let text = Fixture.routes.split(separator: "\n").prefix(3).joined(separator: "\n") + "\n"
        #expect(parsed(.routes, text)?.truncated == true)
    }

    @Test(arguments: [
        (Query.bfd, "0001 BIRD 2.0.12 ready.\n9001 There is no BFD protocol running\n"),
        (.bfd, "BIRD 2.0.12 ready.\nThere is no BFD protocol running\n"),
        (.bfd, "bfd1:\nIP address                Interface  State      Since         Interval  Timeout\n"),
        (.ospf, "0001 BIRD 2.0.12 ready.\n9001 There is no OSPF protocol running\n"),
        (.ospf, "1013-ospf4: is not up\n"),
        (.routes, "0001 BIRD 2.0.12 ready.\n8001 Network not found\n"), (.routes, "0001 BIRD 2.0.12 ready.\n"),
        (.routes, "BIRD 1.6.8 ready.\nNetwork not in table\n"),
        (.bgpPeers, "0001 BIRD 2.0.12 ready.\n8003 No protocols match\n"),
        (
            .bgpPeers,
            "2002-Name       Proto      Table      State  Since         Info\n1002-device1    Device     ---        up     04:20:04.807  \n1006-\n"
        ),
    ])
    func nothingThereIsAnAnswer(_ query: Query, _ text: String) throws {
        let result = try #require(parsed(query, text))
        #expect(result.rows.count == 0)
        #expect(result.unparsed == [])
        #expect(!result.truncated)
    }

    @Test(arguments: [
        "Unable to connect to server control socket (/run/bird/bird.ctl): No such file or directory\n",
        "Unable to connect to server control socket (/run/bird/bird.ctl): Permission denied\n",
        "sh: 1: birdc: not found\n", "bash: birdc: command not found\n", "sudo: a password is required\n",
        "0001 BIRD 2.0.12 ready.\n0016 Access restricted\n8007 Access denied\n",
        "BIRD 2.0.12 ready.\nAccess restricted\nAccess denied\n",
        "9001 syntax error, unexpected CF_SYM_UNDEFINED\n", "BIRD 2.0.12 ready.\nsyntax error\n",
        "0001 BIRD 2.0.12 ready.\nNo such command. Press `?' for help.\n",
        "9001 There are multiple OSPF protocols running\n", "BIRD 2.0.12 ready.\nConnection closed by server\n",
    ])
    func arefusalIsNoAnswerToAnything(_ text: String) {
        for query in Query.allCases {
            guard case .cannotAnswer(let reason) = outcome(query, text) else {
                Issue.record("\(query) took \(text) for an answer: \(outcome(query, text))")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test(arguments: ["", "{\"ipv4Unicast\":{}}\n", "hello\nworld\n", "\n\n"])
    func whatIsNotBirdsIsNotThisPlatform(_ text: String) {
        for query in Query.allCases {
            if case .notThisPlatform = outcome(query, text) { continue }
            Issue.record("\(query) took \(text) for BIRD's")
        }
    }

    @Test func aRefusedPartDoesNotSpoilTheRest() throws {
        let text =
            Fixture.verbose(Fixture.status, code: 1000) + "9001 There is no BFD protocol running\n"
            + Fixture.verbose(Fixture.protocols, code: 2002)
        let result = try #require(parsed(.bgpPeers, text))
        #expect(result.rows.count == 6)
        #expect(result.unparsed == [])
    }

    @Test func namesOfInstancesAreTakenFromProtocolsAndNeverBecomeCommands() {
        let table =
            "Name       Proto      Table      State  Since         Info\n"
            + "ospf4      OSPF       master4    up     04:12:31.573  Running\n"
            + "o-2.x      OSPF       master4    up     04:12:31.573  Running\n"
            + "o;reboot   OSPF       master4    up     04:12:31.573  Running\n"
            + "up4        BGP        ---        up     04:12:31.573  Established\n"
        #expect(BirdInstances.ospf(in: ScrubbedText(scrubbing: table)) == ["ospf4", "o-2.x"])
        #expect(BirdInstances.quoted("ospf4") == "ospf4")
        #expect(BirdInstances.quoted("o-2.x") == "'o-2.x'")
    }
}

/// A question about routes that is answered by nothing: seen on 2.0.12 for `export SESSION` of a route kept back.
@Suite struct BirdSilenceTests {
    @Test func nothingBetweenTwoPromptsIsNoRoutes() {
        let text = "bird> show route 198.51.100.82/32 export up1\nbird> \n"
        #expect(routes(text) == [])
        #expect(parsed(.routes, text)?.truncated == false)
    }

    @Test func aPromptThatWaitsForItsAnswerIsNone() {
        #expect(parsed(.routes, "bird> show route 198.51.100.82/32 export up1\n") == nil)
    }
}
