// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@testable import NocturneInventory

@Suite struct ReadingTests {
    @Test func readsEveryKeyOfACompleteInventory() throws {
        let ssh = EmbeddedSSH()
        let inventory = try resolve(complete, on: machine(["SSH_AUTH_SOCK": "/run/agent"]), ssh: ssh).inventory
        #expect(inventory.site == "tst")
        #expect(inventory.protected)
        #expect(inventory.file == "/etc/net/inv.yaml")
        #expect(inventory.paths.map(\.name) == ["jump", "direct"])
        #expect(
            inventory.paths[0].hops.map(\.description) == ["ops@jump.example.net:2200", "ops@[2001:db8::5]:22"])
        #expect(inventory.paths[0].hops[0].identities == ["/home/mai/.ssh/id_ed25519"])
        #expect(inventory.paths[1].hops.isEmpty)
        #expect(inventory.devices.map(\.name) == ["r1", "h6", "h7", "f1"])
        let (r1, h6, h7, f1) = (
            inventory.devices[0], inventory.devices[1], inventory.devices[2], inventory.devices[3]
        )
        #expect(r1.platform == .routeros && r1.runs.isEmpty && r1.group == "edge" && r1.role == "edge router")
        #expect(r1.model == "CCR2216" && r1.poll == .milliseconds(500) && r1.become == "sudo -n")
        #expect(r1.endpoint.knownHosts == ["/etc/net/hosts", "/etc/ssh/known"])
        #expect(r1.endpoint.agent == "/run/agent")
        #expect(h6.platform == .linux && h6.runs == [.bird, .zfs])
        #expect(h6.endpoint.description == "ops@[2001:db8::6]:22")
        #expect(h7.platform == .linux && h7.runs == [.bird])
        #expect(h7.endpoint.description == "root@h7.example.net:2222")
        #expect(h7.endpoint.identities == ["/k/a", "/k/b"] && h7.poll == .seconds(5))
        #expect(f1.runs == [.frr] && f1.paths == ["jump"])
        #expect(ssh.calls.all.isEmpty, "ssh costs time before the first frame and had nothing to add")
    }

    @Test func withoutPathsEveryDeviceIsReachedDirectly() throws {
        let inventory = try resolve("devices: [{name: a, platform: bird}]").inventory
        #expect(inventory.paths == [AccessPath(name: "direct", hops: [])])
        #expect(inventory.devices[0].endpoint.host == "a")
        #expect(inventory.devices[0].poll == .seconds(2))
    }

    @Test func sectionsOfLaterPartsAreAcceptedAndNoted() throws {
        let text =
            complete + """
                uplinks:
                  - {name: u, device: r1, peer: 192.0.2.2, as: 64500, role: active, local-pref: 120, med: 100, prepend: 2, communities: ["64500:1"], circuit: C1}
                circuits: [{id: C1, order: O1, provider: P, vlan: 2519, headend: H, committed: 400M, burst: 800M, contact: noc@example.net}]
                anycast:
                  - {name: any, prefix: 198.51.100.1/32, nodes: [h6, h7], vantages: [r1, outside], probes: [{icmp: true}, {tcp: 443}]}
                services: [{name: s, guests: [h6/106], want: 2, probe: {http: {port: 80}}, promise: {failover: 5s}}]
                monitoring: {prometheus: "http://prom.example.net:9090"}
                freeze: [{from: 2026-12-18, to: 2027-01-04, why: exchange freeze}]
                zones: [example.net]
                drained: []
                """
        let notes = try resolve(text).notes.map(\.message)
        #expect(
            notes.contains { $0.contains("uplinks, circuits, monitoring, freeze, zones, drained") })
    }

    @Test func aReferenceToAnUnlistedDeviceIsNoted() throws {
        let notes = try resolve("uplinks: [{device: bkk1}]\ndevices: [{name: bkk10, platform: bird}]\n").notes
        #expect(notes.contains { $0.line == 1 && $0.message.contains("the nearest is \"bkk10\"") })
    }

    @Test(arguments: [
        ("500ms", Duration.milliseconds(500)), ("2s", .seconds(2)), ("1.5s", .milliseconds(1500)),
        ("5m", .seconds(300)),
        ("1 h", .seconds(3600)),
    ])
    func readsDurations(_ text: String, _ value: Duration) { #expect(DurationText.parse(text) == value) }

    @Test(arguments: ["", "2", "s", "-2s", "2 weeks", "1.2.3s", ".s", "2s2", "999999999999999999999d", "٢s"])
    func refusesOtherDurations(_ text: String) { #expect(DurationText.parse(text) == nil) }

    @Test func readsHops() throws {
        #expect(try HopText("jump") == HopText(host: "jump"))
        #expect(try HopText("ops@jump:22") == HopText(user: "ops", host: "jump", port: 22))
        #expect(try HopText("[2001:db8::1]:2222") == HopText(host: "2001:db8::1", port: 2222))
        #expect(try HopText("ops@[fe80::1%eth0]") == HopText(user: "ops", host: "fe80::1%eth0"))
        #expect(try HopText("2001:db8::1") == HopText(host: "2001:db8::1"))
        #expect(try HopText("{device}@jump") == HopText(user: "{device}", host: "jump"))
        #expect(try HopText("a@corp@bastion") == HopText(user: "a@corp", host: "bastion"))
    }

    @Test(arguments: [
        "", "@jump", "ops@", "jump:", "jump:0", "jump:65536", "jump:ssh", "[2001:db8::1", "[2001:db8::1]22",
        "[jump]:22",
        "-oProxyCommand=x", "-l@jump", "a b@jump", "jump/24", "300.1.1.1",
    ])
    func refusesOtherHops(_ text: String) {
        #expect(throws: HopText.Fault.self) { try HopText(text) }
    }
}
