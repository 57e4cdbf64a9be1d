// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Synchronization

/// Where the latest snapshot lies: one side puts, any number of sides look, and nobody waits for anybody.
///
/// The engine puts from its thread; the console looks from its own after its doorbell has rung. A snapshot that was not
/// looked at before the next one came is simply passed over.
///
/// ```
///  engine ── publish ─▶ [ latest ] ◀─ latest ── screen
///                          └─ onChange ─▶ doorbell (a byte into the console's wake-up descriptor)
/// ```
public final class SnapshotBox: Sendable {
    private struct State {
        var latest: Snapshot
        var onChange: (@Sendable () -> Void)?
        var streams: [Int: AsyncStream<Snapshot>.Continuation] = [:]
        var nextStream = 0
        var finished = false
    }

    private let state: Mutex<State>

    public init(_ first: Snapshot) { state = Mutex(State(latest: first)) }

    public var latest: Snapshot { state.withLock { $0.latest } }

    /// Calls `body` after every change, on the publisher's thread: it must only ring, not work.
    public func onChange(_ body: (@Sendable () -> Void)?) { state.withLock { $0.onChange = body } }

    public func publish(_ snapshot: Snapshot) {
        let (ring, streams) = state.withLock { state in
            state.latest = snapshot
            return (state.onChange, Array(state.streams.values))
        }
        ring?()
        for stream in streams { stream.yield(snapshot) }
    }

    /// The latest snapshot and then each newer one; one that comes while the reader is busy replaces its forerunner.
    public func updates() -> AsyncStream<Snapshot> {
        let (stream, continuation) = AsyncStream.makeStream(of: Snapshot.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state -> Int? in
            continuation.yield(state.latest)
            if state.finished { return nil }
            state.nextStream += 1
            state.streams[state.nextStream] = continuation
            return state.nextStream
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.streams.removeValue(forKey: id) }
        }
        return stream
    }

    /// Ends all streams: nothing more will come.
    public func finish() {
        let streams = state.withLock { state in
            state.finished = true
            return Array(state.streams.values)
        }
        for stream in streams { stream.finish() }
    }
}
