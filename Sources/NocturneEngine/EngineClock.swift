// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel

/// The time, as far as the engine is concerned.
///
/// Two readings, because they answer different questions: `now` dates what was seen, `monotonic` measures waiting and
/// never jumps when somebody sets the clock.
public protocol EngineClock: Sendable {
    var now: UTC { get }
    /// Time since some fixed moment; goes on while the machine sleeps, so that a woken laptop looks at once.
    var monotonic: Duration { get }
    /// Waits until `monotonic` has reached `deadline`, or until the task is cancelled; either way it just returns.
    func sleep(until deadline: Duration) async
}

/// The clock of the machine.
public struct SystemClock: EngineClock {
    private let origin = ContinuousClock.now

    public init() {}

    public var now: UTC {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTC(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    public var monotonic: Duration { ContinuousClock.now - origin }

    public func sleep(until deadline: Duration) async {
        // The only error is cancellation, which is a way to be woken here.
        try? await ContinuousClock().sleep(until: origin + deadline)
    }
}
