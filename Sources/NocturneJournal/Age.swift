// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What is left when age is taken away.
///
/// Every look at a device moves times, durations of answers, counts of seconds and the device's clock. None of that is
/// news: it neither hurries a snapshot nor fills a recording. This is the one place that says which values those are.
extension DeviceState {
    /// Whether `other` tells the same about the device, only seen at another time.
    public func differsOnlyInAge(from other: DeviceState) -> Bool {
        ageless == other.ageless
    }

    /// The state without times, measurements and raw text.
    var ageless: DeviceState {
        var state = self
        state.transcripts = [:]
        state.sweepMilliseconds = nil
        state.sweepBytes = nil
        state.clockOffsetMilliseconds = nil
        state.reach.roundTripMilliseconds = nil
        state.status = status?.ageless { $0.serverTime = nil }
        state.peers = peers?.ageless { rows in for at in rows.indices { rows[at].uptimeSeconds = nil } }
        state.bfd = bfd?.ageless { rows in for at in rows.indices { rows[at].uptimeSeconds = nil } }
        state.ospf = ospf?.ageless { _ in }
        return state
    }
}

extension Observed {
    /// The value without its time and cost, and without what `strip` takes out of it.
    func ageless(_ strip: (inout Value) -> Void) -> Observed {
        var copy = self
        copy.at = UTC(milliseconds: 0)
        copy.tookMilliseconds = 0
        strip(&copy.value)
        return copy
    }
}
