// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneTerminal
import NocturneTheme
import Testing

@testable import NocturneScreens

private let small = Size(rows: 24, columns: 80)
private let wide = Size(rows: 50, columns: 200)
private let tiny = Size(rows: 10, columns: 40)

private func context(_ size: Size = small, unicode: Bool = true, tier: ColorTier = .mono) -> DrawContext {
    DrawContext(
        size: size, tier: tier, glyphs: Glyphs(unicode: unicode), now: SampleNetwork.now,
        hints: [
            KeyHint(key: "enter", title: "open"), KeyHint(key: "/", title: "filter"), KeyHint(key: "?", title: "help"),
        ],
        help: [
            HelpLine(id: "sort", keys: "s", command: ":sort", text: "Sort by the next column.", refusal: nil),
            HelpLine(id: "retry", keys: "r", command: ":retry", text: "Try again now.", refusal: "it answers"),
        ])
}

private func state(_ place: Place, cursor: RowID? = nil) -> ViewState {
    var state = ViewState(place)
    state.list.cursor = cursor
    return state
}

private let hgcOnBkk00 = PeerID(
    device: "bkk00", key: PeerKey(vrf: "default", remote: "10.9.0.1", name: "hgc_v4"))

@Suite struct ScreenTests {
    static let screens: [(String, ViewState)] = [
        ("overview", state(.overview, cursor: .peer(hgcOnBkk00))), ("peers", state(.peers, cursor: .peer(hgcOnBkk00))),
        ("devices", state(.devices, cursor: .device("hgc"))), ("peer", state(.peer(hgcOnBkk00))),
        ("device", state(.device("hgc"))), ("help", state(.help, cursor: .action("retry"))),
        ("provenance", state(.provenance(.peer(hgcOnBkk00)))),
    ]

    @Test(arguments: screens.indices) func golden(_ index: Int) {
        let (name, state) = Self.screens[index]
        let snapshot = SampleNetwork.broken()
        for (size, label) in [(small, "80x24"), (wide, "200x50"), (tiny, "40x10")] {
            Golden.expect(Screens.draw(snapshot, state, context(size)).text, "\(name)-\(label)")
        }
        let ascii = Screens.draw(snapshot, state, context(small, unicode: false))
        Golden.expect(ascii.text, "\(name)-80x24-ascii")
        #expect(ascii.text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func otherMoments() {
        Golden.expect(Screens.draw(SampleNetwork.healthy(), state(.overview), context()).text, "overview-well")
        Golden.expect(Screens.draw(SampleNetwork.jumpLost(), state(.overview), context()).text, "overview-jump-lost")
        Golden.expect(Screens.draw(SampleNetwork.jumpLost(), state(.peers), context()).text, "peers-jump-lost")
        let empty = Snapshot(number: 0, at: SampleNetwork.now, site: "bkk")
        for (name, place) in [("overview", Place.overview), ("peers", .peers), ("devices", .devices)] {
            Golden.expect(Screens.draw(empty, state(place), context()).text, "\(name)-empty")
        }
    }

    @Test func twoOursEndsOfASessionAreShown() {
        let id = PeerID(device: "bkk00", key: PeerKey(vrf: "default", remote: "10.155.255.2", name: "bkk20_v4"))
        let frame = Screens.draw(SampleNetwork.healthy(), state(.peer(id)), context(wide))
        #expect(frame.text.contains("far end       bkk20"))
        #expect(frame.text.contains("bkk00_v4 ✔ established"))
    }

    @Test func anEndThatIsDownAndTellsNoAddressFindsTheOther() {
        var snapshot = SampleNetwork.broken()
        SampleNetwork.change(&snapshot, "bkk00") { device in
            for index in device.peers?.value.indices ?? 0..<0 where device.peers?.value[index].state == .active {
                device.peers?.value[index].localAddress = nil
            }
        }
        #expect(
            Screens.draw(snapshot, state(.peer(hgcOnBkk00)), context()).text.contains("far end       hgc     10.9.0.1"))
    }

    @Test func darkIsNeverShownAsUp() {
        let frame = Screens.draw(SampleNetwork.jumpLost(), state(.peers), context())
        #expect(!frame.text.contains("✔ bkk"))
        #expect(!frame.text.contains(" established"))
        #expect((5..<20).allSatisfy { frame.line($0).contains(" ? ") && frame.line($0).contains(" dark ") })
        #expect(
            Screens.draw(SampleNetwork.jumpLost(), state(.peers), context(wide)).text.contains("dark (was established)")
        )
        #expect(frame.line(0).contains("jump lost: the jump host do"))
        #expect(frame.line(2).contains("? 57 dark (1 cause)"))
        #expect(frame.line(2).contains("✔ 0 up"))
    }

    @Test func valuesGrowDarkWithTimeAlone() {
        let snapshot = SampleNetwork.healthy()
        var later = context()
        later.now = SampleNetwork.now + .seconds(6)
        let dim = Theme.standard.style(.stale, tier: .mono)
        #expect(Screens.draw(snapshot, state(.peers), context())[5, 12].style != dim)
        #expect(Screens.draw(snapshot, state(.peers), later)[5, 12].style == dim)
        later.now = SampleNetwork.now + .seconds(60)
        #expect(Screens.draw(snapshot, state(.peers), later).text.contains("? bkk06_v4   142108 dark "))
    }

    @Test func stateHasColourAndMark() {
        let snapshot = SampleNetwork.broken()
        for tier in ColorTier.allCases {
            let frame = Screens.draw(snapshot, state(.overview), context(tier: tier))
            let row = (0..<24).first { frame.line($0).contains("✖ down") && frame.line($0).contains("hgc_v4") }
            #expect(row.map { frame[$0, 1].style } == Theme.standard.style(.down, tier: tier))
        }
    }

    @Test func tooSmallSaysSoAndNamesTheWorst() {
        let frame = Screens.draw(SampleNetwork.broken(), state(.peers), context(Size(rows: 5, columns: 38)))
        #expect(frame.line(0).hasPrefix("✖ bkk00") || frame.line(0).hasPrefix("✖ bkk20"))
        #expect(frame.line(1).contains("too small"))
        _ = Screens.draw(SampleNetwork.broken(), state(.peers), context(Size(rows: 0, columns: 0)))
        _ = Screens.draw(SampleNetwork.broken(), state(.peers), context(Size(rows: 1, columns: 1)))
    }

    @Test func baselineMarksWhatMoved() {
        var view = state(.peers)
        view.baseline = Baseline(SampleNetwork.healthy(), now: SampleNetwork.now)
        let frame = Screens.draw(SampleNetwork.broken(), view, context())
        let rows = (0..<24).map(frame.line)
        #expect(rows.contains { $0.hasPrefix("▲bkk00") && $0.contains("hgc_v4") })
        #expect(!rows.contains { $0.hasPrefix("▲") && $0.contains("bkk10_v4") })
    }

    @Test func theReasonAPersonGaveStandsWhereTheSessionDoes() {
        var snapshot = SampleNetwork.broken()
        SampleNetwork.change(&snapshot, "bkk00") { device in
            guard let index = device.peers?.value.firstIndex(where: { $0.name == "hgc_v4" }) else { return }
            device.peers?.value[index].lastError = "Received: Administrative shutdown"
            device.peers?.value[index].detail.message = "fibre works until 03:00"
        }
        let reason = "Received: Administrative shutdown: \"fibre works until 03:00\""
        #expect(Screens.draw(snapshot, state(.overview), context(wide)).text.contains("active: " + reason))
        let list = state(.peers, cursor: .peer(hgcOnBkk00))
        #expect(Screens.draw(snapshot, list, context()).line(21).contains("active: " + reason))
        #expect(Screens.draw(snapshot, list, context(wide)).line(13).contains(reason.prefix(44)))
        let page = Screens.draw(snapshot, state(.peer(hgcOnBkk00)), context())
        #expect(page.line(7).contains("reason given  \"fibre works until 03:00\""))
    }

    @Test func theStoryTellsWhatWasBeforeFirstAndThen() {
        var snapshot = SampleNetwork.broken()
        let cut = snapshot.events[0].at
        func event(_ seconds: Int, _ device: DeviceName, _ severity: Event.Severity) -> Event {
            Event(
                sequence: 0, at: cut + .seconds(seconds), notBefore: cut,
                subject: Subject(kind: .device, device: device, name: ""),
                before: "a", after: "b", severity: severity)
        }
        snapshot.events.insert(event(-20, "bkk20", .info), at: 0)
        snapshot.events += [
            event(10, "bkk50", .info), event(20, "bkk50", .bad), event(30, "bkk10", .good), event(40, "bkk07", .info),
        ]
        let lines = (4..<10).map(Screens.draw(snapshot, state(.overview), context()).line)
        #expect(lines[0].hasPrefix(" INCIDENT 1  open 00:02:40  since 02:11:27Z  4 lost"))
        #expect(lines[1].hasPrefix(" first  02:11:27Z ✖ bkk00 peer hgc_v4"))
        #expect(lines[2].hasPrefix(" then   02:11:28Z ✖ bkk20 peer hgc_v4"))
        #expect(lines[3].hasPrefix("        02:11:29Z ✖ bkk00 peer hgc_v6"))
        #expect(lines[4].hasPrefix(" +2     02:11:57Z ✔ bkk10"))
        #expect(lines[5].hasPrefix(" before 02:11:07Z · bkk20"))
    }

    @Test func aPathThatStandsAndCarriesNothingIsSilent() {
        var later = context()
        later.now = SampleNetwork.now + .seconds(9)
        #expect(Screens.draw(SampleNetwork.healthy(), state(.peers), later).line(0).contains("jump 12ms"))
        later.now = SampleNetwork.now + .seconds(14)
        #expect(Screens.draw(SampleNetwork.healthy(), state(.peers), later).line(0).contains("jump silent for 15s"))
        // One device that answers is enough.
        var one = SampleNetwork.healthy()
        SampleNetwork.change(&one, "bkk07") { $0.peers?.at = later.now }
        #expect(Screens.draw(one, state(.peers), later).line(0).contains("jump 12ms"))
    }

    @Test func theWholeReasonAndWhatToDoStandWhereRowsAreLeft() {
        let snapshot = SampleNetwork.jumpLost()
        let id = Lists().overview(snapshot, at: SampleNetwork.now)[0].id
        let frame = Screens.draw(snapshot, state(.overview, cursor: id), context())
        #expect(frame.line(19).hasPrefix(" jump ops@jump.example.net:22  the jump host does not answer; 9 devices"))
        #expect(frame.line(20).hasSuffix(" sessions"))
        #expect(frame.line(21).contains("to do  try another way in"))
    }

    @Test func aRecorderThatFailedIsLoud() {
        var snapshot = SampleNetwork.healthy()
        snapshot.recorder = .failed("no space left on /var")
        let frame = Screens.draw(snapshot, state(.peers), context())
        #expect(frame.line(0).contains("REC FAILED"))
        #expect(frame.line(4).contains("REC FAILED: no space left on /var"))
    }

    @Test func everySizeDraws() {
        let snapshot = SampleNetwork.broken()
        for rows in [1, 2, 9, 10, 11, 15, 16, 17, 30] {
            for columns in [1, 10, 39, 40, 41, 59, 60, 79, 120, 300] {
                for (_, view) in Self.screens {
                    let frame = Screens.draw(snapshot, view, context(Size(rows: rows, columns: columns)))
                    #expect(frame.cells.count == rows * columns)
                }
            }
        }
    }
}

extension String {
    /// How often a text stands in this one.
    fileprivate func occurrences(of text: String) -> Int { ranges(of: text).count }
}

@Suite struct WallTests {
    @Test func words() {
        let now = SampleNetwork.now
        #expect(WallScreen.word(SampleNetwork.healthy(), now: now) == .up)
        #expect(WallScreen.word(SampleNetwork.broken(), now: now) == .down)
        #expect(WallScreen.word(SampleNetwork.jumpLost(), now: now) == .dark)
        #expect(WallScreen.word(SampleNetwork.healthy(), now: now + .seconds(60)) == .old)
        #expect(WallScreen.word(Snapshot(at: now, site: "bkk"), now: now) == .dark)
        var degraded = SampleNetwork.healthy()
        SampleNetwork.change(&degraded, "bkk06") { $0.unparsed = ["bgp-peers": [Unparsed(line: 1, text: "x")]] }
        #expect(WallScreen.word(degraded, now: now) == .degraded)
    }

    @Test func golden() {
        var old = context()
        old.now = SampleNetwork.now + .seconds(120)
        Golden.expect(WallScreen.draw(SampleNetwork.broken(), context()).text, "wall-down")
        Golden.expect(WallScreen.draw(SampleNetwork.healthy(), context(unicode: false)).text, "wall-up-ascii")
        Golden.expect(WallScreen.draw(SampleNetwork.healthy(), old).text, "wall-old")
        Golden.expect(WallScreen.draw(SampleNetwork.broken(), context(wide)).text, "wall-down-200x50")
        Golden.expect(WallScreen.draw(SampleNetwork.jumpLost(), context(tiny)).text, "wall-dark-40x10")
    }

    /// What is worst is a band three rows high in reverse, in colour and without.
    @Test func theWorstStandsInABand() {
        for tier in ColorTier.allCases {
            let frame = WallScreen.draw(SampleNetwork.broken(), context(tier: tier))
            let band = (0..<24).filter { row in (0..<80).allSatisfy { frame[row, $0].style.reverse } }
            #expect(band.count == 3)
            #expect(band.first.map { frame.line($0).contains("INCIDENT 1  since 02:11:27Z  3 lost") } == true)
            #expect(band.last.map { frame.line($0).contains("worst ✖ down  bkk00  hgc_v6") } == true)
        }
    }

    @Test func nothingIsCutOnTheSmallestWall() {
        var snapshot = SampleNetwork.broken()
        let reason = "received: Cease: Administrative shutdown, planned work on the fibre until three in the morning"
        SampleNetwork.breakPeer(&snapshot, "bkk10", "bkk06_v4", since: SampleNetwork.now - .seconds(9), error: reason)
        SampleNetwork.breakPeer(&snapshot, "bkk10", "bkk07_v4", since: SampleNetwork.now - .seconds(10), error: reason)
        // Every page once, whichever the clock begins with.
        var moment = context()
        var pages: Set<String> = []
        for turn in 0..<8 {
            moment.now = SampleNetwork.now - .seconds(15 * turn)
            let text = WallScreen.draw(snapshot, moment).text
            #expect(!text.contains("…"))
            pages.insert(text)
        }
        let words = pages.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        #expect(words.contains { $0.occurrences(of: reason) == 2 })
    }

    @Test func everyWordIsLargeAtTheSmallestWall() {
        for word in WallScreen.Word.allCases {
            let letters = BigLetters.fitting(word.rawValue, Painter(context()), rows: 8)
            #expect(letters?.count == 5)
            #expect(letters?.allSatisfy { $0.count <= 78 } == true, "\(word)")
        }
        #expect(BigLetters.fitting("DEGRADED", Painter(context(wide)), rows: 16)?.count == 15)
        #expect(BigLetters.fitting("DEGRADED", Painter(context(tiny)), rows: 5) == nil)
    }

    @Test func pagesTurnWithTheClockAndNothingElseDoes() {
        let snapshot = SampleNetwork.broken()
        var moment = context(Size(rows: 18, columns: 80))
        moment.now = UTC(milliseconds: WallScreen.nextTurn(after: SampleNetwork.now).milliseconds - 30_000)
        let first = WallScreen.draw(snapshot, moment)
        moment.now = moment.now + .seconds(14)
        let same = WallScreen.draw(snapshot, moment)
        moment.now = moment.now + .seconds(1)
        let next = WallScreen.draw(snapshot, moment)
        #expect(first.text.suffix(200) == same.text.suffix(200))
        #expect(next.text.suffix(200) != same.text.suffix(200))
        #expect(first.cursor == nil)
    }
}
