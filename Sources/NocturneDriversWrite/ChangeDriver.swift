// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneModel
import NocturneTransport

/// The writing half of one device: how a change is checked, guarded, applied, kept and undone there.
///
/// ```
///  readConfiguration ─▶ check ─▶ arm ──▶ WritePermit ──▶ apply (borrows) ──▶ commit (consumes)
///                                            └──────────────────────────────▶ revert (consumes)
///  readGuard, readOutcome: at any time, without a permit      adopt: a permit for a guard that is already there
/// ```
///
/// Every call that alters something goes over a connection of its own, so that one that hangs keeps nobody from undoing;
/// none ever uses the one the device is watched by. A throw says what happened; what *holds* is only ever said by the device.
@NetworkActor
public protocol ChangeDriver: AnyObject, Sendable {
    var device: DeviceName { get }
    /// What will hold a change here: `device timer 300 s + BIRD timer`.
    func guardText(seconds: Int) -> String

    func readConfiguration() async throws(Fault) -> DeviceConfiguration
    /// The device's own dry run of `plan`; throws with its words when it does not like it. Leaves nothing behind.
    func check(_ plan: Plan, session: String) async throws(Fault)
    /// Leaves the guard on the device, closes that connection, and reads the guard back over a new one. A throw with
    /// the code ``ChangeFault/nothingArmed`` says that nothing is left there.
    func arm(_ order: GuardOrder) async throws(Fault) -> WritePermit
    func apply(_ permit: borrowing WritePermit) async throws(Fault)
    /// The plan becomes what is on disk, and the guard goes. After a throw, ask ``readOutcome(session:)``.
    func commit(_ permit: consuming WritePermit) async throws(Fault)
    /// Back to what was before. Answers once the device says how that ended.
    func revert(_ permit: consuming WritePermit, why: String) async throws(Fault)
    /// The right to undo what some console left: only for a guard that is on the device. Nil when there is none; then
    /// none can come later under this name either, and nothing was applied.
    func adopt(session: String) async throws(Fault) -> WritePermit?
    func readOutcome(session: String) async throws(Fault) -> GuardReading?
    /// Whether a connection that did not exist before reaches the device and its daemon.
    func reconnect() async throws(Fault)
    func close() async
}

extension ChangeDriver {
    /// The guard as it stands; nil when there is none.
    public func readGuard(session: String) async throws(Fault) -> GuardReading? {
        try await readOutcome(session: session)
    }
}

/// What is on the device, whole.
public struct DeviceConfiguration: Hashable, Sendable {
    /// Where it lies.
    public var file: String
    public var text: String
    /// SHA-256 in hexadecimal, of the device's bytes and of ours.
    public var hash: String
}

/// What the guard is to know.
public struct GuardOrder: Hashable, Sendable {
    public var session: String
    public var by: String
    public var plan: Plan
    public var seconds: Int

    public init(session: String, by: String, plan: Plan, seconds: Int) {
        self.session = session
        self.by = by
        self.plan = plan
        self.seconds = seconds
    }
}

/// A guard as the device tells of it, with what it guards: enough to say which of the two states holds.
public struct GuardReading: Hashable, Sendable {
    public var state: DeviceGuard.State
    /// What it said at its end.
    public var detail: String
    /// By the device's clock, when the state was written.
    public var since: UTC?
    /// The timer's process is there.
    public var isAlive: Bool
    public var remainingSeconds: Int
    /// What is on disk is what was there before.
    public var isAsBefore: Bool
    /// What is on disk is what was planned.
    public var isAsPlanned: Bool
    /// The daemon's own undo is pending.
    public var isUndoPending: Bool
}

public enum ChangeFault {
    /// The code of faults after which nothing is left on the device.
    public static let nothingArmed = "nothing-armed"
}
