// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Synchronization

/// A clock that stands still until it is told to go on: the twin of ``SystemClock`` for tests and replays.
///
/// ```swift
/// let clock = EmbeddedClock(UTC(milliseconds: 0))
/// await clock.sleepers(1)              // something waits
/// clock.advance(by: .seconds(2))       // and now it does not
/// ```
public final class EmbeddedClock: EngineClock {
    private struct Sleeper {
        var id: Int
        var deadline: Duration
        var wake: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: UTC
        var monotonic: Duration = .zero
        var nextID = 0
        var sleepers: [Sleeper] = []
        /// Cancelled before they were registered.
        var cancelled: Set<Int> = []
        var watchers: [(count: Int, wake: CheckedContinuation<Void, Never>)] = []
    }

    private let state: Mutex<State>

    public init(_ now: UTC) { state = Mutex(State(now: now)) }

    public var now: UTC { state.withLock { $0.now } }
    public var monotonic: Duration { state.withLock { $0.monotonic } }

    public func sleep(until deadline: Duration) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                let (due, watchers) = state.withLock { state -> (Bool, [CheckedContinuation<Void, Never>]) in
                    if state.cancelled.remove(id) != nil || deadline <= state.monotonic { return (true, []) }
                    state.sleepers.append(Sleeper(id: id, deadline: deadline, wake: wake))
                    let ready = state.watchers.filter { $0.count <= state.sleepers.count }
                    state.watchers.removeAll { $0.count <= state.sleepers.count }
                    return (false, ready.map(\.wake))
                }
                if due { wake.resume() }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state -> Sleeper? in
                guard let at = state.sleepers.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.sleepers.remove(at: at)
            }
            sleeper?.wake.resume()
        }
    }

    /// Moves both readings on and wakes who was due, earliest first.
    public func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now + duration
            state.monotonic += duration
            return Self.due(&state)
        }
        for sleeper in due { sleeper.wake.resume() }
    }

    /// Moves on to the earliest deadline anybody waits for, and wakes who waits for it; false when nobody waits.
    @discardableResult
    public func advanceToNextDeadline() -> Bool {
        let due = state.withLock { state -> [Sleeper]? in
            guard let next = state.sleepers.map(\.deadline).min() else { return nil }
            state.now = state.now + (next - state.monotonic)
            state.monotonic = next
            return Self.due(&state)
        }
        for sleeper in due ?? [] { sleeper.wake.resume() }
        return due != nil
    }

    /// Waits until at least `count` tasks wait on this clock.
    public func sleepers(_ count: Int) async {
        await withCheckedContinuation { wake in
            let ready = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, wake))
                return false
            }
            if ready { wake.resume() }
        }
    }

    private static func due(_ state: inout State) -> [Sleeper] {
        let limit = state.monotonic
        let due = state.sleepers.filter { $0.deadline <= limit }.sorted { $0.deadline < $1.deadline }
        state.sleepers.removeAll { $0.deadline <= limit }
        return due
    }
}
