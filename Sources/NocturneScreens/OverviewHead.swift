// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTheme

/// The incident at the head of the Overview: since when, what was first, what followed, what was done just before.
///
/// ```
///  INCIDENT 3  open 00:02:40  since 02:11:26Z  4 lost, 1 back
///  first  02:11:26Z ✖ bkk00 peer iptx-hk-2519  established → active: hold timer expired
///  then   02:11:27Z ✖ bkk06 anycast 203.0.113.81/32  ok → blackhole
///         02:12:03Z ✎ ops  "HGC NOC on the phone, ticket 4471"
///  before 02:10:58Z ⚙ bkk00 change by ops  applied
/// ```
///
/// Without an incident the latest transitions stand here, for a quarter of an hour.
enum OverviewHead {
    /// Transitions closer together than this belong to one story.
    static let gap = Duration.seconds(120)
    /// Older stories are history; they have no place on a screen of now.
    static let recent = Duration.seconds(900)

    /// The incident to speak of: an open one, or the last one for a while after its end.
    static func incident(_ snapshot: Snapshot, _ lists: Lists, at now: UTC) -> Incident? {
        lists.incidents(snapshot, at: now).last { incident in incident.end.map { now - $0 <= recent } ?? true }
    }

    static func lines(_ snapshot: Snapshot, _ context: DrawContext, height: Int) -> [StyledLine] {
        guard height >= 8 else { return [] }
        // The worst rows keep two thirds.
        let room = min(6, max(2, height / 3))
        if let incident = incident(snapshot, context.lists, at: context.now) {
            return [title(incident, context.now)] + lines(of: incident, snapshot, context, room: room - 1)
        }
        return story(snapshot, context, room: min(5, room))
    }

    static func title(_ incident: Incident, _ now: UTC) -> StyledLine {
        let day = incident.start.date == now.date ? "" : incident.start.date + " "
        let since = "  since \(day)\(incident.start.clock)Z  \(counts(incident))"
        let head = StyledLine("INCIDENT \(incident.number)  ", .label)
        guard let end = incident.end else {
            // In steps, as every age on a screen that repaints only what changed.
            let seconds = (now - incident.start).milliseconds / 5000 * 5
            return head.then("open \(clock(seconds))", .bad).then(since)
        }
        let lasted = clock((end - incident.start).milliseconds / 1000)
        return head.then("closed \(end.clock)Z after \(lasted)", .good).then(since, .muted)
    }

    /// `4 lost, 1 back`.
    static func counts(_ incident: Incident) -> String {
        let back = incident.impacts.count(where: \.isBack)
        let lost = incident.impacts.count - back
        return (["\(lost) lost"] + (back > 0 ? ["\(back) back"] : [])).joined(separator: ", ")
    }

    /// `00:02:41`
    private static func clock(_ seconds: Int64) -> String {
        let seconds = max(0, seconds)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    private static func lines(
        of incident: Incident, _ snapshot: Snapshot, _ context: DrawContext, room: Int
    ) -> [StyledLine] {
        let before = before(incident.start, snapshot)
        var lines = [line(incident.first, "first", context)]
        let left = room - lines.count - (before == nil || room < 3 ? 0 : 1)
        let position = incident.events.firstIndex(of: incident.first) ?? 0
        let rest = incident.events[min(position + 1, incident.events.count)...].filter { $0.isTold }
        lines += following(rest, room: left, context)
        if let before, room >= 3 { lines.append(line(before, "before", context)) }
        return lines
    }

    /// What was done last before it, which may be why; else what moved just before.
    private static func before(_ start: UTC, _ snapshot: Snapshot) -> Event? {
        let earlier = snapshot.events.filter { $0.instant < start && start - $0.instant <= recent && !$0.isSymptom }
        return earlier.last { $0.source == .change && $0.instant < start }
            ?? earlier.last { $0.before != nil && start - $0.instant <= gap }
    }

    /// What followed, in order; of what does not fit, the latest.
    private static func following(_ rest: [Event], room: Int, _ context: DrawContext) -> [StyledLine] {
        guard room > 0 else { return [] }
        let fits = rest.count <= room
        var lines = rest.prefix(fits ? room : room - 1).enumerated().map { offset, event in
            line(event, offset == 0 ? "then" : "", context)
        }
        if !fits, let last = rest.last { lines.append(line(last, "+\(rest.count - room + 1)", context)) }
        return lines
    }

    /// The latest transitions where nothing was lost: nothing when nothing moved lately.
    private static func story(_ snapshot: Snapshot, _ context: DrawContext, room: Int) -> [StyledLine] {
        var story: [Event] = []
        for event in snapshot.events.reversed() where event.before != nil {
            if let next = story.last, next.at - event.at > gap { break }
            if story.isEmpty, context.now - event.at > recent { break }
            story.append(event)
        }
        story.reverse()
        guard let first = story.first else { return [] }
        return [line(first, "first", context)] + following(Array(story.dropFirst()), room: room - 1, context)
    }

    private static func line(_ event: Event, _ word: String, _ context: DrawContext) -> StyledLine {
        StyledLine(word.padding(to: 7), .label).then(EventLine.line(event, context))
    }
}

extension Event {
    /// Whether it moves the story on: transitions that mean something, and what people did and said.
    fileprivate var isTold: Bool { severity != .info || source == .note || source == .change || source == .operator }
}

/// One event as a line: `02:11:26Z ✖ bkk00 peer iptx-hk-2519  established → active: hold timer`.
enum EventLine {
    static func line(_ event: Event, _ context: DrawContext) -> StyledLine {
        let time = StyledLine("\(event.instant.clock)Z ", .muted)
        let role = Painter.role(event.severity)
        let evidence = event.evidence.map { ": \($0)" } ?? ""
        let by = event.by.map { "by \($0)  " } ?? ""
        if event.source == .note || event.subject.kind == .note {
            return time.then("\(context.glyphs.note) ", .info).then("\(event.by ?? "")  ").then("\"\(event.after)\"")
        }
        if event.source == .change || event.subject.kind == .change {
            let place = event.subject.device.map { "\($0) " } ?? ""
            return time.then("\(context.glyphs.change) ", role).then("\(place)change \(by)")
                .then(event.after + evidence, role)
        }
        let glyph =
            switch event.severity {
            case .bad: context.marks(.down)
            case .warning: context.marks(.degraded)
            case .good: context.marks(.up)
            case .info: context.glyphs.bullet
            }
        let change = event.before.map { "\($0) \(context.glyphs.arrow) \(event.after)" } ?? event.after
        return time.then(glyph + " ", role).then("\(event.subject)  ").then(change, role).then(evidence)
    }
}
