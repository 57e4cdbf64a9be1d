// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import Testing

@testable import NocturneReport

@Suite struct RowsTests {
    /// The text as a parser that is not ours reads it.
    private func parse(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

    @Test func peerRowIsTheContract() {
        let text = PeerRows.json(rowsSnapshot(observedDevice("bkk10", peers: [fullPeer])), now: rowsNow)
        #expect(
            text == """
                [
                {"device":"bkk10","platform":"bird","name":"transit_a","vrf":"default","remoteAddress":"192.0.2.1",\
                "localAddress":"192.0.2.2","remoteAS":64500,"localAS":4200000000,"state":"established",\
                "since":"2026-11-21T02:11:26Z","uptimeSeconds":161,"families":["ipv4","ipv6"],\
                "prefixesReceived":931221,"prefixesAccepted":931220,"prefixesSent":2,"flaps":1,"lastError":null,\
                "description":"Transit \\"A\\"","bfd":"up","disabled":false,"observedAt":"2026-11-21T02:14:05.100Z",\
                "ageSeconds":2,"path":"jump"}
                ]
                """)
    }

    @Test func whatIsNotToldIsNull() throws {
        let rows = PeerRows.rows(rowsSnapshot(observedDevice("a", peers: [barePeer])), now: rowsNow)
        for key in ["remoteAddress", "remoteAS", "since", "uptimeSeconds", "prefixesReceived", "flaps", "bfd"] {
            #expect(rows[0][key] == .null, "\(key)")
        }
        #expect(rows[0]["families"] == .array([]))
        #expect(rows[0]["lastError"] == "Hold timer expired")
    }

    @Test func keysOfEveryRowAreTheDeclaredOnesInOrder() {
        func keys(_ value: JSONValue) -> [String] {
            if case .members(let members) = value { members.map(\.key) } else { [] }
        }
        let snapshot = rowsSnapshot(observedDevice("a", peers: [fullPeer, barePeer]), darkDevice("b"))
        let peers = PeerRows.rows(snapshot, now: rowsNow)
        #expect(keys(peers[0]) == PeerRows.keys && keys(peers[1]) == PeerRows.keys)
        #expect(Set(keys(peers[2])).isSubset(of: PeerRows.keys + PeerRows.darkKeys))
        for row in DeviceRows.rows(snapshot, now: rowsNow) { #expect(keys(row) == DeviceRows.keys) }
        #expect(
            keys(ParseRows.row(fullPeer))
                == PeerRows.keys.filter { !["device", "observedAt", "ageSeconds", "path"].contains($0) })
    }

    @Test func darkDeviceIsOneObjectWithItsReason() throws {
        var device = darkDevice("bkk05")
        // What it had before is history.
        device.peers = observedDevice("x", peers: [fullPeer, barePeer], secondsAgo: 60).peers
        let list = try #require(try parse(PeerRows.json(rowsSnapshot(device), now: rowsNow)) as? [[String: Any]])
        #expect(list.count == 1)
        #expect(list[0]["state"] as? String == "unknown")
        #expect(list[0]["platform"] as? String == "bird")
        #expect(list[0]["reason"] as? String == "bkk05 198.51.100.5:22: no answer within 10 s")
        #expect(list[0]["rung"] as? String == "tcp")
        #expect(list[0]["hint"] as? String == "Is it switched on?")
        #expect(list[0]["ageSeconds"] as? Double == 60)
    }

    @Test func silenceIsAReasonToo() {
        let silent = PeerRows.rows(rowsSnapshot(observedDevice("a", peers: [fullPeer], secondsAgo: 23)), now: rowsNow)
        #expect(silent.map { $0["reason"] } == ["nothing heard for 23 s"])
        let fresh = DeviceState(name: "b", platform: .linux, address: "192.0.2.9")
        #expect(PeerRows.rows(rowsSnapshot(fresh), now: rowsNow).map { $0["reason"] } == ["not observed yet"])
        #expect(PeerRows.json(rowsSnapshot(), now: rowsNow) == "[]")
    }

    @Test func deviceRows() throws {
        var degraded = observedDevice("c", peers: [])
        degraded.refused = [
            "bfd": Fault(rung: .daemon, code: "refused", place: "c", message: "access denied", retries: false)
        ]
        var puzzling = observedDevice("d", peers: [])
        puzzling.unparsed = ["status": [Unparsed(line: 1, text: "?")]]
        let snapshot = rowsSnapshot(
            observedDevice("a", peers: [fullPeer, barePeer]), darkDevice("b"), degraded, puzzling)
        let list = try #require(try parse(DeviceRows.json(snapshot, now: rowsNow)) as? [[String: Any]])
        #expect(list.map { $0["state"] as? String } == ["up", "dark", "degraded", "degraded"])
        #expect(list[0]["peersTotal"] as? Int == 2 && list[0]["peersEstablished"] as? Int == 1)
        #expect(list[0]["version"] as? String == "2.0.12" && list[0]["rung"] as? String == "daemon")
        #expect(list[0]["roundTripMilliseconds"] as? Double == 12.3)
        #expect(list[0]["reason"] is NSNull && list[0]["failedRung"] is NSNull)
        #expect(list[1]["rung"] as? String == "path" && list[1]["failedRung"] as? String == "tcp")
        #expect(list[1]["peersTotal"] is NSNull)
        #expect(list[2]["reason"] as? String == "bfd: access denied")
        #expect(list[3]["reason"] as? String == "1 line of its answers not understood")
    }

    @Test func parseDocument() throws {
        let text = ParseRows.json(
            [ParseRows.row(fullPeer)], unparsed: [Unparsed(line: 7, text: "what\tis \"this\"")], truncated: true)
        let document = try #require(try parse(text) as? [String: Any])
        #expect((document["rows"] as? [[String: Any]])?.first?["name"] as? String == "transit_a")
        let unparsed = try #require(document["unparsed"] as? [[String: Any]])
        #expect(unparsed[0]["line"] as? Int == 7 && unparsed[0]["text"] as? String == "what\tis \"this\"")
        #expect(document["truncated"] as? Bool == true)
        #expect(
            ParseRows.json([], unparsed: [], truncated: false)
                == "{\"rows\":[],\n\"unparsed\":[],\n\"truncated\":false}")
    }

    @Test func rowsOfTheOtherQueries() {
        #expect(
            ParseRows.row(BFDSession(peer: "192.0.2.1", interface: "eth0", state: .`init`, detectMilliseconds: 100))
                .text
                == #"{"peer":"192.0.2.1","vrf":"default","interface":"eth0","state":"init","uptimeSeconds":null,"detectMilliseconds":100}"#
        )
        #expect(
            ParseRows.row(OSPFNeighbor(neighborId: "192.0.2.3", state: "full", instance: "ospf1")).text
                == #"{"neighborId":"192.0.2.3","address":null,"interface":null,"vrf":"default","state":"full"}"#)
        #expect(
            ParseRows.row(
                Route(prefix: "198.51.100.0/24", kind: .blackhole, best: true, protocol: "static1", preference: 200)
            ).text
                == #"{"prefix":"198.51.100.0/24","type":"blackhole","best":true,"protocol":"static1","nextHop":null,"interface":null,"metric":null,"preference":200,"asPath":null,"vrf":"default"}"#
        )
        #expect(
            ParseRows.row(DaemonStatus(platform: .bird, version: "3.0.1", hostname: "h", undoSeconds: 30)).text
                == #"{"version":"3.0.1","routerId":null,"hostname":"h","lastReconfiguration":null,"undoSeconds":30}"#)
    }

    @Test func errorForProgramsAndForPeople() {
        let report = ErrorReport(
            .configuration, message: "unknown key \"x\"", place: "inv.yaml:7:5", hint: "Known keys: y.")
        #expect(
            report.json
                == #"{"error":{"code":78,"message":"unknown key \"x\"","where":"inv.yaml:7:5","hint":"Known keys: y."}}"#
        )
        #expect(report.plain == "inv.yaml:7:5: unknown key \"x\"\n  Known keys: y.")
        #expect(
            ErrorReport(.usage, message: "m").json == #"{"error":{"code":64,"message":"m","where":null,"hint":null}}"#)
        #expect(ErrorReport(.unknown, rowsTimeout).place == "bkk05 198.51.100.5:22")
    }
}

@Suite struct ExitStatusTests {
    private let healthy = observedDevice("a", peers: [fullPeer])
    private let unhealthy = observedDevice("b", peers: [fullPeer, barePeer])

    @Test func whatCouldNotBeSeenWinsOverWhatIsBad() {
        #expect(ExitStatus.of(rowsSnapshot(healthy), now: rowsNow) == .healthy)
        #expect(ExitStatus.of(rowsSnapshot(healthy, unhealthy), now: rowsNow) == .unhealthy)
        #expect(ExitStatus.of(rowsSnapshot(healthy, darkDevice("d")), now: rowsNow) == .unknown)
        #expect(ExitStatus.of(rowsSnapshot(unhealthy, darkDevice("d")), now: rowsNow) == .unknown)
    }

    @Test func failOnNarrows() {
        let both = rowsSnapshot(unhealthy, darkDevice("d"))
        #expect(ExitStatus.of(both, now: rowsNow, failOn: .unhealthy) == .unhealthy)
        #expect(ExitStatus.of(both, now: rowsNow, failOn: .unknown) == .unknown)
        #expect(ExitStatus.of(rowsSnapshot(unhealthy), now: rowsNow, failOn: .unknown) == .healthy)
        #expect(ExitStatus.of(rowsSnapshot(darkDevice("d")), now: rowsNow, failOn: .unhealthy) == .healthy)
    }

    @Test func badSessionsOfADarkDeviceAreNotBadButUnknown() {
        var device = unhealthy
        device.reach.fault = rowsTimeout
        #expect(ExitStatus.of(rowsSnapshot(device), now: rowsNow) == .unknown)
        #expect(ExitStatus.of(rowsSnapshot(device), now: rowsNow, failOn: .unhealthy) == .healthy)
    }

    @Test func questionsRefusedAndLinesNotUnderstoodCount() {
        var refused = healthy
        refused.refused = ["bfd": rowsTimeout]
        #expect(ExitStatus.of(rowsSnapshot(refused), now: rowsNow) == .unknown)
        var puzzling = healthy
        puzzling.unparsed = ["status": [Unparsed(line: 1, text: "?")], "bfd": []]
        #expect(ExitStatus.of(rowsSnapshot(puzzling), now: rowsNow) == .unhealthy)
        puzzling.unparsed = ["bfd": []]
        #expect(ExitStatus.of(rowsSnapshot(puzzling), now: rowsNow) == .healthy)
    }

    @Test func parse() {
        #expect(ExitStatus.parsed(unparsed: [], truncated: false) == .healthy)
        #expect(ExitStatus.parsed(unparsed: [], truncated: true) == .unhealthy)
        #expect(ExitStatus.parsed(unparsed: [Unparsed(line: 1, text: "")], truncated: false) == .unhealthy)
    }
}
