// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// One thread, one epoll, one heap of timers: the executor of ``NetworkActor``.
///
/// ```
///            ┌── jobs (from any thread, under a mutex; an eventfd wakes) ──┐
///  epoll_wait ── due timers ── readable / writable descriptors ────────────┘
/// ```
///
/// Why not swift-nio: libssh2 wants raw readiness and we want `TCP_QUICKACK` after every read, so of NIO only its
/// loop would be used; these few hundred lines are less to read and nothing to keep up with.
///
/// Unsafe corner: the system calls' one. `@unchecked Sendable` because the queue is guarded by the mutex and
/// everything else is touched by the loop's thread only. The mutex is a pthread one since ThreadSanitizer does not
/// understand the futex of `Synchronization.Mutex`.
final class EventLoop: SerialExecutor, @unchecked Sendable {
    static let shared = EventLoop()

    struct Readiness: OptionSet {
        let rawValue: UInt32
        static let read = Readiness(rawValue: EPOLLIN.rawValue)
        static let write = Readiness(rawValue: EPOLLOUT.rawValue)
        /// Error or hang-up: always reported, never asked for.
        static let end = Readiness(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    }

    private struct Watch {
        var generation: UInt32
        var action: (Readiness) -> Void
    }

    private let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    private let bell = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// Guarded by `mutex`.
    private var queue: [UnownedJob] = []
    /// Guarded by `mutex`: the bell has been rung and not yet heard.
    private var rung = false

    private var thread = pthread_t()
    private var watches: [Int32: Watch] = [:]
    private var generation: UInt32 = 0
    private var timers = TimerHeap()

    private init() {
        pthread_mutex_init(mutex, nil)
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(UInt32(bitPattern: bell))
        epoll_ctl(epoll, EPOLL_CTL_ADD, bell, &event)
        let me = Unmanaged.passUnretained(self).toOpaque()
        // The loop lives as long as the process.
        let failure = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<EventLoop>.fromOpaque(argument).takeUnretainedValue().run()
            }, me)
        precondition(failure == 0, "cannot start the network thread: \(failure)")
    }

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pthread_mutex_lock(mutex)
        queue.append(job)
        let ring = !rung
        rung = true
        pthread_mutex_unlock(mutex)
        if ring { eventfd_write(bell, 1) }
    }

    func isIsolatingCurrentContext() -> Bool? { pthread_equal(pthread_self(), thread) != 0 }

    func checkIsolated() {
        precondition(pthread_equal(pthread_self(), thread) != 0, "not on the network thread")
    }

    // MARK: On the loop's thread only

    /// A descriptor that is valid, non-blocking and never touched: what libssh2 is given as "its socket".
    var inertDescriptor: Int32 { bell }

    /// Calls `action` whenever `fd` is ready for `interest`, until ``unwatch(_:)``.
    func watch(_ fd: Int32, _ interest: Readiness, _ action: @escaping (Readiness) -> Void) {
        generation &+= 1
        watches[fd] = Watch(generation: generation, action: action)
        control(EPOLL_CTL_ADD, fd, interest, generation)
    }

    func rearm(_ fd: Int32, _ interest: Readiness) {
        guard let watch = watches[fd] else { return }
        control(EPOLL_CTL_MOD, fd, interest, watch.generation)
    }

    func unwatch(_ fd: Int32) {
        guard watches.removeValue(forKey: fd) != nil else { return }
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nil)
    }

    func schedule(at due: ContinuousClock.Instant, _ action: @escaping () -> Void) -> UInt64 {
        timers.add(at: due, action)
    }

    func cancel(_ timer: UInt64) { timers.cancel(timer) }

    private func control(_ operation: Int32, _ fd: Int32, _ interest: Readiness, _ generation: UInt32) {
        var event = epoll_event()
        event.events = interest.rawValue
        // The generation tells a late event of a closed descriptor from one of its successor with the same number.
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
        epoll_ctl(epoll, operation, fd, &event)
    }

    private func run() -> Never {
        // Signals belong to the thread that owns the terminal.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)

        var events = [epoll_event](repeating: epoll_event(), count: 64)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), timeout())
            for event in events.prefix(Int(max(0, count))) { dispatch(event) }
            let now = ContinuousClock.now
            while let action = timers.popDue(at: now) { action() }
            runJobs()
        }
    }

    /// Milliseconds until the next timer, rounded up so that it is due when we wake.
    private func timeout() -> Int32 {
        guard let next = timers.next else { return -1 }
        let wait = ContinuousClock.now.duration(to: next)
        guard wait > .zero else { return 0 }
        let (seconds, attoseconds) = wait.components
        return Int32(clamping: min(seconds, 3600) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }

    private func dispatch(_ event: epoll_event) {
        let fd = Int32(bitPattern: UInt32(truncatingIfNeeded: event.data.u64))
        if fd == bell {
            var value: eventfd_t = 0
            eventfd_read(bell, &value)
            return
        }
        guard let watch = watches[fd], watch.generation == UInt32(event.data.u64 >> 32) else { return }
        watch.action(Readiness(rawValue: event.events))
    }

    /// Runs what was queued when it was asked; jobs queued meanwhile wait for their turn behind the descriptors.
    private func runJobs() {
        pthread_mutex_lock(mutex)
        let batch = queue
        queue.removeAll(keepingCapacity: true)
        rung = false
        pthread_mutex_unlock(mutex)
        for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
}
