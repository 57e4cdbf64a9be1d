// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Lets one task wait for "something happened", with a deadline and with cancellation.
///
/// A signal raised while nobody waits is remembered once: raise-then-wait does not hang.
@NetworkActor
final class Signal {
    private var raised = false
    private var waiter: CheckedContinuation<Bool, Never>?
    private var timer: UInt64?
    private var round: UInt64 = 0

    nonisolated init() {}

    func raise() {
        if waiter == nil { raised = true } else { finish(true) }
    }

    /// True when raised, false when the deadline passed or the task was cancelled.
    func wait(until deadline: ContinuousClock.Instant) async -> Bool {
        if raised {
            raised = false
            return true
        }
        if Task.isCancelled || deadline <= .now { return false }
        precondition(waiter == nil, "two tasks wait for one signal")
        round += 1
        let mine = round
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter = continuation
                timer = EventLoop.shared.schedule(at: deadline) { [weak self] in self?.finish(false) }
            }
        } onCancel: {
            Task { @NetworkActor in if self.round == mine { self.finish(false) } }
        }
    }

    private func finish(_ result: Bool) {
        guard let waiter else { return }
        self.waiter = nil
        if let timer { EventLoop.shared.cancel(timer) }
        timer = nil
        waiter.resume(returning: result)
    }
}

/// Runs blocking work on a thread of its own, so that it can neither stall the loop nor the pool of Swift's tasks.
///
/// For name resolution, which has no non-blocking form in libc. The caller waits with a deadline; work that outlives
/// it ends unheard.
enum HelperThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func run(_ body: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(Work(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        pthread_attr_destroy(&attributes)
        if failure != 0 { work.release() }
    }
}
