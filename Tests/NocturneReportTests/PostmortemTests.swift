// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@testable import NocturneReport

/// 2026-11-21T02:14:00Z plus so many seconds.
private func at(_ seconds: Int64) -> UTC { UTC(milliseconds: 1_795_227_240_000 + seconds * 1000) }

private let transit = Subject(kind: .peer, device: "bkk00", name: "transit")
private let change = Subject(kind: .change, device: "bkk00", name: "20261121-021310-bkk00")

private let night: [Event] = [
    Event(
        sequence: 1, at: at(-50), subject: change, after: "checked", severity: .info,
        evidence: "-  import limit 100;\n+  import limit 10;", source: .change, by: "anna@noc1"),
    Event(
        sequence: 2, at: at(-5), subject: change, before: "armed, read back", after: "applied", severity: .warning,
        source: .change, by: "anna@noc1"),
    Event(
        sequence: 3, at: at(2), notBefore: at(0), deviceTime: at(1), subject: transit, before: "established",
        after: "active", severity: .bad, evidence: "Error: <b>limit</b> | `hit`"),
    Event(
        sequence: 4, at: at(4), notBefore: at(2), subject: Subject(kind: .bfd, device: "bkk00", name: "192.0.2.1"),
        before: "up", after: "down", severity: .bad),
    Event(
        sequence: 5, at: at(6), notBefore: at(4), subject: Subject(kind: .device, device: "bkk07"), before: "observed",
        after: "dark", severity: .warning, evidence: "connection refused"),
    Event(
        sequence: 6, at: at(12), subject: change, before: "applied", after: "reverted", severity: .warning,
        source: .change, by: "anna@noc1"),
    Event(
        sequence: 7, at: at(14), notBefore: at(12), deviceTime: at(13), subject: transit, before: "active",
        after: "established", severity: .good),
    Event(
        sequence: 8, at: at(16), notBefore: at(14), subject: Subject(kind: .bfd, device: "bkk00", name: "192.0.2.1"),
        before: "down", after: "up", severity: .good),
    Event(
        sequence: 9, at: at(90), subject: Subject(kind: .note), after: "! check limits | before _applying_",
        severity: .info, source: .note, by: "anna@noc1"),
]

private func markdown(_ events: [Event] = night) throws -> String {
    let incident = try #require(Incident.all(in: events, at: at(600)).last)
    return Postmortem(incident: incident, events: events, site: "lab", now: at(600)).markdown
}

/// The lines of one section, without the empty ones.
private func section(_ title: String, of text: String) -> [String] {
    let lines = text.split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(of: "## \(title)") else { return [] }
    return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("## ") })
}

@Suite struct PostmortemTests {
    @Test func theSectionsStandInTheirOrder() throws {
        let titles = try markdown().split(separator: "\n").filter { $0.hasPrefix("## ") }.map {
            String($0.dropFirst(3))
        }
        #expect(
            titles == [
                "Summary", "Impact", "Timeline", "Changes made", "Detection", "Evidence", "Open questions",
                "Future work",
            ])
        #expect(try markdown().hasPrefix("# Incident of 2026-11-21 02:14 UTC (lab)\n"))
    }

    @Test func whatWasLostAndForHowLong() throws {
        let text = try markdown()
        #expect(
            section("Summary", of: text) == [
                "- Start: 2026-11-21 02:14:01 UTC", "- End: 2026-11-21 02:14:16 UTC", "- Duration: 15 s",
                "- Lost: bkk00 peer transit, bkk00 bfd 192.0.2.1",
            ])
        #expect(
            section("Impact", of: text) == [
                "| Subject | Lost | At the end |", "| --- | ---: | --- |", "| bkk00 peer transit | 12 s | back |",
                "| bkk00 bfd 192.0.2.1 | 12 s | back |",
            ])
    }

    @Test func exactInstantsAndBounds() throws {
        let lines = section("Timeline", of: try markdown())
        #expect(
            lines.first
                == #"- 02:14:01 UTC: bkk00 peer transit: established → active: Error: &lt;b&gt;limit&lt;/b&gt; \| \`hit\`"#
        )
        #expect(lines.contains("- ~02:14:04 UTC (02:14:02 to 02:14:04): bkk00 bfd 192.0.2.1: up → down"))
        #expect(lines.last == #"- 02:15:30 UTC: note: \! check limits \| before \_applying\_ (by anna@noc1)"#)
    }

    @Test func aChangeIsToldFromItsBeginning() throws {
        #expect(
            section("Changes made", of: try markdown()) == [
                "### 20261121-021310-bkk00 on bkk00, by anna@noc1",
                "Ended: undone, and seen to be undone at 2026-11-21 02:14:12 UTC", "```diff", "-  import limit 100;",
                "+  import limit 10;", "```",
            ])
        let without = night.filter { $0.source != .change }
        #expect(section("Changes made", of: try markdown(without)) == ["None through nocturne."])
    }

    @Test func whoSawItAndWhoActed() throws {
        let lines = section("Detection", of: try markdown())
        #expect(lines[0] == "- First symptom: 02:14:01 UTC: bkk00 peer transit: established → active")
        #expect(lines[1] == "- First seen: 2026-11-21 02:14:02 UTC, 1 s after the first symptom")
        #expect(lines[2].hasPrefix("- First human action: 2026-11-21 02:14:12 UTC, 11 s after the first symptom"))
    }

    @Test func whatNobodySaw() throws {
        #expect(
            section("Open questions", of: try markdown()) == [
                "- bkk07 device was dark from 2026-11-21 02:14:06 UTC and still was when this was written: "
                    + "connection refused. What happened there meanwhile is not known."
            ])
        let skewed = night.map { event in
            var event = event
            if event.sequence == 3 { event.deviceTime = at(7200) }
            return event
        }
        #expect(section("Open questions", of: try markdown(skewed)).contains { $0.contains("The clock of bkk00") })
    }

    @Test func notesWithAnExclamationMarkAreWork() throws {
        #expect(
            section("Future work", of: try markdown()) == [#"- [ ] check limits \| before \_applying\_ (anna@noc1)"#])
    }

    @Test func anOpenIncidentSaysSo() throws {
        let text = try markdown(Array(night.prefix(4)))
        #expect(section("Summary", of: text)[1] == "- End: not over when this was written, 2026-11-21 02:24:00 UTC")
        #expect(section("Impact", of: text).last == "| bkk00 bfd 192.0.2.1 | 596 s | not back |")
        #expect(section("Changes made", of: text).contains { $0.hasSuffix("which is no end: look at the device") })
    }

    @Test func aFenceIsLongerThanWhatItHolds() {
        #expect(Markdown.block("a\n````\n\u{1B}[31mb") == ["`````", "a", "````", "[31mb", "`````"])
    }

    @Test func rowsHaveEveryMember() {
        let row = TimelineRows.row(night[2])
        #expect(row["instant"] == .string("2026-11-21T02:14:01Z"))
        #expect(row["exact"] == .bool(true) && row["by"] == .null && row["severity"] == "bad")
    }

    @Test func columnsAreOneLineForEachEvent() {
        var event = night[8]
        event.after = "two\nlines \u{1B}[2J"
        let lines = TimelineText.columns([night[3], event]).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("~2026-11-21 02:14:04  bad "))
        #expect(!lines[1].contains("\u{1B}"))
    }
}
