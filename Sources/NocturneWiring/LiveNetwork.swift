// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneTransport

/// The live network of an inventory: paths, links, drivers and the engine over them, put together once.
///
/// ```swift
/// let network = await LiveNetwork(inventory: inventory, sink: recording)
/// network.engine.box.onChange { doorbell.ring() }
/// await network.start()
/// ```
@NetworkActor
public final class LiveNetwork {
    public nonisolated let engine: Engine
    private let network: Network

    /// - Parameter sink: what records; nil for nothing.
    public init(inventory: Inventory, sink: (any SnapshotSink)? = nil, recorder: RecorderState = .off) {
        let network = Network(paths: inventory.paths)
        // A device that no driver reads is said to be so by the engine; it is not asked what it cannot answer. `auto`
        // looks for BIRD, the one daemon there is a driver for.
        let drivers: [any DeviceDriver] = inventory.devices.filter(LinuxDriver.reads).map { device in
            LinuxDriver(
                device: device, link: network.link(for: device), anycast: inventory.anycast,
                clock: { SystemClock().now })
        }
        let engine = Engine(
            inventory: inventory, drivers: drivers, sink: sink, recorder: recorder, executor: NetworkActor.executor)
        // The states are read when the engine's turn comes, not when the change did: two changes cannot be swapped.
        network.onPathChange = { [weak network] _ in
            Task { @NetworkActor in
                guard let network else { return }
                await engine.receive(paths: network.pathStates())
            }
        }
        self.network = network
        self.engine = engine
    }

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
