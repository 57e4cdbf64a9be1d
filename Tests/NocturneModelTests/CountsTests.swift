// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

/// Counts are over everything that is watched, each subject once.
@Suite struct CountsOverEverything {
    private let now = UTC(milliseconds: 1_000_000)
    private let dead = Fault(rung: .tcp, code: "tcp-timeout", place: "a", message: "m", retries: true)

    private func seen<Value>(_ value: Value, ago seconds: Int = 1) -> Observed<Value> {
        Observed(value, at: now - .seconds(seconds), path: "jump", question: "q", tookMilliseconds: 1)
    }

    private func device(_ name: DeviceName, guests: [Guest] = [], anycast: [AnycastSighting] = []) -> DeviceState {
        DeviceState(
            name: name, platform: .linux, address: "192.0.2.1", reach: Reach(climbed: .daemon), peers: seen([]),
            anycast: seen(anycast), guests: seen(guests))
    }

    private func guest(_ id: String, _ state: Guest.State, autostart: Bool? = nil) -> Guest {
        Guest(id: id, name: "ct" + id, kind: .lxc, state: state, autostart: autostart)
    }

    @Test(arguments: [
        (Guest.State.running, Bool?.none, false, Health.up), (.running, nil, true, .up), (.stopped, nil, false, .up),
        (.stopped, false, false, .up), (.stopped, true, false, .down), (.stopped, nil, true, .down),
        (.exited, false, true, .down), (.paused, nil, false, .degraded), (.paused, nil, true, .down),
        (.unknown, true, true, .dark),
    ])
    func aStoppedGuestIsDownWhenSomebodyWantsIt(_ state: Guest.State, _ autostart: Bool?, _ wanted: Bool, _ is: Health)
    {
        let guest = guest("101", state, autostart: autostart)
        #expect(device("a").health(of: guest, isWanted: wanted, at: now) == `is`)
    }

    @Test func aDeadHypervisorIsAsManyDarkSubjectsAndOneCause() {
        var dark = device("a", guests: [guest("1", .running), guest("2", .stopped)])
        dark.reach.fault = dead
        let snapshot = Snapshot(
            at: now, site: "t", devices: [dark, device("b", guests: [guest("3", .running)])],
            anycast: [AnycastPrefix(name: "dns", prefix: "192.0.2.53/32", nodes: ["a"])],
            services: [
                Service(
                    name: "web", guests: [GuestRef(device: "a", id: "1"), GuestRef(device: "b", id: "ct3")], want: 2)
            ])
        let counts = snapshot.counts(at: now)
        #expect(counts.dark == 5, "the device, two guests, the prefix on it, and the service that cannot be judged")
        #expect(counts.darkCauses == 1)
        #expect(counts.up == 2)
        #expect(counts.total == 7)
    }

    @Test func aBlackHoleIsDownAndWhatIsNotDeployedIsNobody() {
        let hole = AnycastSighting(prefix: "192.0.2.53/32", local: false, exportedTo: ["x"])
        let nothing = AnycastSighting(prefix: "192.0.2.54/32", local: false, exportedTo: [])
        let snapshot = Snapshot(
            at: now, site: "t", devices: [device("a", anycast: [hole, nothing]), device("b", anycast: [nothing])],
            anycast: [
                AnycastPrefix(name: "one", prefix: "192.0.2.53/32", nodes: ["a"]),
                AnycastPrefix(name: "two", prefix: "192.0.2.54/32", nodes: ["b"]),
            ])
        let counts = snapshot.counts(at: now)
        #expect(counts.down == 2, "the black hole, and what b does not announce")
        // On a `two` is not deployed; on b `one` was never told of.
        #expect(counts.total == 2 + snapshot.anycastRows(at: now).count { $0.isSubject })
    }

    @Test(arguments: 0..<200) func theSumIsTheNumberOfSubjects(_ seed: UInt64) {
        var random = Dice(seed)
        let names = (0..<random.below(5)).map { DeviceName("d\($0)") }
        var subjects = names.count
        let devices = names.map { name -> DeviceState in
            let guests = (0..<random.below(6)).map {
                guest(
                    "\($0)", random.one(of: [.running, .stopped, .paused, .unknown]), autostart: random.below(2) == 0)
            }
            let peers = (0..<random.below(6)).map {
                Peer(
                    platform: .bird, name: "p\($0)", state: random.one(of: [.established, .idle, .disabled, .unknown]))
            }
            subjects += guests.count + peers.count
            var device = device(name, guests: guests)
            device.peers = seen(peers, ago: random.one(of: [1, 60]))
            device.guests?.at = now - .seconds(random.one(of: [1, 60]))
            device.anycast = seen([
                AnycastSighting(
                    prefix: "192.0.2.53/32", local: random.below(2) == 0,
                    exportedTo: random.one(of: [nil, [], ["x"]]))
            ])
            if random.below(3) == 0 { device.reach.fault = dead }
            return device
        }
        let services = (0..<random.below(3)).map { number in
            Service(
                name: "s\(number)",
                guests: names.prefix(3).map { GuestRef(device: $0, id: "\(random.below(6))") },
                want: 1 + random.below(3))
        }
        let snapshot = Snapshot(
            at: now, site: "t", devices: devices,
            anycast: [
                AnycastPrefix(
                    name: "dns", prefix: "192.0.2.53/32", nodes: names.filter { _ in random.below(2) == 0 })
            ], services: services)
        subjects += services.count + snapshot.anycastRows(at: now).count { $0.isSubject }
        let counts = snapshot.counts(at: now)
        #expect(counts.total == subjects)
        #expect(counts.down + counts.degraded + counts.dark + counts.up == subjects)
        #expect((counts.dark > 0) == (counts.darkCauses > 0), "dark for a reason, and no reason without dark")
    }

    @Test func openGuardsNewestFirstAndNoneThatNobodyKnowsOf() {
        func session(_ id: String, _ state: DeviceGuard.State, armed: Int, deadline: Int) -> DeviceGuard {
            DeviceGuard(
                session: id, by: "ann", what: "x", state: state, armedAt: now + .seconds(armed),
                deadline: now + .seconds(deadline), alive: true)
        }
        var near = device("a")
        near.guards = seen([
            session("old", .armed, armed: -90, deadline: 30), session("done", .reverted, armed: -80, deadline: -5),
        ])
        var dark = device("b")
        dark.reach.fault = dead
        dark.guards = seen([
            session("new", .armed, armed: -10, deadline: 200), session("past", .armed, armed: -70, deadline: -1),
        ])
        let open = Snapshot(at: now, site: "t", devices: [near, dark]).openGuards(at: now)
        #expect(open.map(\.1.session) == ["new", "old"])
        #expect(open.map(\.0) == ["b", "a"])
    }
}

/// A small generator whose throws depend on its seed alone (SplitMix64, Steele, Lea and Flood 2014).
private struct Dice {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func below(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }
}
