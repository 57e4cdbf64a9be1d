// SPDX-License-Identifier: Apache-2.0

import NocturneConsole
import NocturneModel
import NocturneTransport
import NocturneWiring
import Synchronization

/// The desk a console has from its first frame on; behind it the office opens once the network stands.
///
/// What is asked for before that comes to nothing: there is no device yet that could be changed.
///
/// ```swift
/// let changes = OfficeDoor()
/// let watched = Watched(inventory: inventory, …, onLive: { await changes.open(on: $0, inventory: inventory, state: Places.state) })
/// options.desk = changes
/// ```
public final class OfficeDoor: ChangeDesk {
    private let office = Mutex<ChangeOffice?>(nil)

    public init() {}

    /// - Parameter state: the folder for what is kept between runs.
    public func open(on live: LiveNetwork, inventory: Inventory, state: String) async {
        let opened = await ChangeOffice(
            engine: live.engine, inventory: inventory, state: state, link: { await live.link(for: $0) })
        office.withLock { $0 = opened }
        await opened.start()
    }

    private var present: ChangeOffice? { office.withLock { $0 } }

    public func open(_ request: ChangeRequest) { present?.open(request) }
    public func planned(_ session: String) { present?.planned(session) }
    public func apply(_ session: String) { present?.apply(session) }
    public func confirm(_ session: String) { present?.confirm(session) }
    public func rollBack(_ session: String?) { present?.rollBack(session) }
    public func cancel(_ session: String) { present?.cancel(session) }
}
