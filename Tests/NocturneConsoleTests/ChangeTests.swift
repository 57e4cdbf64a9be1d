// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal
import Testing

@testable import NocturneConsole

extension SampleNetwork {
    /// A change on bkk20 that stands in a phase.
    static func change(_ phase: ChangePhase, on device: DeviceName = "bkk20") -> ChangeState {
        ChangeState(
            id: "20261121-021310-\(device)", device: device, by: "ops", phase: phase,
            startedAt: at("2026-11-21T02:13:10Z"), draftFile: "/var/drafts/bkk20.conf",
            diff: [.init(.removed, "router id 10.155.255.2;"), .init(.added, "router id 10.155.255.20;")],
            findings: [.init(.good, "two ways in (jump, wg-oob)")], guardText: "device timer 300 s + BIRD timer",
            deadline: phase.isGuarded ? now + .seconds(271) : nil,
            gate: phase == .gated ? .init(wanted: 4, held: 3, missing: ["hgc_v4 is active"]) : nil)
    }

    static func changing(_ phase: ChangePhase, protected: Bool = false) -> Snapshot {
        var snapshot = broken()
        snapshot.protected = protected
        snapshot.changes = [change(phase)]
        return snapshot
    }
}

private let session = "20261121-021310-bkk20"

@Suite struct ChangeTests {
    private func driver(_ phase: ChangePhase, protected: Bool = false, start: Place = .changes) -> ConsoleDriver {
        ConsoleDriver(SampleNetwork.changing(phase, protected: protected), start: start)
    }

    @Test func cBeginsAChangeOnTheDeviceUnderTheCursor() {
        let driver = ConsoleDriver(start: .devices)
        driver.type("jjc")
        #expect(driver.desk.calls == ["open bkk20 - 300 180"])
        #expect(driver.state.place == .changes)
        driver.press(.escape)
        #expect(driver.state.place == .devices)
    }

    @Test func aCommandNamesDeviceFileAndTimes() {
        let driver = ConsoleDriver()
        driver.type(":change bkk10 /tmp/new.conf --confirm-within 10m --hold=60s\n")
        #expect(driver.desk.calls == ["open bkk10 /tmp/new.conf 600 60"])
        #expect(driver.state.place == .changes)
    }

    @Test(arguments: [
        (":change nowhere", "no device \"nowhere\""), (":change bkk10 --fast", "no option --fast"),
        (":change bkk10 --hold soon", "\"soon\" is no duration"), (":change bkk10 --hold", "needs a duration"),
        (":change bkk10 a b", "\"b\" is one word too many"), (":change bkk20", "has an open change already"),
    ]) func whatCannotBegin(_ line: String, _ why: String) {
        let driver = driver(.checked, start: .overview)
        driver.type(line + "\n")
        #expect(driver.foot.contains(why), "\(driver.foot)")
        #expect(driver.desk.calls.isEmpty)
    }

    @Test func theDraftIsEditedOnTheTerminalAndThenRead() {
        let driver = driver(.planned)
        driver.type("e")
        #expect(driver.screen.programs == [["vi", "/var/drafts/bkk20.conf"]])
        #expect(driver.desk.calls == ["planned \(session)"])
        // An editor that failed has planned nothing.
        driver.screen.programEnd = .exited(status: 1)
        driver.type("e")
        #expect(driver.desk.calls == ["planned \(session)"])
        #expect(driver.foot.contains("vi ended with status 1; the plan is as it was"))
    }

    @Test func whatIsAppliedIsNotEditedAnyMore() {
        let driver = driver(.gated)
        driver.type("e")
        #expect(driver.screen.programs.isEmpty)
        #expect(driver.foot.contains("cannot be edited any more"))
    }

    @Test func applyAsksAndOnlyItsWordSaysYes() {
        let driver = driver(.checked)
        driver.press(.enter)
        #expect(driver.foot.contains("apply to bkk20? type yes:"))
        driver.press(.enter)
        #expect(driver.foot.contains("nothing was sent"))
        driver.type("\nno\n")
        driver.type("\ny\n")
        driver.press(.enter, .escape)
        #expect(driver.desk.calls.isEmpty)
        driver.type("\nyes\n")
        #expect(driver.desk.calls == ["apply \(session)"])
    }

    @Test func aProtectedSiteWantsItsName() {
        let driver = driver(.checked, protected: true)
        driver.type(":apply\n")
        #expect(driver.foot.contains("apply to bkk20? type bkk:"))
        driver.type("yes\n")
        #expect(driver.desk.calls.isEmpty)
        driver.type("\nbkk\n")
        #expect(driver.desk.calls == ["apply \(session)"])
    }

    @Test func aBlockingFindingRefusesAndIsSaid() {
        let driver = driver(.checked)
        driver.snapshot.changes[0].findings.append(.init(.blocking, "bkk20 has another open guard"))
        driver.run()
        driver.press(.enter)
        #expect(driver.foot.contains("bkk20 has another open guard"))
        #expect(driver.state.prompt == nil)
    }

    /// Between the question and the answer the session went on.
    @Test func anAnswerToAQuestionOfYesterdayDoesNothing() {
        let driver = driver(.checked)
        driver.type("\nyes")
        driver.snapshot.changes[0].phase = .refused
        driver.run()
        driver.press(.enter)
        #expect(driver.desk.calls.isEmpty)
        #expect(driver.foot.contains("not applied"))
    }

    @Test func confirmOnlyOnceTheGateHasHeld() {
        let driver = driver(.gated, start: .peers)
        driver.type("C")
        #expect(driver.foot.contains("the gate has not held, 3 of 4 are back: hgc_v4 is active"))
        driver.snapshot.changes = [SampleNetwork.change(.reconnected)]
        driver.run()
        driver.type("C")
        #expect(driver.foot.contains("keep it on bkk20? type yes:"))
        driver.press(.enter)
        #expect(driver.desk.calls.isEmpty)
        driver.type("Cyes\n")
        #expect(driver.desk.calls == ["confirm \(session)"])
    }

    @Test func cancelLetsGoOnlyOfWhatWasNotSent() {
        let driver = driver(.checked)
        driver.type(":cancel\n")
        #expect(driver.desk.calls == ["cancel \(session)"])
        driver.snapshot.changes = [SampleNetwork.change(.applied)]
        driver.run()
        driver.type(":cancel\n")
        #expect(driver.desk.calls.count == 1)
        #expect(driver.foot.contains("R rolls back"))
    }

    /// The line above the foot vanishes with the session; how it ended is said.
    @Test(arguments: [
        (ChangePhase.reconnected, "the gate has held; C keeps it", true), (.refused, "nothing was sent", false),
        (.revertedVerified, "as it was before, verified", false), (.disarmedVerified, "kept", false),
        (.reverting, "is being rolled back", true), (.stuck, "STUCK", true),
    ]) func howItWentOnIsSaidOnAnyScreen(_ phase: ChangePhase, _ words: String, _ rings: Bool) {
        let driver = driver(.gated, start: .peers)
        driver.snapshot.changes = [SampleNetwork.change(phase)]
        driver.snapshot.number += 1
        driver.run()
        #expect(driver.foot.contains(words), "\(driver.foot)")
        #expect((driver.screen.bells > 0) == rings)
        driver.type("j")
        driver.snapshot.number += 1
        driver.run()
        #expect(!driver.foot.contains(words), "it is said once")
    }

    @Test func leavingWithAnOpenChangeAsks() {
        for key in [Key.character("q"), .control("c")] {
            let driver = driver(.gated, start: .overview)
            driver.press(key)
            #expect(driver.foot.contains("leave? bkk20 reverts by itself in 04:31: type leave:"))
            driver.press(.enter)
            #expect(driver.foot.contains("staying"))
            driver.press(key, .control("c"))
            #expect(driver.state.prompt == nil)
            driver.press(key)
            driver.type("leave\n")
            driver.screen.type("5")
            driver.run()
            #expect(driver.state.place == .overview, "nothing is read after leaving")
        }
    }

    @Test func aRecordingRefusesEverything() {
        let driver = ConsoleDriver(
            SampleNetwork.changing(.reconnected), replay: ThreeSteps(), start: .changes)
        for keys in ["R", "C", "c", "e", "\n", ":change bkk10\n", ":apply\n", ":cancel\n", "n", ":note hello\n"] {
            driver.type(keys)
            #expect(driver.foot.contains("this is a recording"), "\(keys): \(driver.foot)")
            #expect(driver.state.prompt == nil)
        }
        driver.press(.function(12))
        #expect(driver.foot.contains("this is a recording"))
        #expect(driver.desk.calls.isEmpty && driver.notes.notes.isEmpty)
    }
}

@Suite struct RollBackTests {
    static func go(to place: Place.Kind, _ driver: ConsoleDriver) {
        switch place {
        case .overview: driver.type("1")
        case .peers: driver.type("2")
        case .anycast: driver.type("3")
        case .guests: driver.type("4")
        case .timeline: driver.type("5")
        case .changes: driver.type("6")
        case .devices: driver.type("8")
        case .peer: driver.type("2\n")
        case .device: driver.type("8\n")
        case .provenance: driver.type("8!")
        case .help: driver.type("?")
        }
    }

    @Test(arguments: Place.Kind.allCases) func rRollsBackFromEveryPlace(_ place: Place.Kind) {
        for key in [Key.character("R"), .function(12)] {
            let driver = ConsoleDriver(SampleNetwork.changing(.gated))
            Self.go(to: place, driver)
            #expect(driver.state.place.kind == place)
            driver.press(key)
            #expect(driver.desk.calls == ["rollBack open"])
            #expect(driver.foot.contains("rolling back bkk20"))
        }
    }

    /// While text is typed R is text, and F12 rolls back and leaves the text alone.
    @Test(arguments: Prompt.Kind.allCases) func f12RollsBackWhileTextIsTyped(_ kind: Prompt.Kind) {
        let driver = ConsoleDriver(
            SampleNetwork.changing(kind == .apply ? .checked : kind == .confirm ? .reconnected : .gated), start: .peers)
        switch kind {
        case .filter: driver.type("/")
        case .command: driver.type(":")
        case .search: driver.type("?/")
        case .note: driver.type("n")
        case .apply: driver.type("6\n")
        case .confirm: driver.type("C")
        case .leave: driver.type("q")
        }
        #expect(driver.state.prompt?.kind == kind)
        driver.type("R")
        #expect(driver.state.prompt?.text == "R")
        #expect(driver.desk.calls.isEmpty)
        driver.press(.function(12))
        #expect(driver.desk.calls == ["rollBack open"])
        #expect(driver.state.prompt?.text == "R")
        // Before anything is armed the desk is asked all the same, and the foot says what is known.
        #expect(driver.foot.contains(kind == .apply ? "nothing was armed on bkk20" : "rolling back bkk20"))
    }

    @Test func aPasteNeverRollsBackAndNeverSaysYes() {
        let driver = ConsoleDriver(SampleNetwork.changing(.checked), start: .changes)
        driver.screen.send(.paste("R\n\u{1B}R"))
        driver.run()
        driver.press(.enter)
        driver.screen.send(.paste("yes\n"))
        driver.run()
        #expect(driver.state.prompt?.kind == .apply)
        #expect(driver.desk.calls.isEmpty)
    }

    @Test func aFrozenScreenRollsBackWhatIsLive() {
        let driver = ConsoleDriver(SampleNetwork.broken(), start: .peers)
        driver.type("Z")
        driver.snapshot = SampleNetwork.changing(.gated)
        driver.run()
        #expect(driver.screen.lastFrame?.line(22).contains("SAFE  bkk20") == true)
        driver.type("R")
        #expect(driver.desk.calls == ["rollBack open"])
        #expect(driver.state.frozen != nil)
    }

    @Test func aTerminalTooSmallRollsBackToo() {
        let driver = ConsoleDriver(SampleNetwork.changing(.gated), size: Size(rows: 5, columns: 30))
        #expect(driver.screen.lastFrame?.line(0).contains("SAFE bkk20") == true)
        driver.type("R")
        #expect(driver.desk.calls == ["rollBack open"])
    }

    @Test func aChangeOfAnotherIsNamedBySession() {
        let driver = ConsoleDriver()
        driver.type("R")
        #expect(driver.foot.contains("no change is open"))
        SampleNetwork.change(&driver.snapshot, "bkk20") {
            $0.guards = Observed(
                [
                    DeviceGuard(
                        session: "s-9", by: "eve@laptop", what: "bird.conf", state: .armed,
                        armedAt: SampleNetwork.now - .seconds(9), deadline: SampleNetwork.now + .seconds(291),
                        remainingSeconds: 292, alive: true)
                ], at: SampleNetwork.now - .seconds(1), path: "jump", question: "guards", tookMilliseconds: 3)
        }
        let frame = driver.run()
        #expect(frame.line(22).contains("CHANGE OPEN  bkk20  04:51 left  by eve@laptop"))
        driver.type("R")
        #expect(driver.desk.calls == ["rollBack s-9"])
    }

    /// Nothing is armed as far as this snapshot knows, but it may be by now: the desk decides.
    @Test func rGoesToTheDeskFromTheFirstMoment() {
        let driver = ConsoleDriver(SampleNetwork.changing(.checked))
        driver.type("R")
        #expect(driver.desk.calls == ["rollBack open"])
    }

    @Test func theTimeLeftTicksEverySecondOnlyWhileAChangeIsOpen() {
        let open = ConsoleDriver(SampleNetwork.changing(.gated))
        open.clock.now = SampleNetwork.now + .milliseconds(250)
        #expect(open.loop?.nextChange() == 750)
        let closed = ConsoleDriver(SampleNetwork.changing(.disarmedVerified))
        closed.clock.now = SampleNetwork.at("2026-11-21T02:14:05Z") + .milliseconds(250)
        #expect(closed.loop?.nextChange() == 4750)
        #expect(closed.screen.lastFrame?.text.contains("SAFE") == false)
    }
}

@Suite struct FootTests {
    /// What can be done next stands at the foot of 80 columns, best first.
    @Test(arguments: [
        ("1", ["enter open", "n note", "? help"]), ("2", ["/ filter", "n note", "? help"]),
        ("5", ["enter open", "x export", "n note", "? help"]), ("8", ["enter open", "n note", "? help"]),
        ("6", ["enter apply", "e edit", "n note", "? help"]), ("8\n", ["n note", "? help"]),
    ]) func ofEveryPlace(_ keys: String, _ hints: [String]) {
        let driver = ConsoleDriver(SampleNetwork.changing(.checked))
        driver.type(keys)
        for hint in hints { #expect(driver.foot.contains(hint), "\(keys): \(driver.foot)") }
    }

    @Test func onceAppliedNothingOffersToApply() {
        let driver = ConsoleDriver(SampleNetwork.changing(.gated), start: .changes)
        #expect(!driver.foot.contains("apply") && !driver.foot.contains("edit"))
    }
}
