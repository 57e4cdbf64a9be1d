// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel

/// The time of day, read where something is observed.
enum WallClock {
    static var now: UTC {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTC(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
