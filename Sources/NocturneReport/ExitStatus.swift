// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// How a command ends. Scripts stand on these numbers.
public enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
    /// Everything was observed and is healthy.
    case healthy = 0
    /// Something observed is unhealthy; for `parse`, something was not understood or was cut.
    case unhealthy = 1
    /// Something could not be observed.
    case unknown = 2
    /// `EX_USAGE` of sysexits.h.
    case usage = 64
    /// The input is no answer of that platform at all (`EX_DATAERR`).
    case notThatPlatform = 65
    /// `EX_IOERR`.
    case cannotWrite = 74
    /// `EX_CONFIG`.
    case configuration = 78

    /// What `--fail-on` narrows to.
    public enum Failure: String, Hashable, Sendable, CaseIterable { case unhealthy, unknown }

    /// The end of one look at the network: what could not be seen wins over what was seen to be bad, since it may hide
    /// worse.
    ///
    /// A question that an otherwise observed device refused counts as not observed. A disabled session counts as
    /// unhealthy: it was meant, and it still carries nothing.
    public static func of(_ snapshot: Snapshot, now: UTC, failOn: Failure? = nil) -> ExitStatus {
        var found: Set<Failure> = []
        for device in snapshot.devices {
            if device.isDark(at: now) || !device.refused.isEmpty { found.insert(.unknown) }
            if !device.unparsed.values.allSatisfy(\.isEmpty) { found.insert(.unhealthy) }
            for peer in device.peers?.value ?? [] {
                switch device.health(of: peer, at: now) {
                case .up: break
                case .dark: found.insert(.unknown)
                case .down, .degraded: found.insert(.unhealthy)
                }
            }
        }
        return of(found, failOn: failOn)
    }

    /// The end of `anycast`, `guests` or `services`: about what the command lists, and about the devices it lists
    /// nothing of because they could not be observed.
    public static func of(
        _ healths: [Health], hidden: Bool = false, failOn: Failure? = nil
    ) -> ExitStatus {
        var found: Set<Failure> = hidden || healths.contains(.dark) ? [.unknown] : []
        if healths.contains(.down) || healths.contains(.degraded) { found.insert(.unhealthy) }
        return of(found, failOn: failOn)
    }

    private static func of(_ found: Set<Failure>, failOn: Failure?) -> ExitStatus {
        let found = failOn.map { found.intersection([$0]) } ?? found
        if found.contains(.unknown) { return .unknown }
        return found.contains(.unhealthy) ? .unhealthy : .healthy
    }

    /// The end of `nocturne parse` when there was an answer.
    public static func parsed(unparsed: [Unparsed], truncated: Bool) -> ExitStatus {
        unparsed.isEmpty && !truncated ? .healthy : .unhealthy
    }
}
