// SPDX-License-Identifier: Apache-2.0

/// A stretch of time in which something was lost: from the first symptom until the last subject is back.
///
/// Worked out of events, never stored: the same events give the same incidents on the screen, on the wall and in an
/// export a day later. Order is by the best instant there is for each event (the device's own where it told one), so
/// what is first is first by time and not by who was asked first.
///
/// ```
///  bad ─▶ open ── bad, good, notes, changes … ──▶ every subject back ─▶ closed
///                    ▲                                      │
///                    └────────── bad within `rest` ─────────┘   the same incident: a flap is one story
/// ```
public struct Incident: Hashable, Sendable {
    /// A subject and how long it was lost.
    public struct Impact: Hashable, Sendable {
        public var subject: Subject
        /// In milliseconds, all its absences in this incident added; up to `until` for one that is not back.
        public var lostMilliseconds: Int64
        public var isBack: Bool
    }

    /// Counts up from 1 within the events it was made of.
    public var number: Int
    /// The first symptom.
    public var first: Event
    /// Everything that happened from the first symptom to the end, by instant: notes and changes too.
    public var events: [Event]
    public var impacts: [Impact]
    /// When the last subject was back; nil while one is not.
    public var end: UTC?

    public var start: UTC { first.instant }
    public var isOpen: Bool { end == nil }

    /// After everything is back, a new symptom within this belongs to the same incident.
    public static let rest = Duration.seconds(60)
}

extension Incident {
    /// The incidents in `events`, oldest first; impacts of what is not back are counted up to `now`.
    public static func all(in events: [Event], at now: UTC) -> [Incident] {
        let ordered = events.enumerated().sorted {
            ($0.element.instant, $0.offset) < ($1.element.instant, $1.offset)
        }.map(\.element)
        var incidents: [Incident] = []
        var lostSince: [Subject: UTC] = [:]
        for event in ordered {
            let instant = event.instant
            if event.isSymptom {
                let joins = incidents.last.map { last in last.end.map { instant - $0 <= rest } ?? true } ?? false
                if !joins {
                    incidents.append(
                        Incident(number: incidents.count + 1, first: event, events: [], impacts: [], end: nil))
                }
                incidents[incidents.count - 1].end = nil
                if lostSince[event.subject] == nil { lostSince[event.subject] = instant }
            }
            guard let last = incidents.indices.last, incidents[last].end.map({ instant <= $0 }) ?? true else {
                continue
            }
            incidents[last].events.append(event)
            if !event.isSymptom, event.severity == .good, let since = lostSince.removeValue(forKey: event.subject) {
                incidents[last].add(event.subject, instant - since, isBack: true)
                if lostSince.isEmpty { incidents[last].end = instant }
            }
        }
        if let last = incidents.indices.last {
            for (subject, since) in lostSince.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
                incidents[last].add(subject, now - since, isBack: false)
            }
        }
        return incidents
    }

    private mutating func add(_ subject: Subject, _ lost: Duration, isBack: Bool) {
        let milliseconds = max(0, lost.milliseconds)
        if let known = impacts.firstIndex(where: { $0.subject == subject }) {
            impacts[known].lostMilliseconds += milliseconds
            impacts[known].isBack = isBack
        } else {
            impacts.append(Impact(subject: subject, lostMilliseconds: milliseconds, isBack: isBack))
        }
    }
}

extension Event {
    /// Something was lost, by observation: what people do is no symptom.
    public var isSymptom: Bool {
        severity == .bad && (source == .observed || source == .stream || source == .deviceLog)
    }
}
