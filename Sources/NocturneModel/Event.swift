// SPDX-License-Identifier: Apache-2.0

/// What an event or a finding is about.
public struct Subject: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case path, device, peer, bfd, ospf, anycast, guest, service, change, note
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

/// One transition of one subject, or one thing a person did or said.
///
/// Polled transitions happened somewhere between `notBefore` and `at`; where the device told its own instant for the
/// new state, `deviceTime` has it.
public struct Event: Hashable, Sendable, Codable {
    public enum Severity: String, Hashable, Sendable, Codable, CaseIterable { case info, good, warning, bad }

    /// Where it comes from.
    public enum Source: String, Hashable, Sendable, Codable, CaseIterable {
        case observed, stream, `operator`
        case deviceLog = "device-log"
        case change, note
    }

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
    public var source: Source
    /// Who, where a person did it.
    public var by: String?

    public init(
        sequence: Int, at: UTC, notBefore: UTC? = nil, deviceTime: UTC? = nil, subject: Subject, before: String? = nil,
        after: String, severity: Severity, evidence: String? = nil, source: Source = .observed, by: String? = nil
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
        self.source = source
        self.by = by
    }
}

extension Event {
    /// Recordings of versions that knew only observations have no source.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        sequence = try values.decode(Int.self, forKey: .sequence)
        at = try values.decode(UTC.self, forKey: .at)
        notBefore = try values.decodeIfPresent(UTC.self, forKey: .notBefore)
        deviceTime = try values.decodeIfPresent(UTC.self, forKey: .deviceTime)
        subject = try values.decode(Subject.self, forKey: .subject)
        before = try values.decodeIfPresent(String.self, forKey: .before)
        after = try values.decode(String.self, forKey: .after)
        severity = try values.decode(Severity.self, forKey: .severity)
        evidence = try values.decodeIfPresent(String.self, forKey: .evidence)
        source = try values.decodeIfPresent(Source.self, forKey: .source) ?? .observed
        by = try values.decodeIfPresent(String.self, forKey: .by)
    }

    /// What a device may be off and still be believed: its clock trembles, and many tell whole seconds.
    public static let clockGrace = Duration.seconds(2)

    /// The device's own instant, unless it cannot be: before the subject was last seen in its former state, or after
    /// the new one was seen. Then the device's clock is wrong, and when it was seen is the better witness.
    public var trustedDeviceTime: UTC? {
        guard let deviceTime, deviceTime - at <= Self.clockGrace else { return nil }
        if let notBefore, notBefore - deviceTime > Self.clockGrace { return nil }
        return deviceTime
    }

    /// The best instant there is: the device's own, else when it was seen.
    public var instant: UTC { trustedDeviceTime ?? at }
    /// The instant is exact: the device told it, or a person did it. What has an earlier bound instead was found by
    /// looking, whatever it is about.
    public var isExact: Bool { trustedDeviceTime != nil || (source != .observed && notBefore == nil) }
}
