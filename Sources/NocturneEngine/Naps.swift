// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Synchronization

/// What may be waited for, and woken early.
enum NapKey: Hashable, Sendable {
    case device(DeviceName)
    case publisher, ticker, sink, ledger, firstLook

    /// What a leaving engine still waits for.
    var isDisk: Bool { self == .sink || self == .ledger }
}

/// The waits of the engine that something may cut short: a nap ends at its deadline or when it is woken.
///
/// A wake-up that comes before its nap is kept for it, so that nobody sleeps through what they were called for.
struct Naps {
    private var sleeping: [NapKey: Task<Void, Never>] = [:]
    private var called: Set<NapKey> = []
    private(set) var over = false

    mutating func wake(_ key: NapKey) {
        if let task = sleeping[key] { task.cancel() } else { called.insert(key) }
    }

    /// Wakes everybody, and lets nobody sleep again but for the disk, which a leaving engine still waits for.
    mutating func wakeAll() {
        over = true
        for (key, task) in sleeping where !key.isDisk { task.cancel() }
    }

    /// Drops a wake-up that was meant for an earlier nap.
    mutating func forget(_ key: NapKey) { called.remove(key) }

    mutating func begin(_ key: NapKey, _ sleep: @escaping @Sendable () async -> Void) -> Task<Void, Never>? {
        if called.remove(key) != nil || (over && !key.isDisk) { return nil }
        let task = Task { await sleep() }
        sleeping[key] = task
        return task
    }

    mutating func end(_ key: NapKey) { sleeping[key] = nil }
}

extension Engine {
    /// Waits until the deadline or a call of `naps.wake(key)`, whichever is first.
    func nap(_ key: NapKey, until deadline: Duration) async {
        let clock = self.clock
        guard let task = naps.begin(key, { await clock.sleep(until: deadline) }) else { return }
        await task.value
        naps.end(key)
    }
}

/// The newest rung of each running climb, left by drivers on their threads for the engine to collect.
final class Mailbox: Sendable {
    private let latest = Mutex<[DeviceName: Reach]>([:])

    /// Leaves a rung; true when the box was empty, so that somebody must be told.
    func put(_ device: DeviceName, _ reach: Reach) -> Bool {
        latest.withLock { latest in
            defer { latest[device] = reach }
            return latest.isEmpty
        }
    }

    func take() -> [DeviceName: Reach] {
        latest.withLock { latest in
            defer { latest = [:] }
            return latest
        }
    }

    /// A finished sweep has said more than the climb before it.
    func discard(_ device: DeviceName) { latest.withLock { $0[device] = nil } }
}
