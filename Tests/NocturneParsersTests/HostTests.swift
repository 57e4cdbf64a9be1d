// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import Testing

/// What a Linux host says of its addresses, and of change sessions.
@Suite struct HostTests {
    private func outcome(_ text: String) -> ParseOutcome {
        ParserEntry.parse(platform: .linux, query: .addresses, text: ScrubbedText(scrubbing: text))
    }

    private static let addresses = """
        [{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"addr_info":[
        {"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo","valid_life_time":4294967295},
        {"family":"inet","local":"198.51.100.81","prefixlen":32,"scope":"global"}]},{"ifindex":2,"ifname":"\\u0065th0",
        "flags":["BROADCAST"],"addr_info":[{"family":"inet6","local":"2001:db8::5","prefixlen":64,"dynamic":true}]},
        {"ifname":"eth1","flags":[],"addr_info":[]},{}]

        """

    @Test func addressesWithTheirInterfaces() {
        let rows = [
            InterfaceAddress(address: "127.0.0.1/8", interface: "lo"),
            InterfaceAddress(address: "198.51.100.81/32", interface: "lo"),
            InterfaceAddress(address: "2001:db8::5/64", interface: "eth0", disabled: true, dynamic: true),
        ]
        #expect(outcome(Self.addresses) == .parsed(Parsed(rows: .addresses(rows))))
        #expect(outcome("$ ip -j addr show\n" + Self.addresses) == .parsed(Parsed(rows: .addresses(rows))))
        #expect(outcome("[]\n") == .parsed(Parsed(rows: .addresses([]))))
    }

    @Test func whatWasCutIsCut() {
        for count in [1, 40, 200, 300] {
            guard case .parsed(let parsed) = outcome(String(Self.addresses.prefix(count))) else {
                Issue.record("\(outcome(String(Self.addresses.prefix(count))))")
                continue
            }
            #expect(parsed.truncated)
            #expect(parsed.rows.count == 0)
        }
    }

    @Test func refusedAndForeign() {
        guard case .cannotAnswer = outcome("sh: 1: ip: not found\n") else {
            Issue.record("a missing ip is an answer")
            return
        }
        guard case .notThisPlatform = outcome("1: lo: <LOOPBACK,UP> mtu 65536\n") else {
            Issue.record("text is JSON")
            return
        }
    }

    @Test(arguments: [
        "[", "[1", "[{]", "[\"\\u12\"]", "[\"\\ud800\"]", "[01x]", "[tru]", "{\"a\":}", "[1,]", "[]]",
        String(repeating: "[", count: 100_000),
    ])
    func brokenJSONGivesNoRows(_ text: String) {
        if case .parsed(let parsed) = outcome(text + "\n") {
            #expect(parsed.rows.count == 0)
            #expect(parsed.truncated || !parsed.unparsed.isEmpty)
        }
    }

    // MARK: Change sessions

    private func guards(_ text: String) -> [DeviceGuard] { GuardParser.parse(ScrubbedText(scrubbing: text)) }

    private static let armed = """
        [change]
        session=20261121-021310-bkk20
        device=bkk20
        by=ops
        what=bird.conf: prepend=3, 2 lines
        armed=1795227190
        deadline=1795227490
        state=armed 1795227190
        alive=1

        """

    @Test func anArmedSessionTellsWhatIsLeft() {
        #expect(
            guards(Self.armed + "now=1795227460\n") == [
                DeviceGuard(
                    session: "20261121-021310-bkk20", by: "ops", what: "bird.conf: prepend=3, 2 lines", state: .armed,
                    armedAt: UTC(milliseconds: 1_795_227_190_000), deadline: UTC(milliseconds: 1_795_227_490_000),
                    remainingSeconds: 30, alive: true)
            ])
        #expect(guards(Self.armed + "now=1795229999\n").first?.remainingSeconds == 0)
        #expect(guards(Self.armed).first?.remainingSeconds == nil)
    }

    @Test func anEndedOneTellsWhenAndHow() throws {
        let text = Self.armed.replacing("state=armed 1795227190", with: "state=reverted 1795227491 by deadline, ok")
            .replacing("alive=1", with: "alive=0")
        let ended = try #require(guards(text + "now=1795227500\n").first)
        #expect(ended.state == .reverted)
        #expect(ended.endedAt == UTC(milliseconds: 1_795_227_491_000))
        #expect(ended.detail == "by deadline, ok")
        #expect(ended.remainingSeconds == nil)
        #expect(!ended.alive)
    }

    @Test func severalAndNone() {
        let second = Self.armed.replacing("20261121-021310-bkk20", with: "b").replacing("armed 1", with: "stuck 1")
        #expect(guards(Self.armed + second + "now=1795227460\n").map(\.state) == [.armed, .stuck])
        #expect(guards("now=1795227460\n") == [])
        #expect(guards("") == [])
    }

    @Test(arguments: ["session", "armed", "deadline", "state"])
    func whatLacksAPartIsNoPromise(_ key: String) {
        let text = Self.armed.split(separator: "\n").filter { !$0.hasPrefix(key + "=") }.joined(separator: "\n")
        #expect(guards(text + "\nnow=1795227460\n") == [])
    }

    @Test func hostileNumbersAndWords() {
        #expect(guards(Self.armed.replacing("1795227490", with: "99999999999999999999")) == [])
        #expect(guards(Self.armed.replacing("1795227490", with: "9223372036854775807")) == [])
        #expect(guards(Self.armed.replacing("state=armed", with: "state=fine")) == [])
        // A free text cannot replace what was said before it.
        #expect(guards(Self.armed + "session=other\n").first?.session == "20261121-021310-bkk20")
    }
}
