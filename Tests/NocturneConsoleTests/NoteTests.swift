// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal
import Testing

@testable import NocturneConsole

@Suite struct NoteTests {
    @Test func aNoteIsAboutTheRowUnderTheCursor() {
        let driver = ConsoleDriver(start: .devices)
        driver.type("jjn")
        #expect(driver.foot.contains("note about bkk20:"))
        driver.type("HGC NOC on the phone, R q\n")
        #expect(
            driver.notes.notes == [
                NoteRequest(text: "HGC NOC on the phone, R q", about: Subject(kind: .device, device: "bkk20"))
            ])
        #expect(driver.foot.contains("writing the note"))
        driver.inbox.post(.noteWritten(driver.notes.notes[0]))
        driver.run()
        #expect(driver.foot.contains("noted, on disk"))
    }

    @Test func aNoteThatBeginsWithAnExclamationMarkIsAnActionItem() {
        let driver = ConsoleDriver(Snapshot(at: SampleNetwork.now, site: "bkk"))
        driver.type("n! check the second circuit\n")
        driver.type(":note !order a spare\n")
        #expect(driver.notes.notes.map(\.text) == ["check the second circuit", "order a spare"])
        #expect(driver.notes.notes.map(\.isActionItem) == [true, true])
    }

    @Test func escWritesNothing() {
        let driver = ConsoleDriver()
        driver.type("nhello\u{1B}")
        driver.type("n\n")
        #expect(driver.notes.notes.isEmpty)
        #expect(driver.state.prompt == nil)
    }

    @Test func whatCannotBeWrittenComesBack() throws {
        let driver = ConsoleDriver(start: .devices)
        driver.type("n!ticket 4471\n")
        let note = try #require(driver.notes.notes.first)
        driver.inbox.post(.noteFailed(note, reason: "the disk is full"))
        driver.run()
        #expect(driver.state.prompt?.text == "! ticket 4471")
        #expect(driver.foot.contains("not written: the disk is full"))
        driver.press(.enter)
        #expect(driver.notes.notes == [note, note])
    }

    /// A prompt that opened by itself would turn the next key into text, and that key may be R.
    @Test func whoDoesSomethingElseIsNotInterrupted() throws {
        let driver = ConsoleDriver(start: .devices)
        driver.type("nfirst\n")
        driver.type("j")
        let note = try #require(driver.notes.notes.first)
        driver.inbox.post(.noteFailed(note, reason: "the disk is full"))
        driver.run()
        #expect(driver.state.prompt == nil)
        #expect(driver.foot.contains("n brings it back"))
        driver.type("n")
        #expect(driver.state.prompt?.text == "first")
        driver.type("\nn")
        #expect(driver.state.prompt?.text == "")
    }

    @Test func withoutAJournalThereAreNoNotes() {
        let driver = ConsoleDriver(desks: false)
        driver.type("n")
        #expect(driver.foot.contains("there is no journal"))
        driver.type(":export md\n")
        #expect(driver.foot.contains("there is no journal"))
        driver.type("c")
        #expect(driver.foot.contains("nothing can be changed from here"))
    }

    @Test func messagesOfTheWorldAreShown() {
        let driver = ConsoleDriver()
        driver.inbox.post(.message(Message("written to bkk-2026-11-21.md", .good)))
        driver.run()
        #expect(driver.foot.contains("written to bkk-2026-11-21.md"))
    }
}

@Suite struct TimelineKeysTests {
    @Test func theCursorFollowsTheNewestUntilTheReaderMovesUp() {
        let driver = ConsoleDriver(start: .timeline)
        func add(_ sequence: Int) {
            driver.snapshot.events.append(
                Event(
                    sequence: sequence, at: SampleNetwork.now + .seconds(sequence),
                    subject: Subject(kind: .device, device: "bkk10"), after: "up", severity: .good))
            driver.snapshot.number += 1
            driver.run()
        }
        #expect(driver.state.list.cursor == .event(3))
        add(4)
        #expect(driver.state.list.cursor == .event(4))
        driver.type("k")
        #expect(driver.state.list.cursor == .event(3))
        add(5)
        #expect(driver.state.list.cursor == .event(3))
        driver.type("G")
        add(6)
        #expect(driver.state.list.cursor == .event(6))
    }

    @Test func enterOpensWhatTheEventIsAbout() {
        let driver = ConsoleDriver(start: .timeline)
        driver.press(.enter)
        guard case .peer(let id) = driver.state.place else {
            Issue.record("\(driver.state.place)")
            return
        }
        #expect(id.device == "bkk00" && id.key.name == "hgc_v6")
    }

    @Test func xWritesTheIncidentUnderTheCursorDown() {
        let driver = ConsoleDriver(start: .timeline)
        driver.type("x")
        #expect(driver.notes.exports == [ExportRequest(firstSymptom: driver.snapshot.events[0])])
        driver.type("1:export md /tmp/a b.md\n")
        #expect(driver.notes.exports.last == ExportRequest(firstSymptom: nil, file: "/tmp/a b.md"))
        driver.type(":export html\n")
        #expect(driver.foot.contains("no format \"html\""))
        #expect(driver.notes.exports.count == 2)
    }

    @Test func aFilterLeavesTheEventsThatMatch() {
        let driver = ConsoleDriver(start: .timeline)
        driver.type("/bkk20\n")
        #expect(driver.screen.lastFrame?.line(2).contains("1 of 3") == true)
        #expect(driver.cursorLine?.contains("bkk20") == true)
        driver.type("/nothing-like-it\n")
        #expect(driver.screen.lastFrame?.text.contains("None of 3 events matches") == true)
    }
}
