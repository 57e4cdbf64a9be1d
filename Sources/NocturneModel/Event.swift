// SPDX-License-Identifier: Apache-2.0

/// What an event or a finding is about.
public struct Subject: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case path, device, peer, bfd, ospf
    }

    public var kind: Kind
    public var device: DeviceName?
    /// The name within the device: peer name, neighbour id; for a path its name.
    public var name: String

    public init(kind: Kind, device: DeviceName? = nil, name: String = "") {
        self.kind = kind
        self.device = device
        self.name = name
    }

    public static func < (lhs: Subject, rhs: Subject) -> Bool {
        (lhs.device?.rawValue ?? "", lhs.kind.rawValue, lhs.name)
            < (rhs.device?.rawValue ?? "", rhs.kind.rawValue, rhs.name)
    }

    public var description: String {
        [device?.rawValue, kind.rawValue, name].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// One transition of one subject.
///
/// Polled transitions happened somewhere between `notBefore` and `at`; where the device told its own instant for the
/// new state, `deviceTime` has it.
public struct Event: Hashable, Sendable, Codable {
    public enum Severity: String, Hashable, Sendable, Codable, CaseIterable { case info, good, warning, bad }

    /// Counts up by one per run.
    public var sequence: Int
    /// When it was seen.
    public var at: UTC
    /// The last time the subject was seen in its former state; nil for a first sight.
    public var notBefore: UTC?
    /// The device's own instant for the transition.
    public var deviceTime: UTC?
    public var subject: Subject
    public var before: String?
    public var after: String
    public var severity: Severity
    /// Reason or last error, in the device's words.
    public var evidence: String?

    public init(
        sequence: Int, at: UTC, notBefore: UTC? = nil, deviceTime: UTC? = nil, subject: Subject, before: String? = nil,
        after: String, severity: Severity, evidence: String? = nil
    ) {
        self.sequence = sequence
        self.at = at
        self.notBefore = notBefore
        self.deviceTime = deviceTime
        self.subject = subject
        self.before = before
        self.after = after
        self.severity = severity
        self.evidence = evidence
    }
}
