// SPDX-License-Identifier: Apache-2.0

/// The one thread that talks to the network: an actor whose executor is the event loop.
///
/// Sockets, libssh2 sessions and links all live here, so none of them needs a lock. Hand over whole values, never one
/// hop per packet: a hop from another thread and back costs two context switches.
@globalActor
public actor NetworkActor {
    public static let shared = NetworkActor()

    /// The network thread as an executor, for an actor that wants to live on it too.
    public static var executor: any SerialExecutor { EventLoop.shared }

    nonisolated public var unownedExecutor: UnownedSerialExecutor { EventLoop.shared.asUnownedSerialExecutor() }

    /// Waits for `duration` without holding the thread; returns early, throwing, when the task is cancelled.
    @NetworkActor
    public static func sleep(for duration: Duration) async throws(CancellationError) {
        let signal = Signal()
        _ = await signal.wait(until: .now + duration)
        if Task.isCancelled { throw CancellationError() }
    }
}
