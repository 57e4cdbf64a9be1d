// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal
import Testing

@testable import NocturneConsole

@Suite struct CursorTests {
    @Test func theCursorBelongsToAnIdentity() {
        let driver = ConsoleDriver(start: .peers)
        driver.type("jjj")
        let before = driver.state.list.cursor
        let text = driver.cursorLine?.dropFirst(1)
        driver.type("S")
        #expect(driver.state.list.cursor == before)
        #expect(driver.cursorLine?.dropFirst(1) == text)
        // A device above loses its sessions: the row moves up, the cursor with it.
        driver.type("S8jjjj")
        let name = driver.state.list.cursor
        driver.snapshot.devices.removeFirst(2)
        driver.snapshot.number += 1
        driver.run()
        #expect(driver.state.list.cursor == name)
        #expect(driver.cursorLine?.contains("bkk06") == true)
    }

    @Test func whatVanishesIsNotReplacedByItsNeighbour() {
        let driver = ConsoleDriver(start: .devices)
        driver.type("jj")
        #expect(driver.cursorLine?.contains("bkk20") == true)
        driver.snapshot.devices.removeAll { $0.name == "bkk20" }
        driver.snapshot.number += 1
        driver.run()
        #expect(driver.cursorLine == nil)
        driver.press(.enter)
        #expect(driver.foot.contains("bkk20 is not in the list any more"))
        #expect(driver.state.place == .devices)
        driver.type("j")
        #expect(driver.cursorLine?.contains("bkk50") == true)
    }

    /// Nobody put the cursor on the first row: when another is first, that is where it stands.
    @Test func aCursorThatNobodyMovedIsOnTheFirstRow() {
        let driver = ConsoleDriver(SampleNetwork.jumpLost())
        #expect(driver.cursorLine?.contains("jump") == true)
        driver.snapshot = SampleNetwork.healthy()
        driver.snapshot.number = 50
        driver.run()
        #expect(driver.cursorLine == nil)
        #expect(!driver.foot.contains("enter"))
        #expect(!driver.foot.contains("esc"))
        driver.snapshot = SampleNetwork.broken()
        driver.snapshot.number = 51
        driver.run()
        #expect(driver.cursorLine?.contains("✖ down      bkk00 peer hgc_v6") == true)
        #expect(driver.foot.contains("enter open"))
    }

    @Test func helpIsNamedAtTheFootOfEveryScreenOf80Columns() {
        for keys in ["1", "2", "8", "2/hgc\n", "2\n", "8\n", "8!"] {
            #expect(ConsoleDriver().type(keys).line(23).contains("? help"), "\(keys)")
        }
    }

    @Test func aFollowedRowStaysOnItsLine() {
        let driver = ConsoleDriver(SampleNetwork.healthy(), start: .peers)
        driver.press(.pageDown, .pageDown)
        driver.type("F")
        #expect(driver.foot.contains("following"))
        let text = String(driver.cursorLine?.dropFirst(1).prefix(24) ?? "none")
        let line = driver.lineNumber(of: text)
        #expect(line != nil)
        // Two sessions before it go away: the list moves, the row does not.
        SampleNetwork.change(&driver.snapshot, "bkk00") { $0.peers?.value.removeFirst(2) }
        driver.run()
        #expect(driver.lineNumber(of: text) == line)
        let followed = driver.state.followed
        driver.type("/down\n")
        #expect(driver.state.list.cursor == followed)
        #expect(driver.cursorLine?.contains("✔") == true)
        driver.type("F")
        #expect(driver.cursorLine == nil)
    }

    @Test func pagesAndEnds() {
        let driver = ConsoleDriver(start: .peers)
        driver.type("G")
        #expect(driver.state.list.index == 47)
        #expect(driver.cursorLine?.contains("outside") == true)
        driver.type("g")
        #expect(driver.state.list.index == 0)
        driver.press(.pageDown, .pageDown, .pageUp)
        #expect(driver.state.list.index == 15)
    }
}

@Suite struct ScreensAndPromptTests {
    @Test func goingAround() {
        let driver = ConsoleDriver()
        #expect(driver.type("2").line(4).contains("PEER"))
        #expect(driver.type("8").line(4).contains("LADDER"))
        driver.press(.tab)
        #expect(driver.state.place == .overview)
        driver.press(.backTab)
        #expect(driver.state.place == .devices)
        #expect(driver.press(.enter).text.contains("router id"))
        driver.press(.escape)
        #expect(driver.state.place == .devices)
    }

    @Test func theOverviewNamesNoFaultThatCannotBeOpened() {
        let driver = ConsoleDriver()
        let rows = driver.loop?.situation().identities ?? []
        #expect(rows.count == 6)
        for _ in rows {
            driver.press(.enter)
            #expect(driver.state.visits.count == 2)
            driver.press(.escape)
            driver.type("j")
        }
        let lost = ConsoleDriver(SampleNetwork.jumpLost())
        lost.press(.enter)
        #expect(lost.state.place == .devices)
        #expect(lost.screen.lastFrame?.text.contains("✖ path: the jump host does not answer") == true)
    }

    @Test func filterIsLiveAndEscapeTakesItBack() {
        let driver = ConsoleDriver(start: .peers)
        driver.type("/state:act")
        #expect(driver.screen.lastFrame?.line(2).contains("3 of 48") == true)
        #expect(driver.screen.lastFrame?.cursor?.row == 23)
        driver.press(.escape)
        #expect(driver.state.filter.text.isEmpty)
        #expect(driver.cursorLine?.contains("bkk06_v4") == true)
        driver.type("/hgc down\n")
        #expect(driver.foot.contains("filter: hgc down"))
        #expect(driver.screen.lastFrame?.line(2).contains("3 of 48") == true)
        driver.type("/ as:x\n")
        #expect(driver.foot.contains("not an AS number"))
        driver.press(.escape)
        #expect(driver.screen.lastFrame?.line(2).contains(" of 48") == false)
    }

    @Test func whileTextIsTypedKeysAreText() {
        let driver = ConsoleDriver(start: .peers)
        driver.type("/q1Z?!")
        #expect(driver.state.prompt?.text == "q1Z?!")
        #expect(driver.state.place == .peers && driver.state.frozen == nil)
        driver.press(.control("c"))
        #expect(driver.state.prompt == nil)
        #expect(driver.screen.isClosed == false)
    }

    @Test func aPasteNeverActs() {
        let driver = ConsoleDriver(start: .peers)
        driver.screen.send(.paste("q\n8Z:quit\n"))
        driver.run()
        #expect(driver.state.place == .peers && driver.state.frozen == nil)
        #expect(driver.foot.contains("a paste does nothing here"))
        driver.type(":")
        driver.screen.send(.paste("quit\nq\u{1B}[A\n"))
        driver.run()
        #expect(driver.state.prompt?.text == "quit q[A ")
    }

    @Test func commands() {
        let driver = ConsoleDriver()
        driver.type(":peers down\n")
        #expect(driver.state.place == .peers)
        #expect(driver.screen.lastFrame?.line(2).contains("3 of 48") == true)
        driver.type(":sort rx\n")
        #expect(driver.state.list.sort == "rx")
        driver.type(":sort colour\n")
        #expect(driver.foot.contains("no column \"colour\""))
        driver.type(":pers\n")
        #expect(driver.foot.contains("did you mean :peers?"))
        driver.type(":freeze now\n")
        #expect(driver.foot.contains("takes nothing after it"))
        driver.type(":device hgc\n")
        #expect(driver.state.place == .device("hgc"))
        driver.type(":device nosuch\n")
        #expect(driver.foot.contains("no device \"nosuch\""))
    }

    @Test func completionAndHistory() {
        let driver = ConsoleDriver()
        driver.type(":dev\t")
        #expect(driver.state.prompt?.text == "device")
        #expect(driver.foot.contains("device devices"))
        driver.type("\u{7F}\u{7F}\u{7F}\u{7F}\u{7F}\u{7F}pee\t")
        #expect(driver.state.prompt?.text == "peers ")
        driver.type("bkk2\t")
        #expect(driver.state.prompt?.text == "peers bkk20 ")
        driver.type("\n:")
        driver.press(.up)
        #expect(driver.state.prompt?.text == "peers bkk20 ")
        driver.press(.down)
        #expect(driver.state.prompt?.text == "")
        driver.type("\u{7F}")
        #expect(driver.state.prompt == nil)
    }

    @Test func helpIsSearchableAndRuns() {
        let driver = ConsoleDriver(start: .peers)
        #expect(driver.type("?").text.contains(":peers [FIL"))
        driver.type("/stand still\n")
        #expect(driver.cursorLine?.contains(":freeze") == true)
        driver.press(.enter)
        #expect(driver.state.place == .peers)
        #expect(driver.state.frozen != nil)
        driver.type("?/play the recording\n")
        #expect(driver.cursorLine?.contains("(not now: this is") == true)
        driver.press(.enter)
        #expect(driver.foot.contains("live network, not a recording"))
    }
}

@Suite struct FreezeCopyRetryTests {
    @Test func frozenStandsStillAndSaysSo() {
        let driver = ConsoleDriver(SampleNetwork.healthy(), start: .peers)
        driver.type("Z")
        #expect(driver.screen.lastFrame?.line(4).contains("FROZEN at 02:14:06Z") == true)
        let rows = driver.screen.lastFrame?.text.split(separator: "\n").dropFirst(5).prefix(14)
        driver.snapshot = SampleNetwork.jumpLost()
        driver.clock.now = SampleNetwork.now + .seconds(60)
        let frame = driver.run()
        #expect(frame.text.split(separator: "\n").dropFirst(5).prefix(14) == rows)
        #expect(frame.line(4).contains("1m00s ago"))
        #expect(driver.type("Z").text.contains("142108 dark "))
    }

    @Test func aCommandLineToRunGoesThroughTheJump() {
        let driver = ConsoleDriver(start: .peers)
        driver.type("Y")
        #expect(
            driver.screen.copied == [
                "ssh -J ops@jump.example.net ops@10.155.255.4 birdc -r show protocols all bkk06_v4"
            ])
        #expect(driver.foot.contains("copied: ssh -J"))
        driver.type("y")
        #expect(driver.screen.copied.last?.contains("device=bkk00 peer=bkk06_v4 as=142108 state=established") == true)
        driver.screen.hasClipboard = false
        driver.type("y")
        #expect(driver.foot.contains("takes no clipboard text"))
    }

    @Test func aNameFromADeviceCannotBecomeACommand() {
        var snapshot = SampleNetwork.healthy()
        SampleNetwork.change(&snapshot, "bkk00") { $0.peers?.value.removeLast(9) }
        SampleNetwork.change(&snapshot, "bkk00") { $0.peers?.value[0].name = "x'; rm -rf ~ #" }
        let driver = ConsoleDriver(snapshot, start: .peers)
        driver.type("Y")
        let line = driver.screen.copied.last ?? ""
        let outer = line.drop { $0 != "'" }
        // Read once by this shell and once by the far one, it must still be one word.
        #expect(outer == "'birdc -r show protocols all '\\''x'\\''\\'\\'''\\''; rm -rf ~ #'\\'''")
    }

    @Test func retryAsksOnlyForWhatIsDark() {
        let driver = ConsoleDriver(start: .devices)
        driver.type("r")
        #expect(driver.calls.retried.isEmpty)
        #expect(driver.foot.contains("bkk00 answers"))
        driver.type(":retry hgc\n")
        #expect(driver.calls.retried == ["hgc"])
    }

    @Test func provenanceShowsTheRawLines() {
        let driver = ConsoleDriver(start: .peers)
        driver.type("/hgc_v4\n")
        let frame = driver.type("!")
        #expect(frame.text.contains("show protocols all"))
        #expect(frame.text.contains("hgc_v4   BGP"))
        driver.type("\u{1B}")
        #expect(driver.state.place == .peers)
    }

    @Test func recordingIsLoudAndSteps() {
        let steps = ThreeSteps()
        let driver = ConsoleDriver(SampleNetwork.healthy(), replay: steps)
        #expect(
            driver.screen.lastFrame?.line(4).contains("RECORDING 2026-11-21 02:14:06Z 1/3 paused  bkk.jsonl") == true)
        driver.press(.right)
        #expect(steps.position == 2)
        driver.press(.left, .left)
        #expect(steps.position == 1)
        #expect(driver.type(" ").line(4).contains("playing"))
        // The recording's own time counts: nothing in it grows dark because it is old.
        driver.clock.now = SampleNetwork.now + .seconds(86_400)
        #expect(driver.run().line(2).contains("? 0 dark"))
    }

    @Test func tooSmallToSeeIsTooSmallToAct() {
        let driver = ConsoleDriver(size: Size(rows: 5, columns: 30), start: .peers)
        driver.press(.enter)
        #expect(driver.state.place == .peers)
        driver.screen.resize(to: Size(rows: 24, columns: 80))
        driver.press(.enter)
        #expect(driver.state.place.kind == .peer)
        #expect(driver.screen.lastFrame?.size == Size(rows: 24, columns: 80))
    }
}

@Suite struct LoopTests {
    /// Plays wake-ups, each with what happens just before it.
    final class Script: Waiter {
        var steps: [() -> Reactor.Wakeup]
        var timeouts: [Int?] = []
        init(_ steps: [() -> Reactor.Wakeup]) { self.steps = steps }

        func wait(timeoutMilliseconds: Int?) -> Reactor.Wakeup {
            timeouts.append(timeoutMilliseconds)
            if !steps.isEmpty { return steps.removeFirst()() }
            var woken = Reactor.Wakeup()
            woken.ending = 15
            return woken
        }
    }

    private func woken(_ body: (inout Reactor.Wakeup) -> Void = { _ in }) -> Reactor.Wakeup {
        var woken = Reactor.Wakeup()
        body(&woken)
        return woken
    }

    @Test func nothingNewSendsNothing() {
        let driver = ConsoleDriver()
        let before = driver.screen.shown
        driver.loop?.run(
            waiter: Script([
                { self.woken { $0.doorbell = true } }, { self.woken() }, { self.woken { $0.doorbell = true } },
                { self.woken() },
            ]))
        #expect(driver.screen.shown == before)
        #expect(driver.screen.isClosed)
    }

    @Test func aBurstOfSnapshotsIsOneFrame() {
        let driver = ConsoleDriver(SampleNetwork.healthy())
        let before = driver.screen.shown
        let script = Script(
            (0..<50).map { number in
                {
                    driver.snapshot = number % 2 == 0 ? SampleNetwork.broken() : SampleNetwork.jumpLost()
                    driver.snapshot.number = 100 + number
                    driver.clock.now = driver.clock.now + .milliseconds(1)
                    return self.woken { $0.doorbell = true }
                }
            } + [
                {
                    driver.clock.now = driver.clock.now + .milliseconds(60)
                    return self.woken()
                }
            ])
        driver.loop?.run(waiter: script)
        #expect(driver.screen.shown == before + 1)
        #expect(driver.screen.lastFrame?.line(2).contains("57 dark") == true)
        #expect(script.timeouts.dropFirst().prefix(50).allSatisfy { ($0 ?? 1000) <= 100 })
    }

    @Test func keysAreServedAtOnceAndQLeaves() {
        let driver = ConsoleDriver()
        let script = Script([
            {
                driver.screen.type("2")
                return self.woken { $0.input = true }
            },
            {
                driver.screen.type("q")
                return self.woken { $0.input = true }
            },
        ])
        driver.loop?.run(waiter: script)
        #expect(driver.screen.lastFrame?.line(4).contains("PEER") == true)
        #expect(script.steps.isEmpty)
        #expect(driver.screen.isClosed)
    }

    @Test func aLetterComesWithTheDoorbell() {
        let driver = ConsoleDriver()
        let script = Script([
            {
                driver.inbox.post(.message(Message("written to bkk-incident-2.md", .good)))
                driver.clock.now = driver.clock.now + .seconds(1)
                return self.woken { $0.doorbell = true }
            }
        ])
        driver.loop?.run(waiter: script)
        #expect(driver.foot.contains("written to bkk-incident-2.md"))
    }

    /// The key works while snapshots pour in, and the time left counts down each second without a key.
    @Test func rIsServedAtOnceAndTheTimeLeftCountsDown() {
        let driver = ConsoleDriver(SampleNetwork.changing(.gated))
        var seen: [String] = []
        let script = Script([
            {
                driver.clock.now = driver.clock.now + .seconds(1)
                return self.woken()
            },
            {
                seen.append(driver.screen.lastFrame?.line(22) ?? "")
                driver.snapshot.number += 1
                driver.screen.type("R")
                return self.woken {
                    $0.doorbell = true
                    $0.input = true
                }
            },
            {
                seen.append(driver.foot)
                return self.woken { $0.hangup = true }
            },
        ])
        driver.loop?.run(waiter: script)
        #expect(seen.first?.contains("04:30 left") == true)
        #expect(seen.last?.contains("rolling back bkk20") == true)
        #expect(driver.desk.calls == ["rollBack open"])
    }

    @Test func theTerminalGoneIsTheEnd() {
        let driver = ConsoleDriver()
        driver.loop?.run(waiter: Script([{ self.woken { $0.hangup = true } }, { self.woken() }]))
        #expect(driver.screen.isClosed)
    }

    /// What a frame costs on the line at most: a way to each run of changed cells, a style for it, and its text.
    private func bytes(_ after: Frame, over before: Frame) -> Int {
        var bytes = 0
        for row in 0..<after.size.rows {
            var running = false
            for column in 0..<after.size.columns {
                let changed = after[row, column] != before[row, column]
                if changed { bytes += after[row, column].text.utf8.count + (running ? 0 : 8 + 12) }
                running = changed
            }
        }
        return bytes
    }

    /// 64 bytes a second while nothing happens but that every device answers as before, on every screen.
    @Test(
        arguments: [Place.overview, .peers, .devices, .device("bkk00")],
        [Size(rows: 24, columns: 80), Size(rows: 50, columns: 200)])
    func anIdleMinuteCostsLittle(_ place: Place, _ size: Size) {
        let driver = ConsoleDriver(size: size, start: place)
        var sent = 0
        var before = driver.screen.lastFrame
        func count() {
            if let before, let after = driver.screen.lastFrame { sent += bytes(after, over: before) }
            before = driver.screen.lastFrame
        }
        let minute = (0..<120).map { _ in
            {
                count()
                driver.clock.now = driver.clock.now + .milliseconds(500)
                for index in driver.snapshot.devices.indices where driver.snapshot.devices[index].reach.fault == nil {
                    driver.snapshot.devices[index].peers?.at = driver.clock.now
                }
                driver.snapshot.number += 1
                driver.snapshot.at = driver.clock.now
                return self.woken { $0.doorbell = true }
            }
        }
        let shown = driver.screen.shown
        driver.loop?.run(waiter: Script(minute))
        count()
        #expect(sent <= 60 * 64, "\(sent) bytes")
        // Dark rows grow older meanwhile: a console that stands still would be cheap too.
        #expect(driver.screen.shown > shown)
    }

    @Test func controlCEndsThePromptFirstAndASignalEndsAll() {
        let driver = ConsoleDriver()
        driver.type(":peers")
        driver.press(.control("c"))
        #expect(driver.state.prompt == nil)
        #expect(driver.state.place == .overview)
        driver.type("2/hgc")
        driver.press(.control("c"))
        #expect(driver.state.prompt == nil)
        #expect(driver.state.filter.text.isEmpty)
        driver.type(":")
        let script = Script([{ self.woken { $0.ending = 2 } }, { self.woken() }])
        driver.loop?.run(waiter: script)
        #expect(driver.screen.isClosed)
        #expect(script.steps.count == 1)
    }
}
