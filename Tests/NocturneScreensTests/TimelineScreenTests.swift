// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneTerminal
import NocturneTheme
import Testing

@testable import NocturneScreens

private func context(_ size: Size = Size(rows: 24, columns: 80), unicode: Bool = true) -> DrawContext {
    DrawContext(
        size: size, glyphs: Glyphs(unicode: unicode), now: SampleNetwork.now,
        hints: [KeyHint(key: "enter", title: "open"), KeyHint(key: "x", title: "export")])
}

/// A night: a session lost and back, a note, a change, then something that is still lost.
private func night() -> Snapshot {
    var snapshot = SampleNetwork.healthy()
    func at(_ clock: String, _ day: String = "21") -> UTC { SampleNetwork.at("2026-11-\(day)T\(clock)Z") }
    let peer = Subject(kind: .peer, device: "bkk00", name: "iptx-hk-2519")
    let change = Subject(kind: .change, device: "bkk00", name: "20261121-015200-bkk00")
    let anycast = Subject(kind: .anycast, device: "bkk06", name: "160.22.181.81/32")
    snapshot.events = [
        Event(
            sequence: 1, at: at("01:41:28"), notBefore: at("01:41:26"), deviceTime: at("01:41:26"), subject: peer,
            before: "established", after: "active", severity: .bad, evidence: "hold timer expired"),
        Event(
            sequence: 2, at: at("01:42:03"), subject: Subject(kind: .note, device: "bkk00"),
            after: "HGC NOC on the phone, ticket 4471", severity: .info, source: .note, by: "ops"),
        Event(
            sequence: 3, at: at("01:43:10"), subject: change, after: "armed", severity: .info,
            evidence: "device timer 05:00, read back\nover a new connection", source: .change, by: "ops"),
        Event(
            sequence: 4, at: at("01:43:58"), notBefore: at("01:43:56"), deviceTime: at("01:43:58"), subject: peer,
            before: "active", after: "established", severity: .good),
        Event(
            sequence: 5, at: at("01:50:00"), subject: Subject(kind: .note),
            after: "! ask HGC for the reason in writing",
            severity: .info, source: .note, by: "ops"),
        Event(
            sequence: 6, at: at("02:12:03"), notBefore: at("02:12:01"), subject: anycast, before: "ok",
            after: "BLACKHOLE", severity: .bad, evidence: "announced, not on any interface"),
        Event(
            sequence: 7, at: at("02:13:00"), notBefore: at("02:12:58"),
            subject: Subject(kind: .device, device: "bkk07"), before: "up", after: "degraded", severity: .warning,
            evidence: "one question was refused"),
    ]
    return snapshot
}

@Suite struct TimelineScreenTests {
    @Test func golden() {
        let snapshot = night()
        Golden.expect(Screens.draw(snapshot, ViewState(.timeline), context()).text, "timeline-80x24")
        Golden.expect(
            Screens.draw(snapshot, ViewState(.timeline), context(Size(rows: 50, columns: 200))).text, "timeline-200x50")
        var view = ViewState(.timeline)
        view.list.cursor = .incident(1)
        view.list.chosen = true
        Golden.expect(Screens.draw(snapshot, view, context()).text, "timeline-incident-80x24")
        let ascii = Screens.draw(snapshot, ViewState(.timeline), context(unicode: false))
        Golden.expect(ascii.text, "timeline-80x24-ascii")
        #expect(ascii.text.utf8.allSatisfy { $0 < 0x80 })
        Golden.expect(
            Screens.draw(SampleNetwork.healthy(), ViewState(.timeline), context()).text, "timeline-empty-80x24")
    }

    @Test func whatIsFirstIsFirstByItsOwnTime() {
        var snapshot = night()
        snapshot.events.append(
            Event(
                sequence: 8, at: SampleNetwork.now, deviceTime: SampleNetwork.at("2026-11-21T01:00:00Z"),
                subject: Subject(kind: .device, device: "bkk08"), after: "restarted", severity: .warning))
        let ids = TimelineScreen.identities(snapshot, ViewState(.timeline), Lists(), at: SampleNetwork.now)
        #expect(ids.first == .event(8))
        #expect(ids.last == .event(7))
        #expect(ids.contains(.incident(1)) && ids.contains(.incident(6)))
    }

    @Test func exactTimesArePlainAndPolledOnesAreNot() {
        let text = Screens.draw(night(), ViewState(.timeline), context()).text
        #expect(text.contains(" 01:41:26Z ✖ bkk00"))
        #expect(text.contains("~02:12:03Z ✖ bkk06"))
        #expect(text.contains("iptx-hk-2519 active → established (2m32s)"))
        #expect(text.contains("✎ ops"))
        #expect(text.contains("\"HGC NOC on the phone, ticket 4471\" on bkk00"))
    }

    @Test func anotherDayIsNamed() {
        var snapshot = night()
        snapshot.events.insert(
            Event(
                sequence: 0, at: SampleNetwork.at("2026-11-20T23:59:59Z"),
                subject: Subject(kind: .device, device: "bkk08"), after: "up", severity: .good), at: 0)
        let text = Screens.draw(snapshot, ViewState(.timeline), context()).text
        #expect(text.contains("11-20 23:59:59Z"))
    }

    /// The memory of lines belongs to one snapshot and one filter.
    @Test func theLinesAreMadeAnewWhenTheyMust() {
        let lists = Lists()
        var snapshot = night()
        var view = ViewState(.timeline)
        let all = lists.identities(snapshot, view, at: SampleNetwork.now)
        view.filter = Filter("bkk07")
        #expect(lists.identities(snapshot, view, at: SampleNetwork.now) == [.event(7)])
        #expect(lists.filtered(snapshot, view, at: SampleNetwork.now)?.total == 7)
        view.filter = Filter()
        snapshot.events.removeLast()
        snapshot.number += 1
        #expect(lists.identities(snapshot, view, at: SampleNetwork.now) == all.dropLast())
    }
}
