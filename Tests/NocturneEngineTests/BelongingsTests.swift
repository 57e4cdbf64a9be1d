// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
import Testing

@testable import NocturneEngine

private let prefix = "192.0.2.53/32"

private func network(services: [Service] = []) -> Inventory {
    var network = inventory(["bkk06", "bkk07"])
    network.anycast = [AnycastPrefix(name: "dns", prefix: prefix, nodes: ["bkk06"])]
    network.services = services
    return network
}

private func sighting(local: Bool? = true, to exported: [String]? = ["core"]) -> AnycastSighting {
    AnycastSighting(prefix: prefix, local: local, bestPath: .unicast, exportedTo: exported)
}

private func guest(_ id: String, _ state: Guest.State, up: Int? = nil, autostart: Bool? = nil) -> Guest {
    Guest(id: id, name: "ct\(id)", kind: .lxc, state: state, uptimeSeconds: up, autostart: autostart)
}

private func look(
    _ device: String, _ time: Double, anycast: [AnycastSighting]? = nil, guests: [Guest]? = nil,
    guards: [DeviceGuard]? = nil
) -> SweepReport {
    var report = report(device, at(time))
    report.anycast = anycast.map { observed($0, at(time)) }
    report.guests = guests.map { observed($0, at(time)) }
    report.guards = guards.map { observed($0, at(time)) }
    return report
}

private func look(
    _ time: Double, anycast: [AnycastSighting]? = nil, guests: [Guest]? = nil, guards: [DeviceGuard]? = nil
) -> SweepReport {
    look("bkk06", time, anycast: anycast, guests: guests, guards: guards)
}

private func of(_ kind: Subject.Kind, _ events: [Event]) -> [Event] { events.filter { $0.subject.kind == kind } }

@Suite struct AnycastTransitions {
    @Test func aBlackHoleIsALossAndItsReasonTheEvidence() throws {
        var world = World(inventory: network())
        #expect(of(.anycast, world.receive(look(0, anycast: [sighting()]))).isEmpty)
        let event = try #require(of(.anycast, world.receive(look(2, anycast: [sighting(local: false)]))).first)
        #expect(event.subject == Subject(kind: .anycast, device: "bkk06", name: prefix))
        #expect(event.before == "ok" && event.after == "blackhole")
        #expect(event.severity == .bad && event.isSymptom)
        #expect(event.evidence == "announced, not on any interface")
        #expect(event.notBefore == at(0) && event.at == at(2))
        #expect(of(.anycast, world.receive(look(4, anycast: [sighting(local: false)]))).isEmpty)
        let back = of(.anycast, world.receive(look(6, anycast: [sighting()])))
        #expect(back.map(\.severity) == [.good])
        #expect(world.snapshot(at: at(6), recorder: .off).incidents(at: at(6)).map(\.isOpen) == [false])
    }

    @Test func whatCannotBeJudgedIsDarkAndNoEvent() {
        var world = World(inventory: network())
        _ = world.receive(look(0, anycast: [sighting()]))
        #expect(of(.anycast, world.receive(look(2, anycast: [sighting(to: nil)]))).isEmpty)
        #expect(of(.anycast, world.receive(look(4, anycast: []))).isEmpty)
        #expect(of(.anycast, world.receive(look(6))).isEmpty)
        let events = of(.anycast, world.receive(look(8, anycast: [sighting(to: [])])))
        #expect(events.map(\.after) == ["withdrawn"])
        #expect(events.map(\.notBefore) == [at(0)])
    }

    @Test func aStrayIsAWarningAndFirstSightIsSilentUnlessLost() {
        var world = World(inventory: network())
        #expect(of(.anycast, world.receive(look("bkk07", 0, anycast: [sighting(to: [])]))).isEmpty)
        let stray = of(.anycast, world.receive(look("bkk07", 2, anycast: [sighting()])))
        #expect(stray.map(\.after) == ["stray"] && stray.map(\.severity) == [.warning])
        let first = of(.anycast, world.receive(look(0, anycast: [sighting(to: [])])))
        #expect(first.map(\.severity) == [.bad])
        #expect(first.map(\.before) == [nil] && first.map(\.notBefore) == [nil])
    }
}

@Suite struct GuestTransitions {
    private func severity(_ guest: Guest, service: Bool = false) -> Event.Severity? {
        let services =
            service ? [Service(name: "web", guests: [GuestRef(device: "bkk06", id: guest.name)], want: 1)] : []
        var world = World(inventory: network(services: services))
        var running = guest
        running.state = .running
        _ = world.receive(look(0, guests: [running]))
        return of(.guest, world.receive(look(2, guests: [guest]))).first?.severity
    }

    @Test func howBadDependsOnWhoWantsIt() {
        #expect(severity(guest("101", .stopped)) == .warning)
        #expect(severity(guest("101", .stopped, autostart: false)) == .warning)
        #expect(severity(guest("101", .stopped, autostart: true)) == .bad)
        #expect(severity(guest("101", .stopped), service: true) == .bad)
        #expect(severity(guest("101", .unknown), service: true) == nil)
    }

    @Test func startedGoneAndNew() {
        var world = World(inventory: network())
        #expect(of(.guest, world.receive(look(0, guests: [guest("101", .stopped), guest("102", .running)]))).isEmpty)
        let events = of(.guest, world.receive(look(2, guests: [guest("101", .running), guest("103", .stopped)])))
        #expect(events.map(\.subject.name) == ["101", "103", "102"])
        #expect(events.map(\.after) == ["running", "stopped", "gone"])
        #expect(events.map(\.before) == ["stopped", "absent", "running"])
        #expect(events.map(\.severity) == [.good, .info, .warning])
        #expect(of(.guest, world.receive(look(4, guests: [guest("101", .running), guest("103", .stopped)]))).isEmpty)
        let back = of(.guest, world.receive(look(6, guests: [guest("102", .running)])))
        #expect(back.first?.before == "gone" && back.first?.severity == .good)
    }

    @Test func aHostWithoutARoutingDaemonIsObservedByItsGuests() {
        var world = World(inventory: network())
        var first = look(0, guests: [guest("101", .running)])
        first.peers = nil
        #expect(world.receive(first).contains { $0.subject.kind == .device && $0.after == "observed" })
        #expect(world.snapshot(at: at(1), recorder: .off)["bkk06"]?.isDark(at: at(1)) == false)
        #expect(of(.device, world.tick(at(60))).map(\.after) == ["dark"])
    }

    @Test func takingAwayAStoppedGuestIsNoLoss() {
        var world = World(inventory: network())
        _ = world.receive(look(0, guests: [guest("101", .running, autostart: true), guest("102", .running)]))
        _ = world.receive(look(2, guests: [guest("101", .stopped, autostart: true), guest("102", .running)]))
        let gone = of(.guest, world.receive(look(4, guests: [])))
        #expect(gone.map(\.subject.name) == ["101", "102"])
        #expect(gone.map(\.severity) == [.info, .warning])
    }

    @Test func aRestartBetweenTwoLooksIsSeen() {
        var world = World(inventory: network())
        _ = world.receive(look(0, guests: [guest("101", .running, up: 900)]))
        #expect(of(.guest, world.receive(look(10, guests: [guest("101", .running, up: 910)]))).isEmpty)
        let events = of(.guest, world.receive(look(20, guests: [guest("101", .running, up: 4)])))
        #expect(events.map(\.severity) == [.warning])
        #expect(events.first?.evidence?.contains("between two looks") == true)
    }

    @Test func whatIsLostAtFirstSightIsSaidWithoutAFormerState() {
        var world = World(inventory: network())
        let events = of(.guest, world.receive(look(0, guests: [guest("101", .stopped, autostart: true)])))
        #expect(events.map(\.severity) == [.bad])
        #expect(events.first?.before == nil && events.first?.notBefore == nil)
        #expect(events.first?.evidence == "ct101: it starts with its host")
    }
}

@Suite struct ServiceTransitions {
    private let web = Service(
        name: "web",
        guests: [
            GuestRef(device: "bkk06", id: "1"), GuestRef(device: "bkk06", id: "2"), GuestRef(device: "bkk07", id: "3"),
        ],
        want: 3)

    @Test func fewerThanWantedThenNoneThenAll() {
        var world = World(inventory: network(services: [web]))
        #expect(of(.service, world.receive(look(0, guests: [guest("1", .running), guest("2", .running)]))).isEmpty)
        #expect(of(.service, world.receive(look("bkk07", 1, guests: [guest("3", .running)]))).isEmpty)
        let fewer = of(.service, world.receive(look(2, guests: [guest("1", .running), guest("2", .stopped)])))
        #expect(fewer.map(\.before) == ["3 of 3"] && fewer.map(\.after) == ["2 of 3"])
        #expect(fewer.map(\.severity) == [.warning])
        #expect(fewer.first?.evidence == "bkk06/2 stopped")
        #expect(fewer.first?.notBefore == at(1))
        _ = world.receive(look("bkk07", 3, guests: []))
        let none = of(.service, world.receive(look(4, guests: [guest("1", .stopped), guest("2", .stopped)])))
        #expect(none.map(\.after) == ["0 of 3"] && none.map(\.severity) == [.bad])
        #expect(none.first?.evidence == "bkk06/1 stopped, bkk06/2 stopped, bkk07/3 gone")
        _ = world.receive(look("bkk07", 5, guests: [guest("3", .running)]))
        let back = of(.service, world.receive(look(6, guests: [guest("1", .running), guest("2", .running)])))
        #expect(back.map(\.after) == ["3 of 3"] && back.map(\.severity) == [.good])
    }

    @Test func aDarkMemberIsNoLoss() {
        var world = World(inventory: network(services: [web]))
        _ = world.receive(look("bkk07", 0, guests: [guest("3", .running)]))
        _ = world.receive(look(1, guests: [guest("1", .running), guest("2", .running)]))
        let events = world.receive(look(60, guests: [guest("1", .running), guest("2", .running)]))
        #expect(of(.service, events).isEmpty)
        #expect(world.snapshot(at: at(60), recorder: .off).serviceRows(at: at(60)).first?.health == .dark)
    }
}

@Suite struct GuardTransitions {
    private func session(
        _ state: DeviceGuard.State, id: String = "s1", deadline: Double = 300, ended: Double? = nil
    ) -> DeviceGuard {
        DeviceGuard(
            session: id, by: "ann@desk", what: "med.conf", state: state, armedAt: at(-10), deadline: at(deadline),
            alive: state == .armed, endedAt: ended.map { at($0) }, detail: ended == nil ? nil : "as before")
    }

    @Test func anOpenGuardIsToldOnceAndItsEndWithTheDevicesInstant() {
        var world = World(inventory: network())
        let armed = of(.change, world.receive(look(0, guards: [session(.armed)])))
        #expect(armed.map(\.after) == ["armed by ann@desk, reverts at 02:05:00Z"])
        #expect(armed.first?.source == .change && armed.first?.by == "ann@desk" && armed.first?.deviceTime == at(-10))
        #expect(of(.change, world.receive(look(2, guards: [session(.armed)]))).isEmpty)
        let ended = of(.change, world.receive(look(302, guards: [session(.reverted, ended: 300)])))
        #expect(ended.map(\.after) == ["reverted by the device's own timer"])
        #expect(ended.first?.deviceTime == at(300) && ended.first?.isExact == true)
        #expect(ended.first?.evidence == "as before")
        #expect(of(.change, world.receive(look(304, guards: [session(.reverted, ended: 300)]))).isEmpty)
        #expect(of(.change, world.receive(look(306, guards: []))).isEmpty)
    }

    @Test func howItEndsIsHowItIsSaid() {
        for (state, severity) in [(DeviceGuard.State.confirmed, Event.Severity.good), (.stuck, .bad)] {
            var world = World(inventory: network())
            _ = world.receive(look(0, guards: [session(.armed)]))
            let ended = of(.change, world.receive(look(2, guards: [session(state, ended: 1)])))
            #expect(ended.map(\.severity) == [severity])
            #expect(ended.first?.after.hasPrefix(state.rawValue) == true)
        }
    }

    @Test func aGuardThatVanishesBeforeItsDeadlineIsBadAndNoIncident() {
        var world = World(inventory: network())
        _ = world.receive(look(0, guards: [session(.armed)]))
        let gone = of(.change, world.receive(look(2, guards: [])))
        #expect(gone.map(\.after) == ["guard gone before its deadline"])
        #expect(gone.first?.severity == .bad && gone.first?.isSymptom == false && gone.first?.isExact == false)
        #expect(of(.change, world.receive(look(4, guards: []))).isEmpty)
    }

    @Test func whatEndedBeforeAnybodyLookedIsNoNewsAndWhatPassedBetweenLooksIs() {
        var world = World(inventory: network())
        let old = session(.confirmed, ended: -5)
        #expect(of(.change, world.receive(look(0, guards: [old]))).isEmpty)
        let events = of(.change, world.receive(look(2, guards: [old, session(.reverted, id: "s2", ended: 1)])))
        #expect(events.map(\.subject.name) == ["s2", "s2"])
        #expect(events.last?.after == "reverted by the device's own timer")
    }

    @Test func whoRunsChangesTellsOfWhatTheirForerunnerLeft() {
        for (by, told) in [("ann@desk", false), ("bob@desk", true)] {
            var world = World(inventory: network(), changesBy: by)
            var events = world.receive(look(0, guards: [session(.armed)]))
            events += world.receive(look(2, guards: [session(.armed), session(.armed, id: "s2")]))
            events += world.receive(look(4, guards: [session(.reverted, ended: 3)]))
            #expect(of(.change, events).map(\.subject.name) == (told ? ["s1", "s2", "s1", "s2"] : []))
        }
    }

    @Test func thisProcessTellsOfItsOwnSessionsItself() {
        var world = World(inventory: network())
        world.receive(change: ChangeState(id: "s1", device: "bkk06", by: "me", startedAt: at(-20)))
        #expect(of(.change, world.receive(look(0, guards: [session(.armed)]))).isEmpty)
        #expect(of(.change, world.receive(look(2, guards: [session(.reverted, ended: 1)]))).isEmpty)
        #expect(of(.change, world.receive(look(4, guards: []))).isEmpty)
    }
}
