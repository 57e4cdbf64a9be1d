// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Wakes a ``Reactor`` from any thread.
///
/// Rings before the answer count as one: a bell says that there is news, not how much (eventfd(2)).
public final class Doorbell: Sendable {
    let descriptor: Int32

    /// - Throws: ``TerminalError/system(call:errno:)`` when the system has no descriptor left.
    public init() throws(TerminalError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        guard descriptor >= 0 else { throw .system(call: "eventfd", errno: errno) }
    }

    deinit { _ = Glibc.close(descriptor) }

    public func ring() {
        var one: UInt64 = 1
        // Full means rung already.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func answer() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
