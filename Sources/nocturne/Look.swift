// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneScreens
import NocturneWiring
import Synchronization

/// One look at the network, or at a recording of it.
struct Look: Sendable {
    var snapshot: Snapshot
    /// The time that ages are told against: now, or a recording's own.
    var now: UTC
    /// Which recording it is, when it is one.
    var recording: ReplayStatus?

    static func take(_ common: CommonOptions, replay: ReplayOption, asJSON: Bool) throws -> Look {
        if let tape = try replay.tape(common, asJSON: asJSON) {
            var look = try tape.last(asJSON: asJSON)
            look.snapshot = try common.narrow(look.snapshot, of: tape.name, asJSON: asJSON)
            return look
        }
        let inventory = try common.readInventory(asJSON: asJSON)
        let limit = common.timeout.duration
        return try waitFor {
            let network = await LiveNetwork(inventory: inventory)
            await network.start(spread: false)
            let snapshot = await network.engine.firstComplete(within: limit)
            let look = Look(snapshot: snapshot, now: SystemClock().now)
            await network.stop()
            return look
        }
    }

    /// Looks again and again, and hands over what there is once per interval, until the process is ended.
    static func watch(_ common: CommonOptions, asJSON: Bool, _ show: @escaping @Sendable (Look) throws -> Void) throws {
        let inventory = try common.readInventory(asJSON: asJSON)
        let limit = common.timeout.duration
        let interval = inventory.devices.map(\.poll).min() ?? .seconds(2)
        try waitFor {
            let network = await LiveNetwork(inventory: inventory)
            await network.start(spread: false)
            var shown = await network.engine.firstComplete(within: limit)
            try show(Look(snapshot: shown, now: SystemClock().now))
            for await snapshot in network.engine.box.updates() where snapshot.at - shown.at >= interval {
                shown = snapshot
                try show(Look(snapshot: shown, now: SystemClock().now))
            }
        }
    }
}

/// Runs asynchronous work from the main thread of a command and waits for its end.
@discardableResult
func waitFor<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task {
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        result.withLock { $0 = outcome }
        done.signal()
    }
    done.wait()
    guard let outcome = result.withLock({ $0 }) else { fatalError("signalled without a result") }
    return try outcome.get()
}
