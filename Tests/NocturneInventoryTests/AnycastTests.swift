// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@testable import NocturneInventory

/// `anycast` and `services`: what ought to be, and every way to write it wrong.
@Suite struct AnycastTests {
    private let devices =
        "devices: [{name: bkk06, platform: linux, runs: [bird, lxc]}, {name: bkk07, platform: bird}]\n"

    private func problem(_ text: String) -> InventoryProblem? {
        let found = problems(text + "\n" + devices)
        return found.count == 1 ? found.first : nil
    }

    @Test func whatIsWantedIsRead() throws {
        let resolved = try resolve(
            """
            anycast:
              - {name: local, prefix: 198.51.100.81/32, nodes: [bkk06, bkk07], probes: [{dns: {chaos: id.server}}]}
              - {name: six, prefix: "2001:DB8:0::51/128", nodes: bkk06, vantages: [outside], probes: [{tcp: 443}]}
            services:
              - {name: rpc, guests: [bkk06/106, bkk07/rpc-2]}
              - {name: dns, guests: [bkk06/dns, bkk07/dns], want: 1, promise: {failover: 5s}}

            """ + devices)
        let inventory = resolved.inventory
        #expect(
            inventory.anycast == [
                AnycastPrefix(
                    name: "local", prefix: "198.51.100.81/32", nodes: ["bkk06", "bkk07"], asksIdentity: true),
                AnycastPrefix(name: "six", prefix: "2001:db8::51/128", nodes: ["bkk06"]),
            ])
        let both: (String) -> [GuestRef] = { [GuestRef(device: "bkk06", id: $0), GuestRef(device: "bkk07", id: $0)] }
        #expect(
            inventory.services == [
                Service(
                    name: "rpc",
                    guests: [GuestRef(device: "bkk06", id: "106"), GuestRef(device: "bkk07", id: "rpc-2")], want: 2),
                Service(name: "dns", guests: both("dns"), want: 1),
            ])
        #expect(inventory.devices[0].runs == [.bird, .lxc])
        let notes = resolved.notes.map(\.message)
        #expect(notes.contains { $0.contains("`vantages` in anycast entry \"six\" are not used") })
        #expect(notes.contains { $0.contains("a probe of anycast entry \"six\" is not used") })
        #expect(notes.contains { $0.contains("`promise` in service \"dns\"") })
        #expect(!notes.contains { $0.contains("anycast, services") })

        let text = InventoryPrinter.text(resolved)
        #expect(text.contains("local  198.51.100.81/32 on bkk06, bkk07, asked for id.server"))
        #expect(text.contains("rpc  wants 2 of bkk06/106, bkk07/rpc-2"))
        let json = InventoryPrinter.json(resolved)
        #expect(json["anycast"]?.text.contains("\"asksIdentity\":true") == true)
        #expect(json["services"]?.text.contains("\"bkk07/rpc-2\"") == true)
    }

    @Test(arguments: [
        ("198.51.100.81", "has no length"), ("198.51.100.81/33", "has a wrong length"),
        ("198.51.100.81/x", "has a wrong length"), ("198.51.100.81/24/1", "has a wrong length"),
        ("198.51.100.81/24", "has bits set behind its length"), ("local/32", "that is no IP address"),
        ("198.51.100/24", "that is no IP address"), ("2001:db8::1/129", "has a wrong length"), ("/32", "no IP address"),
    ])
    func aPrefixThatIsNone(_ prefix: String, _ message: String) throws {
        let found = try #require(problem("anycast: [{name: a, nodes: [bkk06], prefix: \"\(prefix)\"}]"))
        #expect(found.message.contains(message))
        #expect((found.line, found.column) == (1, 45))
    }

    @Test func aDeviceThatIsNotThereIsNamedWithItsPlace() throws {
        let node = try #require(problem("anycast: [{name: a, prefix: 192.0.2.1/32, nodes: [bkk06, bk07]}]"))
        #expect(node.message.contains("names device \"bk07\", which `devices` does not have; the nearest is \"bkk07\""))
        #expect((node.line, node.column) == (1, 58))
        let guest = try #require(problem("services: [{name: s, guests: [bkk6/106]}]"))
        #expect(guest.message.contains("the nearest is \"bkk06\""))
        #expect((guest.line, guest.column) == (1, 31))
    }

    @Test(arguments: [
        ("anycast: [{name: a, nodes: [bkk06]}]", "has no `prefix`"),
        ("anycast: [{name: a, prefix: 192.0.2.1/32}]", "has no `nodes`"),
        ("anycast: [{prefix: 192.0.2.1/32, nodes: [bkk06]}]", "has no `name`"),
        ("services: [{name: s}]", "has no `guests`"),
        ("services: [{name: s, guests: [106]}]", "cannot have \"106\""),
        ("services: [{name: s, guests: [bkk06/]}]", "cannot have \"bkk06/\""),
        ("services: [{name: s, guests: [bkk06/1], want: -1}]", "must be a number"),
        ("services: [{name: s, guests: [bkk06/1], probe: x}]", "must be keys with values"),
    ])
    func whatIsMissingOrWrong(_ line: String, _ message: String) throws {
        let found = try #require(problem(line))
        #expect(found.message.contains(message), "\(found.message)")
    }

    @Test func twoOfOneNameOrPrefix() {
        let found = problems(
            """
            anycast:
              - {name: a, prefix: 192.0.2.1/32, nodes: [bkk06]}
              - {name: a, prefix: 192.0.2.1/32, nodes: [bkk07]}
            services: [{name: s, guests: [bkk06/1]}, {name: s, guests: [bkk06/1]}]

            """ + devices)
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.message.contains("stands twice") })
    }
}
