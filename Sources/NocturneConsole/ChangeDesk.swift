// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Where the console takes a change: the doing half, behind a wall that lets no bytes through.
///
/// Every call returns at once; what comes of it is in ``Snapshot/changes`` of a later snapshot, or in a message. The
/// screen therefore never waits for a device, and a key works while the network hangs.
public protocol ChangeDesk: AnyObject, Sendable {
    /// Begins: reads what is on the device. With a file that is the plan; without one, the session waits in `planned`
    /// with a `draftFile` to be edited.
    func open(_ request: ChangeRequest)
    /// The draft has been edited: makes the difference and the checks.
    func planned(_ session: String)
    /// Yes: arm, apply, gate.
    func apply(_ session: String)
    /// Yes: keep it. Refused unless the gate has held.
    func confirm(_ session: String)
    /// Back to what was, at once; nil for the open session, whichever it is.
    func rollBack(_ session: String?)
    /// Lets go of a session that nothing was sent for.
    func cancel(_ session: String)
}

/// What somebody wants to change.
public struct ChangeRequest: Hashable, Sendable {
    public var device: DeviceName
    /// The new configuration; nil to edit the present one.
    public var file: String?
    public var confirmWithinSeconds: Int
    public var holdSeconds: Int

    public init(device: DeviceName, file: String? = nil, confirmWithinSeconds: Int = 300, holdSeconds: Int = 180) {
        self.device = device
        self.file = file
        self.confirmWithinSeconds = confirmWithinSeconds
        self.holdSeconds = holdSeconds
    }
}
