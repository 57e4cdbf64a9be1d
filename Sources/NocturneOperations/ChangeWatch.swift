// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneDriversWrite
import NocturneModel
import NocturneTransport

/// What is looked after as long as something is armed: the deadline, the gate, and the guard itself.
extension ChangeRun {
    func watchOver() async {
        var guardAt = clock.monotonic + limits.guardInterval
        while !Task.isCancelled, machine.phase.isGuarded, machine.phase != .reverting {
            await lookAtDeadline()
            await lookAtGate()
            if clock.monotonic >= guardAt {
                guardAt = clock.monotonic + limits.guardInterval
                // Apart: a device that does not answer must not keep us from the clock.
                Task { await self.lookAtGuard() }
            }
            await pause(.milliseconds(500))
        }
    }

    private var isApplied: Bool { [.applied, .gated, .reconnected].contains(machine.phase) }

    private func lookAtDeadline() async {
        guard let deadline = state.deadline, clock.now >= deadline - limits.beforeDeadline else { return }
        await take(.deadlineNear, "not confirmed in time", .warning)
    }

    private func lookAtGate() async {
        guard isApplied, var looking = gate else { return }
        let former = looking.state
        let isHeld = looking.look(engine.box.latest, at: clock.now)
        gate = looking
        if machine.phase == .applied, isHeld {
            let now = looking.state
            await take(.gateHeld, "gate: \(now.held) of \(now.wanted) for \(state.holdSeconds) s", .good)
        } else if machine.phase != .applied, looking.state.since == nil {
            await take(.gateBroke, "gate: \(looking.state.missing.joined(separator: ", "))", .warning)
        } else if looking.state != former {
            await publish()
        }
    }

    private func lookAtGuard() async {
        guard let driver, isApplied else { return }
        do throws(Fault) {
            let reading = try await driver.readGuard(session: state.id)
            guard isApplied else { return }
            switch reading?.state {
            case .armed where reading?.isAlive == true && reading?.isUndoPending == true: break
            case .armed:
                let what =
                    reading?.isAlive == true
                    ? "BIRD has no undo pending any more: somebody reconfigured or restarted it"
                    : "the device's timer is gone: somebody ended its process"
                await take(.guardLost, what, .bad)
            case .reverted: await take(.foundReverted, reading?.detail ?? "", .warning)
            case .reverting, .stuck, .confirmed, nil:
                await take(.guardLost, "the guard says \(reading?.state.rawValue ?? "nothing: it is gone")", .bad)
            }
        } catch {
            guard isApplied else { return }
            step("the guard could not be read: \(error.message)", .warning)
            await publish()
        }
    }
}
