// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The right to write to one device, held only by an armed change session.
///
/// A driver's `arm` makes it, once the device itself has said that it will revert. Borrowing it applies, consuming it
/// confirms or rolls back: afterwards there is nothing left to write with, and using it twice does not compile.
public struct WritePermit: ~Copyable, Sendable {
    public let session: String
    public let device: DeviceName

    /// For writing drivers, whose `arm` has read the guard back.
    package init(session: String, device: DeviceName) {
        self.session = session
        self.device = device
    }
}
