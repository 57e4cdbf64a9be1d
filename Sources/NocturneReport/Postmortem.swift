// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// An incident as Markdown that a person goes on with.
///
/// It exists because the morning after a night asks the same questions every time: what was lost and for how long, what
/// happened when, who did what, and what nobody could see. Everything in it is worked out of events; what it cannot
/// know it says, and leaves the why to whoever edits it.
///
/// ```
///  # Incident of 2026-11-21 02:14 UTC (lab)
///  ## Summary · ## Impact · ## Timeline · ## Changes made · ## Detection · ## Evidence · ## Open questions · ## Future work
/// ```
public struct Postmortem {
    public var incident: Incident
    /// Everything there is, also from before the incident: the beginning of a change lies there.
    public var events: [Event]
    public var site: String
    /// When it is written.
    public var now: UTC

    /// A change that ended this long before the first symptom is told of: what was done last is asked first.
    static let lead = Duration.seconds(600)

    public init(incident: Incident, events: [Event], site: String, now: UTC) {
        self.incident = incident
        self.events = events
        self.site = site
        self.now = now
    }

    /// The whole text, ending with a newline.
    public var markdown: String {
        let sections: [(title: String, lines: [String])] = [
            ("Summary", summary), ("Impact", impact), ("Timeline", timeline), ("Changes made", changes),
            ("Detection", detection), ("Evidence", evidence), ("Open questions", questions),
            ("Future work", futureWork),
        ]
        let title = "# Incident of \(incident.start.date) \(incident.start.clockMinutes) UTC (\(Markdown.text(site)))"
        return ([title] + sections.flatMap { ["", "## \($0.title)", ""] + $0.lines }).joined(separator: "\n") + "\n"
    }

    private var summary: [String] {
        let end = incident.end
        let lasted = Self.seconds(((end ?? now) - incident.start).milliseconds)
        let lost = incident.impacts.map { Markdown.text($0.subject.description) }
        return [
            "- Start: \(Markdown.instant(incident.start))",
            "- End: " + (end.map(Markdown.instant) ?? "not over when this was written, \(Markdown.instant(now))"),
            "- Duration: \(lasted)" + (end == nil ? " so far" : ""),
            "- Lost: " + (lost.isEmpty ? "nothing that was observed" : lost.joined(separator: ", ")),
        ]
    }

    private var impact: [String] {
        guard !incident.impacts.isEmpty else { return ["Nothing that was observed."] }
        return ["| Subject | Lost | At the end |", "| --- | ---: | --- |"]
            + incident.impacts.map { impact in
                let removed = events.last { $0.subject == impact.subject }?.after == "absent"
                let state = impact.isBack ? "back" : removed ? "removed" : "not back"
                return
                    "| \(Markdown.text(impact.subject.description)) | \(Self.seconds(impact.lostMilliseconds)) | \(state) |"
            }
    }

    private var timeline: [String] { incident.events.map { "- " + TimelineText.line($0) { Markdown.text($0) } } }

    private var detection: [String] {
        let first = incident.first
        let human = incident.events.filter { $0.source == .note || $0.source == .operator || $0.source == .change }
            .min { $0.at < $1.at }
        var lines = [
            "- First symptom: \(TimelineText.when(first)): \(Markdown.text(TimelineText.what(first)))",
            "- First seen: \(Markdown.instant(first.at))" + after(first.at),
        ]
        lines.append(
            human.map {
                "- First human action: \(Markdown.instant($0.at))\(after($0.at)): \(Markdown.text(TimelineText.what($0)))"
            } ?? "- First human action: none was recorded")
        return lines
    }

    /// `, 3.2 s after the first symptom`
    private func after(_ time: UTC) -> String {
        let late = (time - incident.start).milliseconds
        return late > 0 ? ", \(Self.seconds(late)) after the first symptom" : ""
    }

    private var evidence: [String] {
        let told = incident.events.filter { $0.evidence?.isEmpty == false && $0.source != .change }
        guard !told.isEmpty else { return ["No device gave a reason."] }
        return told.flatMap { event in
            ["- \(TimelineText.when(event)), \(Markdown.text(event.subject.description)):"]
                + Markdown.block(event.evidence ?? "").map { "  " + $0 }
        }
    }

    private var questions: [String] {
        var lines = incident.gaps.map { gap in
            let until = gap.to.map { "until \(Markdown.instant($0)) (\(Self.seconds(($0 - gap.from).milliseconds)))" }
            return "- \(Markdown.text(gap.subject.description)) was dark from \(Markdown.instant(gap.from)) "
                + (until ?? "and still was when this was written")
                + (gap.reason.map { ": \(Markdown.text($0))" } ?? "") + ". What happened there meanwhile is not known."
        }
        let unsure = incident.events.filter { !$0.isExact && $0.deviceTime != nil }
        let clocks = Set(unsure.compactMap { $0.subject.device }).sorted()
        lines += clocks.map {
            "- The clock of \(Markdown.text($0.rawValue)) told impossible times; its events stand at the time they were seen."
        }
        return lines.isEmpty ? ["Nothing was dark."] : lines
    }

    private var futureWork: [String] {
        let items = incident.events.filter { $0.source == .note && $0.after.hasPrefix("!") }
        guard !items.isEmpty else { return ["No note began with `!`."] }
        return items.map { note in
            let text = note.after.drop { $0 == "!" || $0 == " " }
            return "- [ ] \(Markdown.text(String(text)))" + (note.by.map { " (\(Markdown.text($0)))" } ?? "")
        }
    }

    /// `12.3 s`
    static func seconds(_ milliseconds: Int64) -> String {
        let tenths = (max(0, milliseconds) + 50) / 100
        return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
}

extension Postmortem {
    /// Change sessions of which anything happened in the incident or shortly before it, told from their beginning.
    private var changes: [String] {
        let from = incident.start - Self.lead
        let until = incident.end ?? now
        let steps = Dictionary(grouping: events.filter { $0.subject.kind == .change }, by: \.subject)
        let sessions = steps.filter { _, steps in steps.contains { $0.at >= from && $0.at <= until } }
            .sorted { ($0.value.first?.at ?? now, $0.key) < ($1.value.first?.at ?? now, $1.key) }
        guard !sessions.isEmpty else { return ["None through nocturne."] }
        return sessions.flatMap { subject, steps in
            let who = steps.compactMap(\.by).first.map(Markdown.text) ?? "somebody unknown"
            let ends = steps.last.map { "\(Markdown.text(Self.phase($0.after))) at \(Markdown.instant($0.at))" } ?? ""
            let last = steps.last.flatMap { ChangePhase(word: $0.after) }
            let diff = steps.last { $0.after == ChangePhase.checked.word }?.evidence ?? ""
            return [
                "### \(Markdown.text(subject.name)) on \(Markdown.text(subject.device?.rawValue ?? "?")), by \(who)",
                "",
                "Ended: \(ends)" + (last?.isEnd == false ? ", which is no end: look at the device" : ""), "",
            ] + (diff.isEmpty ? ["Its diff was not written down."] : Markdown.block(diff, language: "diff")) + [""]
        }.dropLast()
    }

    /// A phase in words; what is none stays as it is.
    static func phase(_ text: String) -> String {
        switch ChangePhase(word: text) {
        case .disarmedVerified: "kept, and its guard taken away"
        case .revertedVerified: "undone, and seen to be undone"
        case .refused: "refused, nothing was sent"
        case .stuck: "stuck"
        case .armedVerified: "armed, and read back"
        default: text
        }
    }
}
