// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs an actor's work one after the other on a thread that may block.
///
/// Swift's own pool has one thread per core and must never be held up by a disk; a dispatch queue gets a thread of its
/// own when it needs one. The concurrency runtime brings libdispatch along anyway.
public final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    public init(label: String) { queue = DispatchQueue(label: label) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
