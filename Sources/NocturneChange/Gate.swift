// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Whether the device carries what it carried before the change, and has for long enough.
///
/// The baseline is what was good before: the device's established sessions, and every anycast address that was well on
/// any node, since a change on one router can take another's announcement along. Only what was *asked* after the
/// change counts, and a device that is not observed holds nothing.
public struct Gate: Sendable {
    private let device: DeviceName
    private let sessions: [String]
    private let anycast: [Subject]
    private let after: UTC
    private let hold: Duration

    /// As of the latest look.
    public private(set) var state: ChangeState.Gate

    /// - Parameters:
    ///   - baseline: the last snapshot before the change.
    ///   - after: when the change was applied; older answers count for nothing.
    public init(baseline: Snapshot, device: DeviceName, at now: UTC, after: UTC, hold: Duration) {
        self.device = device
        self.after = after
        self.hold = hold
        sessions = (baseline[device]?.peers?.value ?? []).filter { $0.state == .established }.map(\.name)
        anycast = baseline.anycastRows(at: now).filter { $0.verdict == .ok }.map(\.subject)
        state = ChangeState.Gate(wanted: sessions.count + anycast.count, held: 0)
    }

    /// The same wishes for a later moment: after the change, after the undoing.
    public func restarted(after: UTC, hold: Duration) -> Gate {
        var gate = self
        gate = Gate(device: device, sessions: sessions, anycast: anycast, after: after, hold: hold)
        return gate
    }

    private init(device: DeviceName, sessions: [String], anycast: [Subject], after: UTC, hold: Duration) {
        self.device = device
        self.sessions = sessions
        self.anycast = anycast
        self.after = after
        self.hold = hold
        state = ChangeState.Gate(wanted: sessions.count + anycast.count, held: 0)
    }

    /// Looks at one snapshot; true once everything has held for the hold time without interruption.
    public mutating func look(_ snapshot: Snapshot, at now: UTC) -> Bool {
        var missing: [String] = []
        var oldest = now
        if let observed = snapshot[device], !observed.isDark(at: now), let peers = observed.peers, counts(peers) {
            oldest = min(oldest, peers.at)
            for name in sessions {
                let peer = peers.value.first { $0.name == name }
                if peer?.state != .established {
                    missing.append("\(name): \(peer?.state.rawValue ?? "gone")")
                }
            }
        } else {
            missing.append("\(device): not seen since the change")
        }
        let unseen = missing.first?.hasSuffix("not seen since the change") == true
        let rows = anycast.isEmpty ? [] : snapshot.anycastRows(at: now)
        for subject in anycast {
            let row = rows.first { $0.subject == subject }
            if let row, row.verdict == .ok, let observed = row.observed, counts(observed) {
                oldest = min(oldest, observed.at)
            } else {
                let name = "\(subject.name) on \(subject.device?.rawValue ?? "")"
                missing.append(
                    "\(name): \(row.map { $0.verdict == .ok ? "not seen since the change" : $0.verdict.rawValue } ?? "gone")"
                )
            }
        }
        state.held = max(0, state.wanted - missing.count - (unseen ? sessions.count - 1 : 0))
        state.missing = missing
        state.since = missing.isEmpty ? state.since ?? oldest : nil
        guard let since = state.since else { return false }
        // By what was last seen, not by the clock: a hold nobody watched is none.
        return oldest - since >= hold
    }

    /// It was asked after the change, not only answered.
    private func counts<Value>(_ observed: Observed<Value>) -> Bool {
        observed.at - .milliseconds(Int64(observed.tookMilliseconds)) >= after
    }
}
