// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
import Testing

@testable import NocturneEngine

/// A run that knows, by the journal, what former runs wrote.
@Suite struct FormerRuns {
    private func past(
        _ kind: Subject.Kind, _ name: String, _ after: String, _ severity: Event.Severity, _ time: Double = -100,
        source: Event.Source = .observed
    ) -> Event {
        Event(
            sequence: 77, at: at(time), subject: Subject(kind: kind, device: kind == .path ? nil : "bkk00", name: name),
            after: after, severity: severity, source: source)
    }

    private func world(_ history: [Event]) -> World {
        var network = inventory(["bkk00"])
        network.anycast = [AnycastPrefix(name: "dns", prefix: "192.0.2.53/32", nodes: ["bkk00"])]
        return World(inventory: network, history: history)
    }

    @Test func whatWasReadIsKnownAndNumberedFirst() {
        var world = world([
            past(.peer, "a", "idle", .bad), past(.note, "", "called the NOC", .info, -90, source: .note),
        ])
        #expect(world.snapshot(at: at(0), recorder: .off).events.map(\.sequence) == [1, 2])
        let new = world.receive(report(at(0), peers: [peer("b", .idle)]))
        #expect(new.allSatisfy { $0.sequence > 2 })
    }

    @Test func whatIsStillLostIsNotLostAnew() {
        var world = world([
            past(.peer, "a", "idle", .bad), past(.anycast, "192.0.2.53/32", "withdrawn", .bad),
            past(.guest, "101", "stopped", .bad), past(.path, "jump", "alive", .info),
            past(.device, "", "observed", .info), past(.device, "", "reconfigured", .info),
        ])
        var look = report(at(0), peers: [peer("a", .idle)])
        look.anycast = observed([AnycastSighting(prefix: "192.0.2.53/32", exportedTo: [])], at(0))
        look.guests = observed(
            [Guest(id: "101", name: "101", kind: .lxc, state: .stopped, autostart: true)], at(0))
        #expect(world.receive(look).isEmpty)
        #expect(world.snapshot(at: at(0), recorder: .off).incidents(at: at(0)).count == 1)
    }

    @Test func whatWasMendedMeanwhileIsBackAndClosesTheIncident() {
        var world = world([
            past(.path, "jump", "lost", .bad), past(.peer, "a", "idle", .bad),
            past(.anycast, "192.0.2.53/32", "blackhole", .bad), past(.guest, "101", "stopped", .bad),
        ])
        var look = report(at(0), peers: [peer("a", .established, since: at(-40))])
        look.anycast = observed(
            [AnycastSighting(prefix: "192.0.2.53/32", local: true, bestPath: .local, exportedTo: ["x"])], at(0))
        look.guests = observed([Guest(id: "101", name: "101", kind: .lxc, state: .running)], at(0))
        let events = world.receive(look).filter { $0.subject.kind != .device }
        #expect(events.map(\.subject.kind) == [.path, .peer, .anycast, .guest])
        #expect(events.allSatisfy { $0.severity == .good && $0.notBefore == at(-100) })
        #expect(events[1].deviceTime == at(-40))
        #expect(world.snapshot(at: at(0), recorder: .off).incidents(at: at(0)).map(\.isOpen) == [false])
    }

    @Test func whatWasLostMeanwhileIsLostWithBounds() throws {
        var world = world([past(.peer, "a", "established", .good), past(.peer, "b", "established", .good)])
        let events = world.receive(report(at(0), peers: [peer("a", .active, error: "Hold timer expired")]))
            .filter { $0.subject.kind == .peer }
        #expect(events.map(\.after) == ["active", "absent"])
        #expect(events.allSatisfy { $0.severity == .bad && $0.notBefore == at(-100) })
        #expect(events.first?.evidence == "Hold timer expired")
    }

    @Test func aSessionTheJournalKnowsIsNotToldAgainAndItsEndOnce() {
        let open = [
            past(.change, "s1", "armed: device timer 75 s", .info, -60, source: .change),
            past(.change, "s1", "applied", .info, -50, source: .change),
        ]
        let reverted = DeviceGuard(
            session: "s1", by: "me", what: "x", state: .reverted, armedAt: at(-60), deadline: at(-10), alive: false,
            endedAt: at(-9), detail: "as before")
        var look = report(at(0))
        look.guards = observed([reverted], at(0))
        var second = world(open)
        let told = second.receive(look).filter { $0.subject.kind == .change }
        #expect(told.map(\.after) == ["reverted by the device's own timer"])
        #expect(told.first?.deviceTime == at(-9))
        var third = world(open + told)
        #expect(third.receive(look).allSatisfy { $0.subject.kind != .change })
    }

    @Test func peoplesWordsAreNotPushedOutByTheirNumber() {
        var world = world([])
        let note = Event(
            sequence: 0, at: at(0), subject: Subject(kind: .note, device: "bkk00"), after: "n", severity: .info,
            source: .note)
        _ = world.keep(Array(repeating: note, count: 30))
        #expect(world.events.count == 30)
        var flap = note
        flap.source = .observed
        flap.subject = Subject(kind: .peer, device: "bkk00", name: "a")
        _ = world.keep(Array(repeating: flap, count: 30))
        #expect(world.events.count == 50)
    }
}
