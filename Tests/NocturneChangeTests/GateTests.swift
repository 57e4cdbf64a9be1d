// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneModel
import Testing

struct GateTests {
    private let start = UTC(milliseconds: 1_795_000_000_000)

    private func at(_ seconds: Int) -> UTC { start + .seconds(seconds) }

    private func snapshot(
        _ seconds: Int, _ states: [PeerState], took: Double = 5, fault: Fault? = nil, address: Bool? = nil
    ) -> Snapshot {
        var device = DeviceState(name: "bkk20", platform: .bird, address: "192.0.2.1")
        let rows = states.enumerated().map { Peer(platform: .bird, name: "p\($0.offset)", state: $0.element) }
        device.peers = Observed(rows, at: at(seconds), path: "", question: "", tookMilliseconds: took)
        device.reach.fault = fault
        var snapshot = Snapshot(at: at(seconds), site: "bkk", devices: [device])
        if let address {
            var node = DeviceState(name: "bkk06", platform: .bird, address: "192.0.2.2")
            node.peers = Observed([], at: at(seconds), path: "", question: "", tookMilliseconds: took)
            let sighting = AnycastSighting(
                prefix: "203.0.113.81/32", local: true, bestPath: .unicast, exportedTo: address ? ["p0"] : [],
                answer: .answered(by: "bkk06", milliseconds: 1))
            node.anycast = Observed([sighting], at: at(seconds), path: "", question: "", tookMilliseconds: took)
            snapshot.devices.append(node)
            snapshot.anycast = [AnycastPrefix(name: "dns", prefix: "203.0.113.81/32", nodes: ["bkk06"])]
        }
        return snapshot
    }

    private func gate(_ states: [PeerState], hold: Int = 10, address: Bool? = nil) -> Watched {
        Watched(
            baseline: snapshot(0, states, address: address), device: "bkk20", at: at(0), after: at(1),
            hold: .seconds(hold))
    }

    /// A gate that can be asked within an expectation.
    private final class Watched {
        private var gate: Gate
        var state: ChangeState.Gate { gate.state }

        init(baseline: Snapshot, device: DeviceName, at now: UTC, after: UTC, hold: Duration) {
            gate = Gate(baseline: baseline, device: device, at: now, after: after, hold: hold)
        }

        func look(_ snapshot: Snapshot, at now: UTC) -> Bool { gate.look(snapshot, at: now) }
    }

    @Test func heldWhenWhatWasEstablishedIsForLongEnough() {
        let gate = gate([.established, .idle, .established])
        #expect(gate.state.wanted == 2)
        #expect(!gate.look(snapshot(2, [.established, .idle, .established]), at: at(2)))
        #expect(gate.state.held == 2)
        #expect(gate.state.since == at(2))
        #expect(!gate.look(snapshot(11, [.established, .idle, .established]), at: at(11)))
        #expect(gate.look(snapshot(12, [.established, .established, .established]), at: at(12)))
    }

    @Test func anInterruptionBeginsAnew() {
        let gate = gate([.established])
        #expect(!gate.look(snapshot(2, [.established]), at: at(2)))
        #expect(!gate.look(snapshot(8, [.active]), at: at(8)))
        #expect(gate.state.since == nil)
        #expect(gate.state.missing == ["p0: \(PeerState.active.rawValue)"])
        #expect(!gate.look(snapshot(13, [.established]), at: at(13)))
        #expect(gate.look(snapshot(23, [.established]), at: at(23)))
    }

    @Test func whatWasAskedBeforeTheChangeCountsForNothing() {
        let gate = gate([.established], hold: 0)
        #expect(!gate.look(snapshot(1, [.established], took: 500), at: at(1)))
        #expect(gate.state.held == 0)
        #expect(gate.look(snapshot(2, [.established], took: 500), at: at(2)))
    }

    @Test func aDarkDeviceHoldsNothing() {
        let gate = gate([.established, .established], hold: 0)
        let fault = Fault(rung: .tcp, code: "tcp-timeout", place: "", message: "", retries: true)
        #expect(!gate.look(snapshot(2, [.established, .established], fault: fault), at: at(2)))
        #expect(gate.state.held == 0)
        // Seen long ago.
        #expect(!gate.look(snapshot(2, [.established, .established]), at: at(60)))
        // The clock alone holds nothing: nobody looked.
        let watched = self.gate([.established])
        #expect(!watched.look(snapshot(2, [.established]), at: at(2)))
        #expect(!watched.look(snapshot(2, [.established]), at: at(12)))
    }

    @Test func anycastOnAnotherNodeCounts() {
        let gate = gate([.established], hold: 0, address: true)
        #expect(gate.state.wanted == 2)
        #expect(!gate.look(snapshot(2, [.established], address: false), at: at(2)))
        #expect(gate.state.held == 1)
        #expect(gate.state.missing == ["203.0.113.81/32 on bkk06: withdrawn"])
        #expect(gate.look(snapshot(3, [.established], address: true), at: at(3)))
    }

    @Test func withoutAnythingToHoldTheDeviceMustStillBeSeen() {
        let gate = gate([.idle], hold: 0)
        #expect(gate.state.wanted == 0)
        let fault = Fault(rung: .tcp, code: "tcp-timeout", place: "", message: "", retries: true)
        #expect(!gate.look(snapshot(2, [.idle], fault: fault), at: at(2)))
        #expect(gate.look(snapshot(3, [.idle]), at: at(3)))
    }
}
