// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneTransport

/// The live network of an inventory: paths, links, drivers and the engine over them, put together once.
///
/// ```swift
/// let network = await LiveNetwork(inventory: inventory, sink: recording, ledger: journal, history: journal.last(500))
/// network.engine.box.onChange { doorbell.ring() }
/// await network.start()
/// ```
@NetworkActor
public final class LiveNetwork {
    public nonisolated let engine: Engine
    public nonisolated let inventory: Inventory
    private let network: Network

    /// - Parameters:
    ///   - sink: what records; nil for nothing.
    ///   - ledger: what keeps events for good; nil for nothing.
    ///   - history: events of former runs, oldest first.
    ///   - changesBy: `user@host` whose change sessions are told by whoever runs them.
    public init(
        inventory: Inventory, sink: (any SnapshotSink)? = nil, recorder: RecorderState = .off,
        ledger: (any EventLedger)? = nil, history: [Event] = [], changesBy: String? = nil
    ) {
        let network = Network(paths: inventory.paths)
        // A device that no driver reads is said to be so by the engine; it is not asked what it cannot answer. `auto`
        // looks for BIRD, the one daemon there is a driver for.
        let drivers: [any DeviceDriver] = inventory.devices.filter(LinuxDriver.reads).map { device in
            LinuxDriver(
                device: device, link: network.link(for: device), anycast: inventory.anycast,
                clock: { SystemClock().now })
        }
        let engine = Engine(
            inventory: inventory, drivers: drivers, sink: sink, recorder: recorder, ledger: ledger, history: history,
            changesBy: changesBy, executor: NetworkActor.executor)
        // The states are read when the engine's turn comes, not when the change did: two changes cannot be swapped.
        network.onPathChange = { [weak network] _ in
            Task { @NetworkActor in
                guard let network else { return }
                await engine.receive(paths: network.pathStates())
            }
        }
        self.network = network
        self.engine = engine
        self.inventory = inventory
    }

    /// A link of its own to a device, over the same connections to the jump host: for whoever asks beside the sweeps,
    /// as a change does. It is closed with the network.
    public func link(for device: Device) -> SSHLink { network.link(for: device) }

    /// - Parameter spread: false for a single look, which would rather have everything now.
    public func start(spread: Bool = true) async {
        await engine.receive(paths: network.pathStates())
        await engine.start(spread: spread)
    }

    public func stop() async {
        await engine.stop()
        await network.close()
    }
}
