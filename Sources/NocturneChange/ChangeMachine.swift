// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The order in which a change session may go, and nothing else: phases, what may happen in each, what is done then.
///
/// It is pure so that all of it can be walked through: a test takes every event in every state and sees that each path
/// ends, that none confirms without a held gate and a new connection, and that none leaves a guard unnamed.
///
/// ```
///  planned ─edited─▶ snapshot ─checksPassed─▶ checked ─approved─▶ armed ─guardVerified─▶ armedVerified ─applied─▶ applied
///     │                 │                        │                  │ armRefused            │                      │ ▲
///     └── cancelled, failed, rollBack ───────────┴──▶ refused ◀─────┘                       │             gateHeld ▼ │ gateBroke
///                                                                                           │                    gated
///   armed … confirming ── failed, rollBack, deadlineNear, guardLost ─▶ reverting            │         reconnected ▼
///                                                                       │  │             disarmedVerified ◀─ confirming ◀─ confirmAsked
///                                             revertedVerified ◀────────┘  └──▶ stuck
/// ```
public struct ChangeMachine: Hashable, Sendable {
    public enum Event: String, Hashable, Sendable, CaseIterable {
        /// There is a plan: a file was given, or the draft was edited.
        case edited
        case checksPassed, checksBlocked
        case cancelled
        /// A person says: apply.
        case approved
        /// The device refused the guard, and nothing is left there.
        case armRefused
        case guardVerified
        case applied
        case gateHeld, gateBroke
        case reconnected
        /// A person says: keep it.
        case confirmAsked
        case committed
        /// A step did not work out, or its answer never came.
        case failed
        /// The guard, read again, is not what it was.
        case guardLost
        case deadlineNear
        /// A person says: back.
        case rollBack
        /// Read from the device: it undid the change, it kept it, or the guard still stands.
        case foundReverted, foundConfirmed, foundArmed
        /// Configuration and state are as before.
        case revertVerified
        /// Undoing did not work, or nobody can say what holds.
        case gaveUp
    }

    public enum Effect: String, Hashable, Sendable, CaseIterable {
        case check, askToApply, arm, apply, watchGate, reconnect, askToConfirm, commit
        /// Run the device's own undoing, then verify.
        case revert
        /// The device has undone it: only verify.
        case verifyRevert
        /// What holds is not known: read it from the device.
        case readOutcome
        case end
    }

    public private(set) var phase: ChangePhase
    /// Since the latest apply, without interruption up to now.
    public private(set) var isGateHeld = false
    /// Since the gate held.
    public private(set) var isReconnected = false
    /// The commit was sent: the device may have kept the change.
    public private(set) var isCommitSent = false

    public init() { phase = .planned }

    /// For a guard that another console left: it is on the device, and all that can be done from here is to undo it.
    public static func adopting() -> ChangeMachine {
        var machine = ChangeMachine()
        machine.phase = .armed
        return machine
    }

    /// Takes one event; nil when it means nothing in this phase.
    public mutating func take(_ event: Event) -> Effect? {
        guard let (next, effect) = step(event) else { return nil }
        phase = next
        switch next {
        case .applied: (isGateHeld, isReconnected) = (false, false)
        case .gated: (isGateHeld, isReconnected) = (true, false)
        case .reconnected: isReconnected = true
        case .confirming where event == .confirmAsked: isCommitSent = true
        default: break
        }
        return effect
    }

    private func step(_ event: Event) -> (ChangePhase, Effect)? {
        switch (phase, event) {
        case (.planned, .edited), (.checked, .edited): (.snapshot, .check)
        case (.snapshot, .checksPassed): (.checked, .askToApply)
        case (.snapshot, .checksBlocked): (.refused, .end)
        case (.planned, .cancelled), (.planned, .failed), (.planned, .rollBack),
            (.snapshot, .cancelled), (.snapshot, .failed), (.snapshot, .rollBack),
            (.checked, .cancelled), (.checked, .failed), (.checked, .rollBack), (.checked, .checksBlocked):
            (.refused, .end)
        case (.checked, .approved): (.armed, .arm)
        case (.armed, .armRefused): (.refused, .end)
        case (.armed, .guardVerified): (.armedVerified, .apply)
        case (.armedVerified, .applied): (.applied, .watchGate)
        case (.applied, .gateHeld): (.gated, .reconnect)
        case (.gated, .gateBroke), (.reconnected, .gateBroke): (.applied, .watchGate)
        case (.gated, .reconnected): (.reconnected, .askToConfirm)
        case (.reconnected, .confirmAsked): (.confirming, .commit)
        case (.confirming, .committed): (.disarmedVerified, .end)
        // A commit whose answer is lost may have worked: only the device knows.
        case (.confirming, .failed), (.confirming, .guardLost): (.confirming, .readOutcome)
        case (.confirming, .foundConfirmed): (.disarmedVerified, .end)
        case (.confirming, .foundArmed): (.reverting, .revert)
        case (.confirming, .gaveUp): (.stuck, .end)
        case (.armed, .foundReverted), (.armedVerified, .foundReverted), (.applied, .foundReverted),
            (.gated, .foundReverted), (.reconnected, .foundReverted), (.confirming, .foundReverted):
            (.reverting, .verifyRevert)
        case (.armed, .failed), (.armed, .guardLost), (.armed, .rollBack), (.armed, .deadlineNear),
            (.armedVerified, .failed), (.armedVerified, .guardLost), (.armedVerified, .rollBack),
            (.armedVerified, .deadlineNear), (.applied, .failed), (.applied, .guardLost), (.applied, .rollBack),
            (.applied, .deadlineNear), (.gated, .failed), (.gated, .guardLost), (.gated, .rollBack),
            (.gated, .deadlineNear), (.reconnected, .failed), (.reconnected, .guardLost), (.reconnected, .rollBack),
            (.reconnected, .deadlineNear), (.confirming, .rollBack):
            (.reverting, .revert)
        case (.reverting, .failed): (.reverting, .readOutcome)
        case (.reverting, .foundReverted): (.reverting, .verifyRevert)
        case (.reverting, .foundArmed): (.reverting, .revert)
        case (.reverting, .revertVerified): (.revertedVerified, .end)
        // Kept by our own commit, which was quicker than the undoing; by nobody of ours, it is a third state.
        case (.reverting, .foundConfirmed): isCommitSent ? (.disarmedVerified, .end) : (.stuck, .end)
        case (.reverting, .gaveUp): (.stuck, .end)
        default: nil
        }
    }
}
