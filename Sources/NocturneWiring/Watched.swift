// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneTerminal
import Synchronization

/// A live network as a screen's thread sees it: the newest snapshot, a bell when there is one, and a way to end.
///
/// Nothing here waits for the network: it starts in the background, so the first frame comes before the first packet.
public final class Watched: Sendable {
    private let network = Mutex<LiveNetwork?>(nil)
    private let building: Task<LiveNetwork, Never>
    private let first: Snapshot
    public let inventory: Inventory

    /// - Parameters:
    ///   - sink: what records; nil for nothing.
    ///   - ledger: what keeps events for good; nil for nothing.
    ///   - history: events of former runs, oldest first: on the screen with the first frame.
    ///   - changesBy: `user@host` whose change sessions are told by whoever runs them.
    ///   - onLive: called once the network stands, before the first device is asked.
    public init(
        inventory: Inventory, doorbell: Doorbell, sink: (any SnapshotSink)? = nil, recorder: RecorderState = .off,
        ledger: (any EventLedger)? = nil, history: [Event] = [], changesBy: String? = nil,
        onLive: (@Sendable (LiveNetwork) async -> Void)? = nil
    ) {
        self.inventory = inventory
        var world = World(inventory: inventory, history: history)
        first = world.snapshot(at: SystemClock().now, recorder: recorder, journal: ledger?.state ?? .off)
        building = Task {
            await LiveNetwork(
                inventory: inventory, sink: sink, recorder: recorder, ledger: ledger, history: history,
                changesBy: changesBy)
        }
        Task { [self] in
            let live = await building.value
            live.engine.box.onChange { doorbell.ring() }
            network.withLock { $0 = live }
            doorbell.ring()
            await onLive?(live)
            await live.start()
        }
    }

    /// The network, once it stands; that takes no answer from anybody.
    public func live() async -> LiveNetwork { await building.value }

    /// Writes what a person did or said: on disk first, then on the screen. Throws when it could not be written; then
    /// nobody has heard of it.
    public func write(_ event: Event) async throws(LedgerError) { try await live().engine.write(event) }

    /// Writes a note by whoever runs this program.
    public func note(_ text: String, by: String, about: Subject? = nil) async throws(LedgerError) {
        try await live().engine.note(text, by: by, about: about)
    }

    /// The newest snapshot.
    public var latest: Snapshot { network.withLock { $0?.engine.box.latest } ?? first }

    /// Forgets back-off of one device, or of all.
    public func retryNow(_ device: DeviceName?) {
        guard let live = network.withLock({ $0 }) else { return }
        Task {
            if let device { await live.engine.retryNow(device) } else { await live.engine.retryNow() }
        }
    }

    /// Lets go of every device and closes the recording; waits for that, but not for ever.
    public func stop() {
        guard let live = network.withLock({ $0 }) else { return }
        let done = DispatchSemaphore(value: 0)
        Task {
            await live.stop()
            done.signal()
        }
        // A network that does not let go must not keep a person from leaving.
        _ = done.wait(timeout: .now() + 5)
    }
}
