// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import Testing

@testable import NocturneReport

@Suite struct ServiceRowsTests {
    private let now = SampleNetwork.now

    private func keys(_ value: JSONValue) -> [String] {
        if case .members(let members) = value { members.map(\.key) } else { [] }
    }

    private func row(_ rows: [JSONValue], _ members: [String: JSONValue]) -> JSONValue? {
        rows.first { row in members.allSatisfy { row[$0.key] == $0.value } }
    }

    @Test func anAnycastRowIsTheContract() throws {
        let text = AnycastRows.json(SampleNetwork.serving(), now: now)
        let line = try #require(text.split(separator: "\n").first { $0.contains("\"bkk06\"") && $0.contains("81/32") })
        #expect(
            line.hasPrefix(
                """
                {"name":"local","prefix":"203.0.113.81/32","device":"bkk06","platform":"bird","wanted":true,\
                "verdict":"ok","local":true,"interface":"lo","bestPath":"unicast","announced":true,\
                "exportedTo":["rr_bkk00","rr_bkk20"],"answers":true,"answeredBy":"bkk06.example.net",\
                "answerMilliseconds":0.41,"reason":null,"observedAt":"2026-11-21T02:14:0
                """))
        #expect(line.contains("\"path\":\"jump\"}"))
        for row in AnycastRows.rows(SampleNetwork.troubled(), now: now) { #expect(keys(row) == AnycastRows.keys) }
    }

    @Test func whatIsNotSeenIsNullAndUnknown() {
        let rows = AnycastRows.rows(SampleNetwork.troubled(), now: now)
        let hole = row(rows, ["device": "bkk06", "prefix": .string(SampleNetwork.local)])
        #expect(hole?["verdict"] == "blackhole" && hole?["local"] == .bool(false) && hole?["answers"] == .null)
        #expect(hole?["reason"] == "announced, not on any interface")
        let dark = row(rows, ["device": "bkk08", "prefix": .string(SampleNetwork.global)])
        #expect(dark?["verdict"] == "unknown" && dark?["announced"] == .null && dark?["exportedTo"] == .null)
        #expect(dark?["reason"] == "bkk08 10.155.108.8:22: no answer to TCP within 5 s after the jump")
        #expect(row(rows, ["device": "bkk08", "prefix": .string(SampleNetwork.local)])?["verdict"] == "not deployed")
    }

    @Test func aGuestRowIsTheContract() throws {
        let text = GuestRows.json(SampleNetwork.serving(), now: now)
        let line = try #require(text.split(separator: "\n").first { $0.contains("penumbra") })
        #expect(
            line.hasPrefix(
                """
                {"device":"bkk06","platform":"lxc","id":"140","name":"penumbra","kind":"vm","state":"running",\
                "health":null,"exitCode":null,"uptimeSeconds":266400,"autostart":true,\
                "addresses":["192.0.2.140","2001:db8::140"],"partial":false,"services":[],"observedAt":"2026-11-21T02:14:0
                """))
        let rows = GuestRows.rows(SampleNetwork.troubled(), now: now)
        #expect(row(rows, ["device": "bkk07", "id": "haproxy"])?["state"] == "stopped")
        #expect(row(rows, ["device": "bkk07", "id": "haproxy"])?["uptimeSeconds"] == .null)
        #expect(row(rows, ["device": "bkk07", "id": "haproxy"])?["services"] == .array(["haproxy"]))
        // One object for the device that is dark, none of the guests it had.
        let dark = rows.filter { $0["device"] == "bkk08" }
        #expect(dark.count == 1 && dark[0]["state"] == "unknown" && dark[0]["rung"] == "tcp")
        for row in rows where row["state"] != "unknown" { #expect(keys(row) == GuestRows.keys) }
    }

    @Test func aDeviceThatRefusesToTellItsGuestsIsNotEmpty() {
        var snapshot = SampleNetwork.serving()
        SampleNetwork.change(&snapshot, "bkk07") { device in
            device.guests = nil
            device.refused["guests"] = Fault(
                rung: .prompt, code: "no-right", place: "bkk07", message: "lxc-ls needs root", hint: "allow it",
                retries: true)
        }
        let rows = GuestRows.rows(snapshot, now: now).filter { $0["device"] == "bkk07" }
        #expect(rows.map { $0["reason"] } == ["bkk07: lxc-ls needs root"])
        let service = ServiceRows.rows(snapshot, now: now).first
        #expect(service?["state"] == "unknown" && service?["running"] == .int(2) && service?["unseen"] == .int(1))
    }

    @Test func aServiceRowIsTheContract() throws {
        let text = ServiceRows.json(SampleNetwork.serving(), now: now)
        #expect(
            text.split(separator: "\n").dropFirst().first?.hasPrefix(
                """
                {"name":"haproxy","state":"up","running":3,"want":3,"unseen":0,"guests":[\
                {"device":"bkk06","id":"haproxy","state":"running"},{"device":"bkk07","id":"haproxy","state":"running"},\
                {"device":"bkk08","id":"haproxy","state":"running"}],"observedAt":"2026-11-21T02:14:0
                """) == true)
        let rows = ServiceRows.rows(SampleNetwork.troubled(), now: now)
        #expect(rows.map { $0["state"] } == ["degraded", "unknown"])
        #expect(rows.map { $0["running"] } == [.int(1), .int(2)])
        #expect(rows[0]["reason"] == "bkk07/haproxy stopped, 1 not seen")
        let csv = ServiceRows.csv(SampleNetwork.troubled(), now: now)
        #expect(
            csv.contains("haproxy,degraded,1,3,1,bkk06/haproxy=running bkk07/haproxy=stopped bkk08/haproxy=unknown,"))
    }

    @Test func everyDocumentIsJSONAndEveryTableHasItsColumns() throws {
        for snapshot in [SampleNetwork.serving(), SampleNetwork.troubled(), SampleNetwork.healthy()] {
            for text in [
                AnycastRows.json(snapshot, now: now), GuestRows.json(snapshot, now: now),
                ServiceRows.json(snapshot, now: now),
            ] {
                #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [Any])
            }
        }
        let snapshot = SampleNetwork.troubled()
        let header = AnycastRows.csv(snapshot, now: now).prefix { $0 != "\r\n" }
        #expect(header == AnycastRows.keys.joined(separator: ","))
    }

    @Test func tablesSayWhatIsWrong() {
        let snapshot = SampleNetwork.troubled()
        let anycast = Table.anycast(snapshot, now: now, unicode: false)
        #expect(anycast.utf8.allSatisfy { $0 < 0x80 })
        #expect(anycast.contains("bkk06   X BLACKHOLE") || anycast.contains("bkk06  X BLACKHOLE"))
        #expect(anycast.hasSuffix("1 down, 0 degraded, 1 dark, 3 up of 5 prefixes on their nodes\n"))
        let guests = Table.guests(snapshot, now: now, unicode: true)
        #expect(guests.contains("✖ haproxy  haproxy   lxc   stopped"))
        #expect(guests.contains("? bkk08: bkk08 10.155.108.8:22: no answer to TCP") == false)
        #expect(guests.hasSuffix("? bkk08: no answer to TCP within 5 s after the jump\n"))
        let services = Table.services(snapshot, now: now, unicode: true)
        #expect(services.contains("! degraded  1 of 3"))
        #expect(services.hasSuffix("0 down, 1 degraded, 1 dark, 0 up of 2 services\n"))
        #expect(Table.services(SampleNetwork.healthy(), now: now, unicode: true).hasPrefix("No service"))
        #expect(Table.peers(snapshot, now: now, unicode: true).contains("of 71 devices, sessions, prefixes"))
    }

    @Test func theStatusIsThatOfWhatIsListed() {
        func healths(_ snapshot: Snapshot) -> [Health] { snapshot.serviceRows(at: now).map(\.health) }
        #expect(ExitStatus.of(healths(SampleNetwork.serving())) == .healthy)
        #expect(ExitStatus.of([.up, .degraded]) == .unhealthy)
        #expect(ExitStatus.of([.up, .down, .dark]) == .unknown, "what is not seen may hide worse")
        #expect(ExitStatus.of([.up], hidden: true) == .unknown)
        #expect(ExitStatus.of([.down, .dark], failOn: .unhealthy) == .unhealthy)
        #expect(ExitStatus.of([.down], failOn: .unknown) == .healthy)
    }
}
