// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The lines of the Timeline: every event by its best instant, and before the first of an incident a line for it.
///
/// Made once per snapshot and filter: the cursor, the window and every hint ask for the same lines between two keys.
struct TimelineLines {
    struct Row {
        enum Content {
            case incident(Incident)
            case event(Event)
        }
        var content: Content
        /// Whether it belongs to an incident.
        var inIncident: Bool
        /// How long the subject was lost, where this event is its return and the loss is known.
        var lost: Duration?

        var id: RowID {
            switch content {
            case .incident(let incident): .incident(incident.first.sequence)
            case .event(let event): .event(event.sequence)
            }
        }
    }

    let rows: [Row]
    let ids: [RowID]
    /// Events without the filter.
    let total: Int
    /// Events with it.
    let shown: Int

    init(_ events: [Event], filter: Filter, at now: UTC) {
        let ordered = events.enumerated().sorted {
            ($0.element.instant, $0.offset) < ($1.element.instant, $1.offset)
        }.map(\.element)
        let incidents = Incident.all(in: events, at: now)
        let begins = Dictionary(incidents.map { ($0.first.sequence, $0) }) { first, _ in first }
        let members = Set(incidents.flatMap { $0.events.map(\.sequence) })
        let matches: ((Candidate) -> Bool)? = filter.isEmpty ? nil : filter.matcher(at: now)
        var lostSince: [Subject: UTC] = [:]
        var rows: [Row] = []
        var shown = 0
        for event in ordered {
            var lost: Duration?
            if event.isSymptom {
                if lostSince[event.subject] == nil { lostSince[event.subject] = event.instant }
            } else if event.severity == .good, let since = lostSince.removeValue(forKey: event.subject) {
                lost = event.instant - since
            }
            guard matches?(Candidate(event)) ?? true else { continue }
            if let incident = begins[event.sequence] {
                rows.append(Row(content: .incident(incident), inIncident: true))
            }
            rows.append(Row(content: .event(event), inIncident: members.contains(event.sequence), lost: lost))
            shown += 1
        }
        self.rows = rows
        self.shown = shown
        ids = rows.map(\.id)
        total = events.count
    }

    /// The incident of a row: the one it tells of or is part of.
    static func incident(of id: RowID?, in snapshot: Snapshot, at now: UTC) -> Incident? {
        let incidents = Incident.all(in: snapshot.events, at: now)
        switch id {
        case .incident(let first): return incidents.last { $0.first.sequence == first }
        case .event(let sequence): return incidents.last { $0.events.contains { $0.sequence == sequence } }
        default: return nil
        }
    }
}

/// The lines of one snapshot, kept while it is looked at.
final class TimelineMemory {
    private struct Key: Hashable {
        var number: Int
        var last: Int?
        var count: Int
        var filter: Filter
        var second: Int64
    }
    private var made: (Key, TimelineLines)?

    func rows(_ snapshot: Snapshot, _ state: ViewState, at now: UTC) -> TimelineLines {
        let filter = state.filters[.timeline] ?? Filter()
        // How long an open incident lasts is counted where it is drawn: time alone makes no other lines.
        let key = Key(
            number: snapshot.number, last: snapshot.events.last?.sequence, count: snapshot.events.count,
            filter: filter, second: filter.dependsOnTime ? now.milliseconds / 1000 : 0)
        if let made, made.0 == key { return made.1 }
        let rows = TimelineLines(snapshot.events, filter: filter, at: now)
        made = (key, rows)
        return rows
    }
}

extension Candidate {
    init(_ event: Event) {
        device = event.subject.device?.rawValue ?? ""
        name = event.subject.name
        state = event.after.lowercased()
        switch event.severity {
        case .bad: health = .down
        case .warning: health = .degraded
        case .good, .info: health = .up
        }
        group = nil
        asn = nil
        addresses = []
        families = []
        since = event.instant
        line = [
            device, TimelineScreen.kindWord(event), name, event.before, event.after, event.evidence, event.by,
            event.source.rawValue,
        ].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ").lowercased()
    }
}
