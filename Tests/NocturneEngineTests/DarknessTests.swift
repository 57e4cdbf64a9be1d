// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
import Testing

@testable import NocturneEngine

@Suite struct Darkness {
    @Test func oneEventForADeviceAndNoneForItsSessions() throws {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: (0..<40).map { peer("p\($0)", .established) }))
        let events = world.receive(report(at(2), peers: nil, reach: failing(.tcp)))
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.subject == Subject(kind: .device, device: "bkk00"))
        #expect(event.after == "dark")
        #expect(event.severity == .warning)
        #expect(event.notBefore == at(0))
        #expect(event.evidence == "the device did not answer")
        let counts = world.snapshot(at: at(2), recorder: .off).counts(at: at(2))
        #expect(counts.dark == 41)
        #expect(counts.darkCauses == 1)
        #expect(world.receive(report(at(4), peers: nil, reach: failing(.tcp))).isEmpty)
    }

    @Test func fortyDevicesBehindOnePathAreOneEvent() {
        let names = (0..<40).map { "d\($0)" }
        var world = World(inventory: inventory(names))
        for name in names { _ = world.receive(report(name, at(0), peers: [peer("a", .established)])) }
        var events: [Event] = []
        for name in names { events += world.receive(report(name, at(2), peers: nil, reach: failing(.path))) }
        #expect(events.map(\.subject) == [Subject(kind: .path, name: "jump")])
        #expect(events.map(\.after) == ["lost"])
        #expect(events.map(\.severity) == [.bad])
        events = []
        for name in names { events += world.receive(report(name, at(8), peers: [peer("a", .established)])) }
        #expect(events.map(\.subject.kind) == [.path])
        #expect(events.map(\.after) == ["alive"])
    }

    @Test func thePathsOwnWordAndTheDevicesWordAreOneEvent() {
        var world = World(inventory: inventory(["bkk00"]))
        let alive = PathState(name: "jump", hops: [], alive: true)
        #expect(world.receive(paths: [alive], at: at(0)).map(\.severity) == [.info])
        _ = world.receive(report(at(1)))
        #expect(world.receive(report(at(3), peers: nil, reach: failing(.path))).map(\.after) == ["lost"])
        let lost = PathState(name: "jump", hops: [], alive: false, fault: fault(.path))
        #expect(world.receive(paths: [lost], at: at(3.1)).isEmpty)
        #expect(world.paths == [lost])
    }

    @Test func aSweepFromBeforeTheLossDoesNotBringThePathBack() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0)))
        _ = world.receive(paths: [PathState(name: "jump", hops: [], alive: false, fault: fault(.path))], at: at(2))
        var late = report(at(2.5))
        late.began = at(1.9)
        #expect(world.receive(late).isEmpty)
        #expect(world.receive(report(at(5))).map(\.after) == ["alive"])
    }

    @Test func aPathNobodyTriedIsNeitherAliveNorLost() {
        var world = World(inventory: inventory(["bkk00"]))
        #expect(world.receive(paths: [PathState(name: "jump", hops: [])], at: at(0)).isEmpty)
    }

    @Test func comingBackCompareWithWhatWasSeenLast() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0), peers: [peer("a", .established)]))
        _ = world.receive(report(at(2), peers: nil, reach: failing(.tcp)))
        let events = world.receive(report(at(60), peers: [peer("a", .idle)]))
        #expect(events.map(\.after) == ["observed", "idle"])
        #expect(events.last?.notBefore == at(0))
    }

    @Test func silenceIsDarknessToo() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0)))
        #expect(world.tick(at(9)).isEmpty)
        let events = world.tick(at(11))
        #expect(events.map(\.after) == ["dark"])
        #expect(events.first?.evidence == "no answer for 11 s")
        #expect(world.tick(at(12)).isEmpty)
        #expect(world.receive(report(at(13))).map(\.after) == ["observed"])
    }

    @Test func aClimbShowsButDoesNotLightUp() {
        var world = World(inventory: inventory(["bkk00"]))
        _ = world.receive(report(at(0)))
        _ = world.receive(report(at(2), peers: nil, reach: failing(.tcp)))
        world.progress(Reach(climbed: .auth, path: "jump"), of: "bkk00")
        #expect(world.devices[0].reach.climbed == .auth)
        #expect(world.devices[0].isDark(at: at(3)))
        #expect(world.tick(at(3)).isEmpty)
    }

    @Test func neverSeenAndRefusedIsDarkFromTheStart() {
        var world = World(inventory: inventory(["bkk00", "bkk20"]))
        let events = world.receive(report(at(0), peers: nil, reach: failing(.auth)))
        #expect(events.map(\.after) == ["dark"])
        #expect(events.first?.before == nil)
        #expect(world.tick(at(100)).isEmpty)
    }

    @Test func snapshotsAreNumbered() {
        var world = World(inventory: inventory(["bkk00"]))
        #expect((0..<3).map { world.snapshot(at: at(Double($0)), recorder: .off).number } == [1, 2, 3])
    }

    @Test func aThousandDevicesAreMerged() {
        let names = (0..<1000).map { "d\($0)" }
        let peers = (0..<20).map { peer("p\($0)", .established, since: at(-100), up: 100) }
        var world = World(inventory: inventory(names))
        let merging = ContinuousClock().measure {
            for name in names { _ = world.receive(report(name, at(0), peers: peers)) }
            for name in names { _ = world.receive(report(name, at(2), peers: peers)) }
        }
        var snapshot: Snapshot?
        let publishing = ContinuousClock().measure { snapshot = world.snapshot(at: at(2), recorder: .off) }
        print("1,000 devices with 20 sessions: two sweeps merged in \(merging), snapshot in \(publishing)")
        #expect(snapshot?.counts(at: at(2)).up == 21_000)
    }
}
