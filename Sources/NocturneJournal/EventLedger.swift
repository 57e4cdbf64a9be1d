// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Takes events for good.
///
/// What people do (a note, each step of a change) is written before it takes effect and fails loudly when it cannot be.
/// What is observed is written before it is shown, within reason: see ``NocturneEngine/Engine``.
public protocol EventLedger: Sendable {
    /// Puts events on disk in this order and returns when they are there, surviving a crash of the machine.
    func append(_ events: [Event]) async throws(LedgerError)
    /// What to call the journal while all is well.
    var state: RecorderState { get }
}

/// Why an event is not on disk.
public struct LedgerError: Error, Hashable, Sendable {
    /// One sentence: what could not be written, where, why.
    public var message: String
    public init(message: String) { self.message = message }
}
