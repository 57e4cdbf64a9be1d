// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// An event in a line, for people; the same words in the terminal and in an export.
///
/// An instant that the device told, or that a person made, is exact. One that was found by looking has a `~` before it
/// and its bounds behind it: it happened after the one and not after the other.
public enum TimelineText {
    /// `02:14:05 UTC` or `~02:14:05 UTC (02:14:03 to 02:14:05)`
    public static func when(_ event: Event) -> String {
        guard !event.isExact else { return "\(event.instant.clock) UTC" }
        let bounds = event.notBefore.map { "\($0.clock) to \(event.at.clock)" } ?? "seen then, no earlier bound"
        return "~\(event.instant.clock) UTC (\(bounds))"
    }

    /// `bkk00 peer transit: established → active`
    public static func what(_ event: Event) -> String {
        if event.subject.kind == .note {
            let about = [event.subject.device?.rawValue, event.subject.name].compactMap { $0 }.filter { !$0.isEmpty }
            return "note" + (about.isEmpty ? "" : " on \(about.joined(separator: " "))") + ": \(event.after)"
        }
        return "\(event.subject): " + (event.before.map { "\($0) → " } ?? "") + event.after
    }

    /// The whole line: when, what, who, why. `escape` is for what came from elsewhere.
    public static func line(_ event: Event, escape: (String) -> String = { $0 }) -> String {
        var line = "\(when(event)): \(escape(what(event)))"
        if let by = event.by { line += " (by \(escape(by)))" }
        // The evidence of a change is its diff, which has a place of its own.
        if event.source != .change, let reason = event.evidence?.split(separator: "\n").first {
            line += ": \(escape(String(reason)))"
        }
        return line
    }

    /// Columns for a terminal: day and time, severity, what, who and why.
    public static func columns(_ events: [Event]) -> String {
        let times = events.map { ($0.isExact ? " " : "~") + "\($0.instant.date) \($0.instant.clock)" }
        let marks = events.map { $0.severity.rawValue.padded(to: 7) }
        let subjects = events.map { $0.subject.kind == .note ? "note" : $0.subject.description }
        let width = min(40, subjects.map(\.count).max() ?? 0)
        return zip(zip(times, marks), zip(subjects, events)).map { head, body in
            let (subject, event) = body
            let state = (event.before.map { "\($0) → " } ?? "") + event.after
            let why = event.source == .change ? nil : event.evidence?.split(separator: "\n").first.map(String.init)
            let rest = [state, event.by.map { "by \($0)" }, why].compactMap { $0 }.joined(separator: "  ")
            // A note may have several lines, and a journal from elsewhere anything.
            let row = "\(head.0)  \(head.1)  \(subject.padded(to: width))  \(rest)"
            return ScrubbedText(scrubbing: row).text.split(whereSeparator: \.isNewline).joined(separator: " ")
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
