// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneModel
import Testing

/// Every event in every state that can be reached, so that the promise holds for orders nobody thought of.
struct MachineTests {
    private typealias Event = ChangeMachine.Event

    /// A machine, and what its path has been through.
    private struct Node: Hashable {
        var machine = ChangeMachine()
        var wasApproved = false
        /// The guard was verified, or arming was left without a word of the device.
        var wasArmed = false
        var gateHeldSinceApply = false
        var reconnectedSinceGate = false
        var personConfirmed = false
    }

    private static func next(_ node: Node, _ event: Event) -> Node? {
        var next = node
        guard next.machine.take(event) != nil else { return nil }
        switch event {
        case .approved: next.wasApproved = true
        case .guardVerified: next.wasArmed = true
        case .applied, .gateBroke: (next.gateHeldSinceApply, next.reconnectedSinceGate) = (false, false)
        case .gateHeld: (next.gateHeldSinceApply, next.reconnectedSinceGate) = (true, false)
        case .reconnected: next.reconnectedSinceGate = true
        case .confirmAsked: next.personConfirmed = true
        default: break
        }
        if node.machine.phase == .armed, event != .armRefused { next.wasArmed = true }
        return next
    }

    private static func reachable(from start: Node = Node()) -> [Node: Set<Node>] {
        var edges: [Node: Set<Node>] = [:]
        var open = [start]
        while let node = open.popLast() {
            guard edges[node] == nil else { continue }
            let after = Set(Event.allCases.compactMap { next(node, $0) })
            edges[node] = after
            open += after
        }
        return edges
    }

    @Test func allPhasesAreReachedAndEveryPathCanEnd() {
        let edges = Self.reachable()
        #expect(Set(edges.keys.map(\.machine.phase)) == Set(ChangePhase.allCases))
        for node in edges.keys {
            var seen: Set<Node> = []
            var open = [node]
            while let at = open.popLast() {
                if seen.insert(at).inserted { open += edges[at] ?? [] }
            }
            #expect(seen.contains { $0.machine.phase.isEnd }, "no end from \(node)")
        }
    }

    @Test func anEndIsAnEnd() {
        for (node, after) in Self.reachable() where node.machine.phase.isEnd {
            #expect(after.isEmpty, "\(node.machine.phase) goes on")
        }
    }

    @Test func noneConfirmsWithoutHeldGateNewConnectionAndAPerson() {
        var confirmed = 0
        for node in Self.reachable().keys where [.confirming, .disarmedVerified].contains(node.machine.phase) {
            confirmed += 1
            #expect(node.wasApproved && node.wasArmed)
            #expect(node.gateHeldSinceApply && node.reconnectedSinceGate && node.personConfirmed)
        }
        #expect(confirmed > 0)
    }

    @Test func whatWasArmedEndsConfirmedRevertedOrStuckOutLoud() {
        for node in Self.reachable().keys where node.machine.phase.isEnd {
            if node.wasArmed {
                #expect([.disarmedVerified, .revertedVerified, .stuck].contains(node.machine.phase))
            } else {
                #expect(node.machine.phase == .refused)
            }
        }
    }

    @Test func nothingIsAppliedBeforeTheGuardIsVerified() {
        for node in Self.reachable().keys {
            for event in Event.allCases {
                var machine = node.machine
                let effect = machine.take(event)
                if effect == .apply { #expect(event == .guardVerified && node.machine.phase == .armed) }
                if effect == .commit { #expect(event == .confirmAsked && node.machine.phase == .reconnected) }
                if effect == .arm { #expect(event == .approved && node.machine.phase == .checked) }
            }
        }
    }

    @Test func rollBackIsTakenInEveryPhaseThatIsGuarded() {
        for node in Self.reachable().keys where node.machine.phase.isGuarded && node.machine.phase != .reverting {
            var machine = node.machine
            #expect(machine.take(.rollBack) == .revert, "not from \(machine.phase)")
        }
    }

    @Test func anAdoptedGuardCanOnlyBeUndone() {
        let ends = Self.reachable(from: Node(machine: .adopting(), wasArmed: true)).keys.filter(\.machine.phase.isEnd)
        #expect(!ends.isEmpty)
        var machine = ChangeMachine.adopting()
        #expect(machine.take(.rollBack) == .revert)
        #expect(machine.take(.foundReverted) == .verifyRevert)
        #expect(machine.take(.revertVerified) == .end)
        #expect(machine.phase == .revertedVerified)
    }
}
