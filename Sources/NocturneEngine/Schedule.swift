// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel

/// When a device is asked: from start to start, never twice at once, and not before its back-off ends.
///
/// ```
///  |── sweep ──|      |── sweep ────────────────|  |── sweep ──|
///  0           ·      2 s                  (4 s missed)        6 s      poll: 2 s
/// ```
///
/// A sweep that outlasts its interval makes its device miss beats; the next one starts on the next beat, so that a slow
/// device is not asked without pause.
struct Schedule: Sendable {
    let poll: Duration
    private(set) var next: Duration

    init(poll: Duration, first: Duration) {
        self.poll = poll
        next = first
    }

    /// Plans the next start after a sweep that began at `began` and ended now.
    ///
    /// - Parameter retryIn: what is left of the back-off; nil for none.
    mutating func sweptFrom(_ began: Duration, to now: Duration, retryIn: Duration?) {
        next = began + poll
        if next < now, Duration.zero < poll {
            let missed: Double = (now - next) / poll
            next += poll * missed.rounded(.up)
        }
        if let retryIn { next = max(next, now + retryIn) }
    }
}

extension Engine {
    /// The life of one device's task.
    func observe(with driver: any DeviceDriver, poll: Duration, first: Duration) async {
        let name = driver.device
        var schedule = Schedule(poll: poll, first: first)
        while !stopped {
            await nap(.device(name), until: schedule.next)
            guard !stopped else { return }
            let began = clock.monotonic
            let report = await driver.sweep { [weak self] reach in self?.climbing(name, reach) }
            receive(report)
            let retryIn = report.reach.retryAt.map { $0 - clock.now }
            schedule.sweptFrom(began, to: clock.monotonic, retryIn: retryIn)
            if let fault = report.reach.fault, !fault.retries, retryIn == nil {
                // Only a person can help, and says so with `retryNow`; looking once an hour finds what was mended
                // without telling us.
                schedule.sweptFrom(began, to: clock.monotonic, retryIn: .seconds(3600))
            }
        }
    }

    /// Waits until every device has answered or failed once, for a single look; then says what is known.
    ///
    /// A device still on its way when the time is up is dark, with the rung at which it stood as the reason.
    public func firstComplete(within limit: Duration) async -> Snapshot {
        let deadline = clock.monotonic + limit
        while !stopped, !world.everyDeviceReported, clock.monotonic < deadline {
            await nap(.firstLook, until: deadline)
        }
        if !world.everyDeviceReported { observed(world.giveUp(after: limit, at: clock.now)) }
        await publish()
        return box.latest
    }
}
