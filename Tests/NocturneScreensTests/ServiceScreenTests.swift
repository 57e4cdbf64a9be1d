// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneTerminal
import NocturneTheme
import Testing

@testable import NocturneScreens

private let small = Size(rows: 24, columns: 80)
private let wide = Size(rows: 50, columns: 200)
private let tiny = Size(rows: 10, columns: 40)

private func context(
    _ size: Size = small, unicode: Bool = true, tier: ColorTier = .mono, after: Int = 0
) -> DrawContext {
    DrawContext(size: size, tier: tier, glyphs: Glyphs(unicode: unicode), now: SampleNetwork.now + .seconds(after))
}

private func state(_ place: Place, cursor: RowID? = nil, filter: String = "") -> ViewState {
    var state = ViewState(place)
    state.list.cursor = cursor
    state.filter = Filter(filter)
    return state
}

private let hole = RowID.anycast("bkk06", prefix: SampleNetwork.local)

extension Frame {
    fileprivate func row(with text: String) -> String? { (0..<size.rows).map(line).first { $0.contains(text) } }
}

@Suite struct ServiceScreenTests {
    @Test func golden() {
        let snapshot = SampleNetwork.troubled()
        for (name, view) in [
            ("anycast", state(.anycast, cursor: hole)), ("guests", state(.guests, cursor: .service("haproxy"))),
            ("overview-served", state(.overview, cursor: hole)),
        ] {
            for (size, label) in [(small, "80x24"), (wide, "200x50"), (tiny, "40x10")] {
                Golden.expect(Screens.draw(snapshot, view, context(size)).text, "\(name)-\(label)")
            }
            let ascii = Screens.draw(snapshot, view, context(unicode: false)).text
            Golden.expect(ascii, "\(name)-80x24-ascii")
            #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
        }
        Golden.expect(WallScreen.draw(snapshot, context(Size(rows: 40, columns: 100))).text, "wall-served-100x40")
        Golden.expect(WallScreen.draw(snapshot, context()).text, "wall-served")
    }

    @Test func aBlackHoleComesBeforeAnythingElseThatIsDown() {
        let items = Lists().overview(SampleNetwork.troubled(), at: SampleNetwork.now)
        #expect(items.first?.id == hole)
        #expect(items.first?.state == "blackhole")
        #expect(items.map(\.id).contains(.service("haproxy")))
        #expect(items.map(\.id).contains(.guest(GuestRef(device: "bkk06", id: "140"))))
        // What is dark with its device is behind the device's line.
        #expect(!items.contains { $0.id.device == "bkk08" && $0.kind != "device" })
        let frame = Screens.draw(SampleNetwork.troubled(), state(.overview), context())
        #expect(frame.row(with: "blackhole bkk06")?.contains("203.0.113.81/32 announced, not on any interface") == true)
        #expect(frame.row(with: "service     haproxy")?.contains("! degraded") == true)
    }

    @Test func countsTakeInAllThatIsServed() {
        let now = SampleNetwork.now
        let counts = SampleNetwork.serving().counts(at: now)
        // 9 devices, 48 sessions, 5 nodes, 2 services, 7 guests.
        #expect(counts.up == 71 && counts.total == 71)
        let troubled = SampleNetwork.troubled().counts(at: now)
        #expect(troubled.total == 71)
        #expect(troubled.down == 4, "a session, the black hole, a guest of haproxy, a guest of no service")
        // bkk08 with its sessions and its node, and one service that three must run for: dns.
        #expect(troubled.degraded == 1, "haproxy")
        #expect(troubled.darkCauses == 1)
    }

    @Test func theIncidentHeadsTheOverviewAndIsToldForAWhileAfterItsEnd() {
        var snapshot = SampleNetwork.troubled()
        let frame = Screens.draw(snapshot, state(.overview), context())
        #expect(frame.line(4).hasPrefix(" INCIDENT 1  open 00:02:40  since 02:11:27Z  2 lost"))
        #expect(frame.line(5).contains("first  02:11:27Z ✖ bkk00 peer hgc_v4"))
        #expect(frame.row(with: "then")?.contains("bkk06 anycast 203.0.113.81/32  ok → blackhole") == true)
        #expect(frame.row(with: "✎")?.contains("\"HGC NOC on the phone, ticket 4471\"") == true)
        #expect(frame.row(with: "before")?.contains("⚙ bkk00 change by ops") == true)
        for (index, subject) in [
            Subject(kind: .peer, device: "bkk00", name: "hgc_v4"),
            Subject(kind: .anycast, device: "bkk06", name: SampleNetwork.local),
        ].enumerated() {
            snapshot.events.append(
                Event(
                    sequence: 10 + index, at: SampleNetwork.now - .seconds(9 - index), subject: subject,
                    before: "down", after: "up", severity: .good))
        }
        snapshot.number += 1
        let closed = Screens.draw(snapshot, state(.overview), context())
        #expect(closed.line(4).contains("INCIDENT 1  closed 02:13:59Z after 00:02:32"))
        let later = Screens.draw(snapshot, state(.overview), context(after: 1000))
        #expect(!later.text.contains("INCIDENT"))
    }

    @Test func anycastSaysWhyAndToWhom() {
        let frame = Screens.draw(SampleNetwork.troubled(), state(.anycast, cursor: hole), context())
        #expect(frame.row(with: "BLACKHOLE")?.hasPrefix("▸  bkk06") == true)
        #expect(frame.text.contains("blackhole: announced, not on any interface"))
        #expect(frame.text.contains("announced to rr_bkk00, rr_bkk20"))
        #expect(frame.row(with: "· not deployed")?.contains("bkk08") == true)
        let dark = frame.row(with: "? unknown")
        #expect(dark?.contains("bkk08") == true && dark?.contains("~lo") == true, "history is marked as such")
        let well = RowID.anycast("bkk07", prefix: SampleNetwork.local)
        let other = Screens.draw(SampleNetwork.troubled(), state(.anycast, cursor: well), context())
        #expect(other.text.contains("answered by bkk07.example.net in <1ms"))
    }

    @Test func guestsCountWhatRunsAndNameWhatDoesNot() {
        let frame = Screens.draw(SampleNetwork.troubled(), state(.guests, cursor: .service("haproxy")), context())
        let row = frame.row(with: "▸haproxy")
        #expect(row?.contains("1 of 3") == true && row?.contains("! degraded  1 not seen") == true)
        #expect(frame.row(with: "✖ bkk07/haproxy")?.contains("stopped  autostart") == true)
        #expect(frame.row(with: "? bkk08/haproxy")?.contains("dark, was running") == true)
        #expect(frame.row(with: "penumbra")?.contains("stopped") == true)
        #expect(frame.row(with: "guests not told")?.contains("bkk08") == true)
    }

    @Test func theVerdictHasColourAndWord() {
        for tier in ColorTier.allCases {
            let frame = Screens.draw(SampleNetwork.troubled(), state(.anycast), context(tier: tier))
            for (word, role) in [("BLACKHOLE", Role.down), ("unknown", .dark), ("not deployed", .muted)] {
                let row = (0..<24).first { frame.line($0).contains(word) }
                #expect(row.map { frame[$0, 12].style } == Theme.standard.style(role, tier: tier), "\(word)")
            }
        }
    }

    @Test func cellsTellAsMuchAsTheWidthAllows() {
        var snapshot = SampleNetwork.serving()
        for (index, name) in SampleNetwork.hypervisors.enumerated() {
            SampleNetwork.change(&snapshot, name) { device in
                device.guests?.value = [
                    Guest(
                        id: "\(index + 1)06", name: "rpc", kind: .lxc,
                        state: index == 1 ? .stopped : .running, uptimeSeconds: 12 * 86_400, autostart: true)
                ]
            }
        }
        snapshot.services = [
            Service(
                name: "polkadot-rpc",
                guests: zip(SampleNetwork.hypervisors, ["106", "206", "306"]).map { GuestRef(device: $0, id: $1) },
                want: 3)
        ]
        func row(_ columns: Int) -> String? {
            Screens.draw(snapshot, state(.guests), context(Size(rows: 24, columns: columns))).row(with: "polkadot-rpc")
        }
        #expect(row(100)?.contains("✔ 106 lxc 12d  ✖ 206 stopped  ✔ 306 lxc 12d  2 of 3   ! degraded") == true)
        #expect(row(80)?.contains("✔ 106  ✖ 206  ✔ 306  2 of 3   ! degraded") == true)
        // A device of the inventory for each of eighteen columns: what has no room is counted, not hidden.
        snapshot.services[0].guests = (10..<28).map { GuestRef(device: DeviceName("hypervisor\($0)"), id: "1") }
        let frame = Screens.draw(snapshot, state(.guests), context())
        #expect(frame.row(with: "SERVICE")?.contains("not shown") == true)
    }

    @Test func theCursorCanStandOnEveryRowThatIsDrawn() {
        let snapshot = SampleNetwork.troubled()
        for place in [Place.anycast, .guests] {
            let ids = Lists().identities(snapshot, state(place), at: SampleNetwork.now)
            #expect(ids.count == (place == .anycast ? 6 : 3))
            for size in [small, tiny, Size(rows: 12, columns: 40)] {
                for id in ids {
                    let frame = Screens.draw(snapshot, state(place, cursor: id), context(size))
                    #expect((4..<size.rows - 2).contains { frame.line($0).hasPrefix("▸") }, "\(id) at \(size)")
                }
            }
        }
    }

    @Test func filtersLeaveWhatTheyName() {
        let lists = Lists()
        let snapshot = SampleNetwork.troubled()
        func ids(_ place: Place, _ filter: String) -> [RowID] {
            lists.identities(snapshot, state(place, filter: filter), at: SampleNetwork.now)
        }
        #expect(ids(.anycast, "state:blackhole") == [hole])
        #expect(ids(.anycast, "device:bkk07").count == 2)
        #expect(ids(.guests, "dns") == [.service("dns")])
        #expect(ids(.guests, "state:stopped") == [.guest(GuestRef(device: "bkk06", id: "140"))])
        let none = Screens.draw(snapshot, state(.anycast, filter: "nothing-like-it"), context())
        #expect(none.text.contains("None of 6 rows matches \"nothing-like-it\""))
    }

    @Test func provenanceIsOfTheQuestionThatWasAsked() {
        let snapshot = SampleNetwork.troubled()
        let any = Screens.draw(snapshot, state(.provenance(hole)), context())
        #expect(any.text.contains("show route for 203.0.113.81/32 all") && !any.text.contains("lxc-ls"))
        let guest = Screens.draw(
            snapshot, state(.provenance(.guest(GuestRef(device: "bkk06", id: "140")))), context())
        #expect(guest.text.contains("lxc-ls -f") && !guest.text.contains("show route"))
        let service = Screens.draw(snapshot, state(.provenance(.service("dns"))), context(wide))
        #expect(hypervisorsNamed(service.text) == 3)
    }

    private func hypervisorsNamed(_ text: String) -> Int {
        SampleNetwork.hypervisors.count { text.contains("asked of \($0)") }
    }

    @Test func theDeviceListsWhatItServes() {
        let frame = Screens.draw(SampleNetwork.troubled(), state(.device("bkk06")), context(wide))
        #expect(frame.row(with: "203.0.113.81/32 local")?.contains("✖ blackhole") == true)
        #expect(frame.row(with: "140 penumbra")?.contains("✖ stopped") == true)
    }

    @Test func everySizeDraws() {
        for rows in [1, 10, 13, 16, 30] {
            for columns in [1, 40, 41, 60, 80, 300] {
                for place in [Place.anycast, .guests, .overview, .device("bkk06")] {
                    let size = Size(rows: rows, columns: columns)
                    let frame = Screens.draw(SampleNetwork.troubled(), state(place), context(size))
                    #expect(frame.cells.count == rows * columns)
                    #expect(WallScreen.draw(SampleNetwork.troubled(), context(size)).cells.count == rows * columns)
                }
            }
        }
    }
}

@Suite struct WallServiceTests {
    private func text(_ snapshot: Snapshot, after: Int = 0, size: Size = small, every: Int = 15) -> String {
        WallScreen.draw(snapshot, context(size, after: after), every: .seconds(every)).text
    }

    @Test func theWordTakesInWhatIsServed() {
        let now = SampleNetwork.now
        var snapshot = SampleNetwork.serving()
        #expect(WallScreen.word(snapshot, now: now) == .up)
        SampleNetwork.change(&snapshot, "bkk07") { $0.guests?.value[0].state = .stopped }
        #expect(WallScreen.word(snapshot, now: now) == .down, "a guest that a service wants")
        snapshot = SampleNetwork.serving()
        SampleNetwork.change(&snapshot, "bkk06") { $0.anycast?.value[1].local = false }
        #expect(WallScreen.word(snapshot, now: now) == .down)
    }

    @Test func theIncidentStandsInABandOfThreeRows() {
        let frame = WallScreen.draw(SampleNetwork.troubled(), context())
        let band = (0..<24).filter { row in (0..<80).allSatisfy { frame[row, $0].style.reverse } }
        #expect(band.count == 3)
        #expect(band.first.map { frame.line($0).contains("INCIDENT 1  since 02:11:27Z  2 lost") } == true)
        #expect(band.dropFirst().first.map { frame.line($0).contains("first 02:11:27Z ✖ bkk00 peer hgc_v4") } == true)
        #expect(band.last.map { frame.line($0).contains("worst ✖ blackhole  bkk06  203.0.113.81/32") } == true)
    }

    @Test func anOpenChangeIsToldByTheDeviceAndHowItEnded() {
        #expect(
            text(SampleNetwork.guarded(.armed)).contains(
                "CHANGE OPEN on bkk20 by ops@laptop: reverts by itself within 5 min"))
        #expect(text(SampleNetwork.guarded(.armed, alive: false)).contains("does NOT revert by itself"))
        #expect(text(SampleNetwork.guarded(.reverting)).contains("CHANGE on bkk20 by ops@laptop is being reverted"))
        #expect(text(SampleNetwork.guarded(.stuck)).contains("CHANGE on bkk20 by ops@laptop is STUCK"))
        #expect(
            text(SampleNetwork.guarded(.reverted, endedAgo: 20)).contains(
                "CHANGE on bkk20 by ops@laptop reverted 02:13:4"))
        #expect(!text(SampleNetwork.guarded(.confirmed, endedAgo: 400)).contains("CHANGE"))
    }

    @Test func pagesTurnThroughOverviewAnycastAndServices() {
        // In steps that do not let the snapshot grow old.
        let snapshot = SampleNetwork.serving()
        let seen = (0..<8).map { text(snapshot, after: -$0, every: 1) }
        #expect(seen.contains { $0.contains(" overview") })
        #expect(seen.contains { $0.contains(" anycast") && $0.contains("bkk06  203.0.113.81/32  local") })
        #expect(seen.contains { $0.contains(" services") && $0.contains("haproxy  3 of 3 run") })
        // Where all of it fits nothing turns.
        let large = Set((0..<8).map { text(snapshot, after: -$0, size: wide, every: 1) })
        #expect(large.count == 1)
        #expect(large.allSatisfy { $0.contains("haproxy  3 of 3 run") })
    }
}
