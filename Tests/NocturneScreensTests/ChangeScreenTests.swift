// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneTerminal
import NocturneTheme
import Testing

@testable import NocturneScreens

private let small = Size(rows: 24, columns: 80)
private let wide = Size(rows: 50, columns: 200)

private func context(_ size: Size = small, unicode: Bool = true, replay: ReplayStatus? = nil) -> DrawContext {
    DrawContext(
        size: size, glyphs: Glyphs(unicode: unicode), now: SampleNetwork.now,
        hints: [
            KeyHint(key: "enter", title: "open"), KeyHint(key: "/", title: "filter"), KeyHint(key: "?", title: "help"),
        ], replay: replay)
}

/// A change of the router id on bkk20, as it stands in each phase.
private enum SampleChange {
    static func at(_ clock: String) -> UTC { SampleNetwork.at("2026-11-21T\(clock)Z") }

    static func planned(_ phase: ChangePhase = .checked) -> ChangeState {
        ChangeState(
            id: "20261121-021310-bkk20", device: "bkk20", by: "ops@console", phase: phase, startedAt: at("02:13:10"),
            draftFile: "/home/ops/.local/state/nocturne/drafts/20261121-021310-bkk20.conf",
            diff: [
                .init(.skipped, "11 lines"), .init(.same, "log syslog all;"),
                .init(.removed, "router id 10.155.255.2;"), .init(.added, "router id 10.155.255.20;"),
                .init(.same, "protocol device {}"), .init(.skipped, "84 lines"),
            ],
            findings: [
                .init(.good, "two ways in (jump, wg-oob)"), .init(.good, "partner bkk00 healthy, no open change"),
                .init(.warning, "touches router id: all 9 sessions on bkk20 reset"),
            ], guardText: "device timer 300 s + BIRD timer",
            steps: [.init(at: at("02:13:12"), text: "saved 98 lines of /etc/bird/bird.conf, sha256 5f0c")])
    }

    static func armed() -> ChangeState {
        var change = planned(.armedVerified)
        change.deadline = SampleNetwork.now + .seconds(271)
        change.steps.append(
            .init(at: at("02:13:38"), text: "armed: device timer 05:00, read back over a new connection"))
        return change
    }

    static func gated() -> ChangeState {
        var change = armed()
        change.phase = .gated
        change.gate = .init(wanted: 9, held: 7, missing: ["hgc_v4 is active", "bkk06_v6 is connect"])
        change.steps.append(.init(at: at("02:13:44"), text: "applied: BIRD 0021 undo scheduled in 300 s"))
        return change
    }

    static func asking() -> ChangeState {
        var change = gated()
        change.phase = .reconnected
        change.gate = .init(wanted: 9, held: 9, since: at("02:10:50"))
        change.deadline = SampleNetwork.now + .seconds(62)
        change.asks = "confirm with C before 02:15:09Z"
        change.steps.append(.init(at: at("02:14:03"), text: "gate held 180 s; reached anew by jump", severity: .good))
        return change
    }

    static func reverting() -> ChangeState {
        var change = gated()
        change.phase = .reverting
        change.steps.append(.init(at: at("02:14:05"), text: "rolling back: R by ops@console", severity: .warning))
        return change
    }

    static func stuck() -> ChangeState {
        var change = reverting()
        change.phase = .stuck
        change.endedAt = at("02:14:06")
        change.asks = "configuration is back, 2 sessions are not: restart the daemon, or go in by wg-oob"
        change.steps.append(
            .init(at: at("02:14:06"), text: "configuration is back, hgc_v4 and bkk06_v6 are not", severity: .bad))
        return change
    }

    static let phases: [(String, ChangeState)] = [
        ("planned", planned()), ("armed", armed()), ("gate", gated()), ("asks", asking()), ("reverting", reverting()),
        ("stuck", stuck()),
    ]

    static func guardOf(_ by: String, remaining: Int, state: DeviceGuard.State = .armed) -> DeviceGuard {
        DeviceGuard(
            session: "20261121-021300-bkk10", by: by, what: "bird.conf", state: state,
            armedAt: SampleNetwork.now - .seconds(30), deadline: SampleNetwork.now + .seconds(remaining),
            remainingSeconds: remaining + 1, alive: true)
    }

    static func snapshot(_ changes: [ChangeState], guardBy: String? = nil) -> Snapshot {
        var snapshot = SampleNetwork.broken()
        snapshot.protected = true
        snapshot.changes = changes
        if let guardBy {
            SampleNetwork.change(&snapshot, "bkk10") {
                $0.guards = Observed(
                    [guardOf(guardBy, remaining: 271)], at: SampleNetwork.now - .seconds(1), path: "jump",
                    question: "guards", tookMilliseconds: 3)
            }
        }
        return snapshot
    }
}

@Suite struct ChangesScreenTests {
    @Test(arguments: SampleChange.phases.indices) func golden(_ index: Int) {
        let (name, change) = SampleChange.phases[index]
        let snapshot = SampleChange.snapshot([change])
        Golden.expect(Screens.draw(snapshot, ViewState(.changes), context()).text, "changes-\(name)-80x24")
        Golden.expect(Screens.draw(snapshot, ViewState(.changes), context(wide)).text, "changes-\(name)-200x50")
    }

    @Test func others() {
        var former = SampleChange.planned(.revertedVerified)
        former.id = "20261121-011200-bkk10"
        former.device = "bkk10"
        former.startedAt = SampleChange.at("01:12:00")
        former.endedAt = SampleChange.at("01:17:20")
        var view = ViewState(.changes)
        let snapshot = SampleChange.snapshot([former, SampleChange.gated()], guardBy: "eve@laptop")
        view.visit.scroll = Screens.scrollLimit(snapshot, view, context())
        let frame = Screens.draw(snapshot, view, context())
        Golden.expect(frame.text, "changes-others-80x24")
        let ascii = Screens.draw(snapshot, view, context(unicode: false)).text
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 })
        Golden.expect(
            Screens.draw(SampleChange.snapshot([]), ViewState(.changes), context()).text, "changes-none-80x24")
    }

    /// Of a plan longer than the screen every line can be reached.
    @Test func aLongDifferenceScrolls() {
        var change = SampleChange.planned()
        change.diff = (1...200).map { .init(.added, "line \($0)") }
        let snapshot = SampleChange.snapshot([change])
        var view = ViewState(.changes)
        #expect(!Screens.draw(snapshot, view, context()).text.contains("line 200"))
        view.visit.scroll = Screens.scrollLimit(snapshot, view, context())
        #expect(Screens.draw(snapshot, view, context()).text.contains("line 200"))
    }
}

@Suite struct SafeLineTests {
    private func line(_ snapshot: Snapshot, on place: Place = .peers) -> String {
        Screens.draw(snapshot, ViewState(place), context()).line(small.rows - 2)
    }

    @Test func goldenOnPeers() {
        let own = SampleChange.snapshot([SampleChange.gated()])
        Golden.expect(Screens.draw(own, ViewState(.peers), context()).text, "safe-peers-80x24")
        Golden.expect(Screens.draw(own, ViewState(.peers), context(wide)).text, "safe-peers-200x50")
        let other = SampleChange.snapshot([], guardBy: "eve@laptop")
        Golden.expect(Screens.draw(other, ViewState(.peers), context()).text, "safe-other-80x24")
    }

    /// Exactly while a change is open, on every screen, and at 80 columns with time and keys.
    @Test func itIsThereExactlyWhileAChangeIsOpen() {
        let places: [Place] = [
            .overview, .peers, .anycast, .guests, .timeline, .changes, .devices, .help, .device("bkk20"),
        ]
        for phase in ChangePhase.allCases {
            var change = SampleChange.gated()
            change.phase = phase
            let snapshot = SampleChange.snapshot([change])
            for place in places {
                let text = line(snapshot, on: place)
                let shown = text.contains("bkk20") && text.hasSuffix("R roll back")
                #expect(shown == (phase.isGuarded || phase == .stuck), "\(phase) \(place): \(text)")
            }
        }
    }

    @Test func whatMattersIsNeverCut() {
        var change = SampleChange.asking()
        change.device = "a-router-with-a-long-name.example.net"
        var second = SampleChange.gated()
        second.device = "bkk10"
        second.deadline = SampleNetwork.now + .seconds(200)
        let text = line(SampleChange.snapshot([change, second]))
        #expect(text.contains("01:02 left") && text.contains("+1"))
        #expect(text.hasSuffix("C confirm  R roll back"))
    }

    @Test func oursStandsBeforeAnothers() {
        let snapshot = SampleChange.snapshot([SampleChange.armed()], guardBy: "eve@laptop")
        #expect(line(snapshot).contains("SAFE  bkk20 +1  04:31 left  armed"))
    }

    @Test func theTimeLeftIsCountedFromWhenTheDeviceWasAsked() {
        var snapshot = SampleChange.snapshot([], guardBy: "eve@laptop")
        SampleNetwork.change(&snapshot, "bkk10") { $0.guards?.at = SampleNetwork.now - .seconds(61) }
        #expect(line(snapshot).contains("03:31 left"))
    }

    @Test func aStuckSessionStaysUntilAnotherHasBegun() {
        let stuck = SampleChange.stuck()
        #expect(line(SampleChange.snapshot([stuck])).hasPrefix(" STUCK  bkk20"))
        var next = SampleChange.planned()
        next.id = "later"
        #expect(!line(SampleChange.snapshot([stuck, next])).contains("STUCK"))
    }

    @Test func aFailedJournalIsSaidLoudly() {
        var snapshot = SampleNetwork.broken()
        snapshot.journal = .failed("no space left on device")
        let frame = Screens.draw(snapshot, ViewState(.peers), context())
        #expect(frame.line(0).contains("JOURNAL FAILED"))
        #expect(frame.line(4).contains("JOURNAL FAILED: no space left on device"))
    }

    @Test func countdown() {
        #expect(CountdownText.of(.milliseconds(1)) == "00:01")
        #expect(CountdownText.of(.seconds(271)) == "04:31")
        #expect(CountdownText.of(.seconds(3729)) == "1:02:09")
        #expect(CountdownText.of(.seconds(-5)) == "00:00")
    }
}
