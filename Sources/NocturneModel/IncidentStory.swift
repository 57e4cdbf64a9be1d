// SPDX-License-Identifier: Apache-2.0

/// Takes events in the order of their instants and keeps what is lost and what is dark: how ``Incident/all(in:at:)``
/// makes incidents.
struct IncidentStory {
    private var incidents: [Incident] = []
    private var lostSince: [Subject: UTC] = [:]
    /// Notes and whatever else came since the end of the latest incident: part of it if a flap reopens it.
    private var since: [Event] = []

    mutating func take(_ event: Event, at instant: UTC) {
        let dark = event.isDarkness
        if dark || event.isSymptom { join(event, at: instant) }
        guard let last = incidents.indices.last else { return }
        if dark {
            // Lost twice without having been found: the first still counts.
            if !incidents[last].gaps.contains(where: { $0.subject == event.subject && $0.to == nil }) {
                incidents[last].gaps.append(
                    Incident.Gap(subject: event.subject, from: instant, to: nil, reason: event.evidence))
            }
        } else if event.isSymptom, lostSince[event.subject] == nil {
            lostSince[event.subject] = instant
        }
        if incidents[last].isOpen || dark {
            incidents[last].events.append(event)
        } else {
            since.append(event)
        }
        if event.isRecovery || event.isRemoval { settle(event, at: instant) }
    }

    /// Opens an incident, or goes on with the latest.
    private mutating func join(_ event: Event, at instant: UTC) {
        let rested = incidents.last?.end.map { instant - $0 > Incident.rest }
        if incidents.isEmpty || rested == true {
            keepNotes()
            incidents.append(
                Incident(number: incidents.count + 1, first: event, start: instant, end: nil))
            return
        }
        let last = incidents.count - 1
        incidents[last].events += since
        since = []
        // Darkness alone opens nothing again that was lost and is back.
        if !event.isDarkness || incidents[last].impacts.isEmpty { incidents[last].end = nil }
    }

    private mutating func settle(_ event: Event, at instant: UTC) {
        let last = incidents.count - 1
        // Who is seen again may have been lost from sight incidents ago.
        for number in incidents.indices {
            for at in incidents[number].gaps.indices
            where incidents[number].gaps[at].subject == event.subject && incidents[number].gaps[at].to == nil {
                incidents[number].gaps[at].to = instant
            }
        }
        if let began = lostSince.removeValue(forKey: event.subject) {
            incidents[last].add(event.subject, instant - began, isBack: event.isRecovery)
        }
        guard incidents[last].isOpen, lostSince.isEmpty else { return }
        let onlyDark = incidents[last].impacts.isEmpty
        if !onlyDark || incidents[last].gaps.allSatisfy({ $0.to != nil }) { incidents[last].end = instant }
    }

    /// What was noted in the time after the latest incident goes to it.
    private mutating func keepNotes() {
        if let last = incidents.indices.last, let end = incidents[last].end {
            incidents[last].events += since.filter { $0.source == .note && $0.at - end <= Incident.aftermath }
        }
        since = []
    }

    mutating func finish(at now: UTC) -> [Incident] {
        keepNotes()
        if let last = incidents.indices.last {
            for (subject, began) in lostSince.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
                incidents[last].add(subject, now - began, isBack: false)
            }
        }
        for at in incidents.indices where incidents[at].impacts.isEmpty {
            for gap in incidents[at].gaps {
                incidents[at].add(gap.subject, (gap.to ?? now) - gap.from, isBack: gap.to != nil)
            }
        }
        return incidents
    }
}

extension Incident {
    fileprivate mutating func add(_ subject: Subject, _ lost: Duration, isBack: Bool) {
        let milliseconds = max(0, lost.milliseconds)
        if let known = impacts.firstIndex(where: { $0.subject == subject }) {
            impacts[known].lostMilliseconds += milliseconds
            impacts[known].isBack = isBack
        } else {
            impacts.append(Impact(subject: subject, lostMilliseconds: milliseconds, isBack: isBack))
        }
    }
}
