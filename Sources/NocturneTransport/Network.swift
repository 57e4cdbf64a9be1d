// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// All ways in of one inventory and the links to its devices: what the executable wires the drivers with.
///
/// ```swift
/// let network = Network(paths: inventory.paths)
/// let link = network.link(for: device)
/// ```
///
/// One connection per path, shared by all devices behind it; made when the first device is opened, and kept.
@NetworkActor
public final class Network {
    private let carriers: [Carrier]
    private let deadlines: Deadlines
    private let store = HostKeyStore()
    /// Links are their users': one that was let go of is none of ours to keep.
    private struct Known { weak var link: SSHLink? }
    private var links: [Known] = []
    private var timer: UInt64?
    private static let roundTripInterval: Duration = .seconds(5)

    /// Hears of every change of a path, with all of them, on the network thread.
    public var onPathChange: (@Sendable ([PathState]) -> Void)?

    /// An inventory without paths is reached directly.
    public init(paths: [AccessPath], deadlines: Deadlines = Deadlines()) {
        self.deadlines = deadlines
        let paths = paths.isEmpty ? [AccessPath(name: "direct", hops: [])] : paths
        let store = store
        carriers = paths.map { Carrier(path: $0, deadlines: deadlines, store: store) }
        for carrier in carriers {
            carrier.onChange = { [weak self] in
                guard let self else { return }
                onPathChange?(pathStates())
            }
        }
        watchRoundTrips()
    }

    /// The device's link over the first path it may use.
    public func link(for device: Device) -> SSHLink {
        let carrier = carriers.first { device.paths.isEmpty || device.paths.contains($0.path.name) }
        let link = SSHLink(device: device, carrier: carrier, deadlines: deadlines, store: store)
        links.removeAll { $0.link == nil }
        links.append(Known(link: link))
        return link
    }

    public func pathStates() -> [PathState] { carriers.map(\.summary) }

    /// Says goodbye on every connection.
    public func close() async {
        if let timer { EventLoop.shared.cancel(timer) }
        for known in links { await known.link?.close() }
        for carrier in carriers { carrier.close() }
    }

    private func watchRoundTrips() {
        timer = EventLoop.shared.schedule(at: .now + Self.roundTripInterval) { [weak self] in
            guard let self else { return }
            let moved = carriers.filter { $0.refreshRoundTrip() }
            if !moved.isEmpty { onPathChange?(pathStates()) }
            watchRoundTrips()
        }
    }
}
