// SPDX-License-Identifier: Apache-2.0

/// A stretch of time in which something was lost: from the first symptom until the last subject is back.
///
/// Worked out of events, never stored: the same events give the same incidents on the screen, on the wall and in an
/// export a day later. Order is by the best instant there is for each event (the device's own where it told one), so
/// what is first is first by time and not by who was asked first.
///
/// ```
///  symptom ─▶ open ── bad, good, notes, changes … ──▶ every subject back ─▶ closed
///                      ▲                                      │
///                      └────────── bad within `rest` ─────────┘   the same incident: a flap is one story
/// ```
///
/// A device that goes dark, or a path that is lost, is a symptom and yet no loss: nobody knows what was lost behind it.
/// It is kept as a gap, keeps nothing open that is known to be back, and counts as lost time only where nothing else
/// was bad.
public struct Incident: Hashable, Sendable {
    /// A subject and how long it was lost.
    public struct Impact: Hashable, Sendable {
        public var subject: Subject
        /// In milliseconds, all its absences in this incident added; up to `now` for one that is not back.
        public var lostMilliseconds: Int64
        public var isBack: Bool
    }

    /// What could not be observed, and when.
    public struct Gap: Hashable, Sendable {
        public var subject: Subject
        public var from: UTC
        /// Nil while it is still dark; may lie after the incident's end.
        public var to: UTC?
        /// Why, in the words of its event.
        public var reason: String?
    }

    /// Counts up from 1 within the events it was made of.
    public var number: Int
    /// The first symptom.
    public var first: Event
    /// Its instant.
    public var start: UTC
    /// Everything that happened from the first symptom to the end, by instant, notes and changes too; and the notes
    /// of the hour after it.
    public var events: [Event] = []
    public var impacts: [Impact] = []
    public var gaps: [Gap] = []
    /// When the last subject was back; nil while one is not.
    public var end: UTC?

    public var isOpen: Bool { end == nil }

    /// After everything is back, a new symptom within this belongs to the same incident.
    public static let rest = Duration.seconds(60)
    /// What is noted within this after the end still belongs to it: people write when they have time to.
    public static let aftermath = Duration.seconds(3600)
}

extension Incident {
    /// The incidents in `events` (in the order they were written), oldest first; impacts of what is not back are counted
    /// up to `now`.
    public static func all(in events: [Event], at now: UTC) -> [Incident] {
        var story = IncidentStory()
        for (event, instant) in byInstant(events) { story.take(event, at: instant) }
        return story.finish(at: now)
    }

    /// Events by instant. Those of one subject stay in the order they were seen: between two clocks a recovery may seem
    /// to come before the loss, and never did.
    private static func byInstant(_ events: [Event]) -> [(Event, UTC)] {
        var latest: [Subject: UTC] = [:]
        let placed = events.map { event -> (Event, UTC) in
            let instant = max(event.instant, latest[event.subject] ?? event.instant)
            latest[event.subject] = instant
            return (event, instant)
        }
        return placed.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element)
    }
}

extension Event {
    /// Something was lost, by observation: what people do is no symptom.
    public var isSymptom: Bool {
        severity == .bad && (source == .observed || source == .stream || source == .deviceLog)
    }

    /// Something that was observed no longer is.
    public var isDarkness: Bool {
        switch subject.kind {
        case .device: after == "dark" && before != nil
        case .path: isSymptom
        default: false
        }
    }

    /// The subject is as it ought to be again.
    var isRecovery: Bool { severity == .good && source != .note && source != .operator }

    /// It is no longer there to come back: a session taken out of the configuration while it was down.
    var isRemoval: Bool { after == "absent" && !isSymptom }
}
