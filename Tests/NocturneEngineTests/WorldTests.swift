// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
import Testing

@testable import NocturneEngine

@Suite struct SessionTransitions {
    @Test func firstSightIsNoTransition() {
        var world = World(inventory: inventory(["bkk00"]))
        let events = world.receive(report(at(0), peers: [peer("a", .idle), peer("b", .established)]))
        #expect(!events.contains { $0.subject.kind == .peer })
    }

    @Test func aLostSessionIsBoundedByTheLooksAroundIt() throws {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("a", .established, since: at(-900), up: 900)]))
        let events = world.receive(
            report(at(2), peers: [peer("a", .active, since: at(1.2), error: "Hold timer expired")]))
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.subject == Subject(kind: .peer, device: "bkk00", name: "a"))
        #expect(event.before == "established")
        #expect(event.after == "active")
        #expect(event.severity == .bad)
        #expect(event.notBefore == at(0))
        #expect(event.at == at(2))
        #expect(event.deviceTime == at(1.2))
        #expect(event.evidence == "Hold timer expired")
    }

    @Test func comingBackIsGoodAndCarriesNoOldError() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("a", .active, error: "Hold timer expired")]))
        let events = world.receive(report(at(2), peers: [peer("a", .established, since: at(1), error: "Hold timer")]))
        #expect(events.map(\.severity) == [.good])
        #expect(events.first?.evidence == nil)
    }

    @Test func severityFollowsWhatWasLost() {
        var world = World(inventory: inventory(["bkk00"]))
        func severity(_ state: PeerState, _ time: Double) -> Event.Severity? {
            world.receive(report(at(time), peers: [peer("a", state)])).first { $0.subject.kind == .peer }?.severity
        }
        #expect(severity(.active, 0) == nil)
        #expect(severity(.connect, 2) == .info)
        #expect(severity(.established, 4) == .good)
        #expect(severity(.disabled, 6) == .warning)
        #expect(severity(.established, 8) == .good)
        #expect(severity(.idle, 10) == .bad)
        #expect(severity(.idle, 12) == nil)
    }

    @Test func sessionsComeAndGo() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("a", .established)]))
        let came = world.receive(report(at(2), peers: [peer("a", .established), peer("b", .idle)]))
        #expect(came.map(\.subject.name) == ["b"])
        #expect(came.first?.before == "absent")
        let went = world.receive(report(at(4), peers: [peer("b", .idle)]))
        #expect(went.map(\.after) == ["absent"])
        #expect(went.map(\.severity) == [.bad])
    }

    @Test func aSessionThatIsYoungerThanTheLastLookWentDownInBetween() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("a", .established, since: at(-900), up: 900)]))
        let events = world.receive(report(at(6), peers: [peer("a", .established, since: at(4), up: 2)]))
        #expect(events.map(\.severity) == [.warning])
        #expect(events.first?.deviceTime == at(4))
    }

    @Test func aClockThatWasSetIsNoFlap() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("a", .established, since: at(-900), up: 900)]))
        #expect(world.receive(report(at(2), peers: [peer("a", .established, since: at(-300), up: 902)])).isEmpty)
    }

    @Test func neighboursAndConfigurationAreWatchedToo() {
        var world = World(inventory: inventory(["bkk00"]))
        func look(_ time: Double, _ bfd: BFDState, _ ospf: String, configured: Double, id: String) -> [Event] {
            var report = report(at(time))
            report.bfd = observed([BFDSession(peer: "203.0.113.1", interface: "eth0", state: bfd)], at(time))
            report.ospf = observed([OSPFNeighbor(neighborId: "10.0.0.9", interface: "eth1", state: ospf)], at(time))
            report.status = observed(
                DaemonStatus(platform: .bird, routerId: id, lastReconfiguration: at(configured)), at(time))
            return world.receive(report)
        }
        #expect(look(0, .up, "full", configured: -50, id: "10.0.0.1").map(\.subject.kind) == [.path, .device])
        let events = look(2, .down, "init", configured: 1, id: "10.0.0.2")
        #expect(events.map(\.subject.kind) == [.device, .device, .bfd, .ospf])
        #expect(events.map(\.after) == ["reconfigured", "router id 10.0.0.2", "down", "init"])
        #expect(events.map(\.severity) == [.info, .warning, .bad, .bad])
        #expect(events.first?.deviceTime == at(1))
        #expect(look(4, .down, "init", configured: 1, id: "10.0.0.2").isEmpty)
        // The date trembles in its last digit: nobody configured anything.
        #expect(look(6, .down, "init", configured: 1.002, id: "10.0.0.2").isEmpty)
    }

    @Test func aFailedQuestionKeepsTheOldValueAndItsTime() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("a", .established)]))
        var second = report(at(2), peers: nil)
        second.refused = ["bgp-peers": fault(.daemon)]
        second.status = observed(DaemonStatus(platform: .bird), at(2))
        #expect(world.receive(second).isEmpty)
        #expect(world.devices[0].peers?.at == at(0))
        #expect(world.devices[0].peers?.value.map(\.name) == ["a"])
        #expect(world.devices[0].refused["bgp-peers"] != nil)
    }

    @Test func flappingStaysInItsOwnPlaces() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("quiet", .established), peer("flap", .established)]))
        _ = world.receive(report(at(2), peers: [peer("quiet", .idle), peer("flap", .established)]))
        for step in 2..<5000 {
            let state: PeerState = step.isMultiple(of: 2) ? .idle : .established
            _ = world.receive(report(at(Double(step) * 2), peers: [peer("quiet", .idle), peer("flap", state)]))
        }
        let events = world.snapshot(at: at(10_000), recorder: .off).events
        let flapping = Subject(kind: .peer, device: "bkk00", name: "flap")
        #expect(events.filter { $0.subject == flapping }.count == 20)
        #expect(events.contains { $0.subject.name == "quiet" })
        #expect(world.history(of: flapping).count == 20)
        #expect(world.history(of: flapping).last?.sequence == events.last?.sequence)
    }

    @Test func theTailIsBounded() {
        let names = (0..<900).map { "d\($0)" }
        var world = World(inventory: inventory(names))
        for name in names { _ = world.receive(report(name, at(0))) }
        #expect(world.events.count == 901)
        let events = world.snapshot(at: at(1), recorder: .off).events
        #expect(events.count == 500)
        #expect(events.map(\.sequence) == Array(402...901))
    }
}
