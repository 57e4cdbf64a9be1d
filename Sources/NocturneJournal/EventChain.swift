// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// An event as it lies in the journal: what happened, and its place in the chain of whoever wrote it.
///
/// Every hash covers the hash before it, so a row that is changed, taken out or put in between shows up by itself, with
/// no key to keep. What a chain cannot show is that its newest rows are missing: ``ChainReport`` therefore tells how
/// far each writer got.
///
/// **The canonical form**, for anybody who wants to check without this program. Fields in the order of ``fields``; each
/// is its length in bytes as four octets, most significant first, and then its bytes; a field without a value is the
/// length `ffffffff` alone. Text is UTF-8, numbers are decimal ASCII, the previous hash is 32 raw octets, and zeros for
/// a writer's first event. The hash is SHA-256 (FIPS 180-4) of all that.
struct ChainedEvent: Hashable, Sendable {
    /// Which form the hash is of; a change to the list of fields gets a new one.
    static let form = "nocturne-event-1"
    static let origin = [UInt8](repeating: 0, count: 32)

    /// Who wrote it: one per run of a program.
    var writer: String
    /// Counts up by one per writer, from 0.
    var sequence: Int64
    var previous: [UInt8]
    /// Milliseconds since the machine's start, by the writer's clock, when it was written: order even where UTC was set.
    var monotonic: Int64?
    /// The device's clock minus the writer's, in milliseconds; nil where it is not known.
    var clockOffset: Int64?
    var utc: Int64
    var notBefore: Int64?
    var deviceTime: Int64?
    var source: String
    var by: String?
    var kind: String
    var device: String?
    var name: String
    var before: String?
    var after: String
    var severity: String
    var evidence: String?

    private var fields: [[UInt8]?] {
        func number(_ value: Int64?) -> [UInt8]? { value.map { Array(String($0).utf8) } }
        func text(_ value: String?) -> [UInt8]? { value.map { Array($0.utf8) } }
        return [
            text(Self.form), previous, text(writer), number(sequence), number(utc), number(monotonic),
            number(clockOffset), number(notBefore), number(deviceTime), text(source), text(by), text(kind),
            text(device), text(name), text(before), text(after), text(severity), text(evidence),
        ]
    }

    /// What the hash is taken of.
    var canonical: [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            let length = field.map { UInt32($0.count) } ?? .max
            bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) }
            bytes += field ?? []
        }
        return bytes
    }

    var hash: [UInt8] { Digest.sha256(canonical) }
}

extension ChainedEvent {
    init(_ event: Event, writer: String, sequence: Int64, previous: [UInt8], monotonic: Int64?) {
        self.init(
            writer: writer, sequence: sequence, previous: previous, monotonic: monotonic, clockOffset: nil,
            utc: event.at.milliseconds, notBefore: event.notBefore?.milliseconds,
            deviceTime: event.deviceTime?.milliseconds, source: event.source.rawValue, by: event.by,
            kind: event.subject.kind.rawValue, device: event.subject.device?.rawValue, name: event.subject.name,
            before: event.before, after: event.after, severity: event.severity.rawValue, evidence: event.evidence)
    }

    /// The event, numbered by its row; nil when it speaks of something this version does not know.
    func event(row: Int64) -> Event? {
        guard let kind = Subject.Kind(rawValue: kind), let severity = Event.Severity(rawValue: severity),
            let source = Event.Source(rawValue: source)
        else { return nil }
        return Event(
            sequence: Int(row), at: UTC(milliseconds: utc), notBefore: notBefore.map(UTC.init(milliseconds:)),
            deviceTime: deviceTime.map(UTC.init(milliseconds:)),
            subject: Subject(kind: kind, device: device.map { DeviceName($0) }, name: name), before: before,
            after: after, severity: severity, evidence: evidence, source: source, by: by)
    }
}

/// What became of one writer's chain.
public struct ChainReport: Hashable, Sendable {
    /// The first row at which a chain does not hold. Nothing after it is vouched for.
    public struct Break: Hashable, Sendable {
        public enum Wrong: Hashable, Sendable {
            /// The row is not what was hashed when it was written.
            case content
            /// Events are missing before it, from this number on.
            case missing(from: Int64)
            /// It was written after another event than the one that now stands before it.
            case predecessor
        }
        public var row: Int64
        public var sequence: Int64
        public var wrong: Wrong

        /// In a sentence.
        public var message: String {
            switch wrong {
            case .content: "event \(sequence) (row \(row)) was changed after it was written"
            case .missing(let first):
                first == sequence - 1
                    ? "event \(first) is missing before row \(row)"
                    : "events \(first) to \(sequence - 1) are missing before row \(row)"
            case .predecessor:
                "event \(sequence) (row \(row)) does not follow from the one before it, which was exchanged"
            }
        }
    }

    public var writer: String
    /// Events of this writer that are there.
    public var count: Int
    /// When its first and latest events were seen.
    public var first: UTC
    public var last: UTC
    public var broken: Break?

    public var isWhole: Bool { broken == nil }
}
