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
    private let first: Snapshot

    /// - Parameters:
    ///   - sink: what records; nil for nothing.
    ///   - onLive: told once the network stands, before it is asked anything.
    public init(
        inventory: Inventory, doorbell: Doorbell, sink: (any SnapshotSink)? = nil, recorder: RecorderState = .off,
        onLive: @escaping @Sendable (LiveNetwork) async -> Void = { _ in }
    ) {
        var world = World(inventory: inventory)
        first = world.snapshot(at: SystemClock().now, recorder: recorder)
        Task { [self] in
            let live = await LiveNetwork(inventory: inventory, sink: sink, recorder: recorder)
            live.engine.box.onChange { doorbell.ring() }
            network.withLock { $0 = live }
            doorbell.ring()
            await onLive(live)
            await live.start()
        }
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
        _ = done.wait(timeout: .now() + 3)
    }
}
