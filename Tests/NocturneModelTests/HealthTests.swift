// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@Suite struct HealthTests {
    private let now = UTC(milliseconds: 1_000_000)

    private func device(_ name: DeviceName, peers: [PeerState]?, age: Duration = .seconds(1), fault: Fault? = nil)
        -> DeviceState
    {
        DeviceState(
            name: name, platform: .linux, address: "192.0.2.1", reach: Reach(climbed: .daemon, fault: fault),
            peers: peers.map {
                Observed(
                    $0.enumerated().map { Peer(platform: .bird, name: "p\($0)", state: $1) }, at: now - age,
                    path: "jump",
                    question: "q", tookMilliseconds: 1)
            })
    }

    private func fault(_ rung: Rung, place: String) -> Fault {
        Fault(rung: rung, code: "c", place: place, message: "m", retries: true)
    }

    @Test func worstFirst() { #expect(Health.allCases.sorted() == [.down, .degraded, .dark, .up]) }

    @Test(arguments: [
        (PeerState.established, Health.up), (.idle, .down), (.connect, .down), (.active, .down), (.opensent, .down),
        (.openconfirm, .down), (.disabled, .degraded), (.unknown, .dark),
    ])
    func healthOfASession(_ state: PeerState, _ health: Health) {
        #expect(Peer(platform: .bird, name: "p", state: state).health == health)
    }

    @Test(arguments: [
        (BFDState?.none, Health.up), (.up, .up), (.down, .degraded), (.`init`, .up), (.admindown, .up), (.unknown, .up),
    ])
    func bfdDownMakesAnEstablishedSessionDegraded(_ bfd: BFDState?, _ health: Health) {
        #expect(Peer(platform: .bird, name: "p", state: .established, bfd: bfd).health == health)
    }

    @Test func darkIsNeitherUpNorDown() {
        let never = device("a", peers: nil)
        #expect(never.health(at: now) == .dark)
        let old = device("a", peers: [.active, .established], age: .milliseconds(10_001))
        #expect(old.health(at: now) == .dark)
        #expect(old.peers?.value.map { old.health(of: $0, at: now) } == [.dark, .dark])
        let fresh = device("a", peers: [.active, .established], age: .milliseconds(10_000))
        #expect(fresh.health(at: now) == .up)
        #expect(fresh.peers?.value.map { fresh.health(of: $0, at: now) } == [.down, .up])
        #expect(device("a", peers: [.established], fault: fault(.tcp, place: "a")).health(at: now) == .dark)
    }

    @Test func slowPollsAreGivenFiveOfThem() {
        var slow = device("a", peers: [.established], age: .seconds(299))
        slow.pollMilliseconds = 60_000
        #expect(!slow.isDark(at: now))
        #expect(slow.isDark(at: now + .seconds(2)))
    }

    @Test func refusedQuestionsAndUnknownLinesDegrade() {
        var refused = device("a", peers: [])
        refused.refused = ["bfd": fault(.daemon, place: "a")]
        #expect(refused.health(at: now) == .degraded)
        var puzzling = device("a", peers: [])
        puzzling.unparsed = ["bgp-peers": [Unparsed(line: 1, text: "?")]]
        #expect(puzzling.health(at: now) == .degraded)
        puzzling.unparsed = ["bgp-peers": []]
        #expect(puzzling.health(at: now) == .up)
    }

    @Test func countsSumToEverything() {
        let devices = [
            device("a", peers: [.established, .active, .disabled], age: .seconds(4)),
            device("b", peers: [.established], age: .seconds(2)),
            device("c", peers: [.established, .established], fault: fault(.tcp, place: "c 192.0.2.3:22")),
            device("d", peers: nil, fault: fault(.path, place: "jump")),
            device("e", peers: nil, fault: fault(.path, place: "jump")),
            device("f", peers: nil),
        ]
        let counts = Snapshot(at: now, site: "t", devices: devices).counts(at: now)
        #expect(counts.total == devices.count + 6)
        #expect(counts.down == 1)
        #expect(counts.degraded == 1)
        #expect(counts.up == 4)
        #expect(counts.dark == 6)
        #expect(counts.darkCauses == 3, "c, the path of d and e, and f")
        #expect(counts.oldest == now - .seconds(4), "what is dark is not the oldest, it is not seen")
    }

    @Test func nothingHasNoAge() {
        let counts = Snapshot(at: now, site: "t").counts(at: now)
        #expect(counts.total == 0 && counts.oldest == nil)
    }

    @Test func bracketsInAnEndpoint() {
        #expect(SSHEndpoint(user: "ops", host: "192.0.2.1").description == "ops@192.0.2.1:22")
        #expect(SSHEndpoint(user: "ops", host: "2001:db8::1", port: 2222).description == "ops@[2001:db8::1]:2222")
    }
}
