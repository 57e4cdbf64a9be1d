// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel
import Testing

@testable import NocturneJournal

@Suite struct Damage {
    /// Five snapshots: a full one, two changes, a full one, a change.
    private func recording(_ path: String) -> [Snapshot] {
        var life = Life(seed: 5, devices: 2, peers: 2)
        let writer = RecordingWriter(path: path, options: .init(fullEvery: .seconds(6)))
        var published: [Snapshot] = []
        for _ in 0..<5 {
            _ = writer.write(life.snapshot)
            published.append(life.snapshot)
            life.idle()
        }
        return published
    }

    private func reader(_ lines: [String], end: String = "\n") throws -> RecordingReader {
        try RecordingReader(name: "test", bytes: Array((lines.joined(separator: "\n") + end).utf8))
    }

    @Test func aFullDiskIsSaidAndTriedAgainLater() throws {
        var life = Life(seed: 5, devices: 1, peers: 1)
        let writer = RecordingWriter(path: "/dev/full")
        guard case .failed(let reason) = writer.write(life.snapshot) else {
            Issue.record("a full disk went unnoticed")
            return
        }
        #expect(reason.contains("No space left on device"))
        #expect(reason.contains("/dev/full"))
        life.idle()
        #expect(writer.write(life.snapshot) == .failed(reason))
    }

    @Test func whatFailedIsTriedAgainAtTheNextFullLine() throws {
        let scratch = Scratch()
        // A directory stands where the file should be.
        mkdir(scratch.file(), 0o700)
        var life = Life(seed: 5, devices: 1, peers: 1)
        let writer = RecordingWriter(path: scratch.file(), options: .init(fullEvery: .seconds(10)))
        guard case .failed = writer.write(life.snapshot) else {
            Issue.record("a directory was written to")
            return
        }
        rmdir(scratch.file())
        life.idle(milliseconds: 2000)
        guard case .failed = writer.write(life.snapshot) else {
            Issue.record("tried again too soon")
            return
        }
        life.idle(milliseconds: 9000)
        #expect(writer.write(life.snapshot) == .recording(file: scratch.file()))
        let cursor = Player(try RecordingReader(path: scratch.file()))
        #expect(life.snapshot.isRecorded(as: cursor.next()))
    }

    @Test func aRecordingStopsAtItsLimit() throws {
        let scratch = Scratch()
        var life = Life(seed: 5, devices: 1, peers: 1)
        let writer = RecordingWriter(path: scratch.file(), options: .init(limit: 4096))
        var last = RecorderState.off
        for _ in 0..<100 {
            last = writer.write(life.snapshot)
            life.idle()
        }
        guard case .failed(let reason) = last else {
            Issue.record("it grew beyond its limit")
            return
        }
        #expect(reason.contains("limit"))
        #expect(contents(scratch.file()).count <= 4096)
        #expect(try RecordingReader(path: scratch.file()).problems.isEmpty)
    }

    @Test func directoriesAndFilesAreTheOwnersAlone() {
        let scratch = Scratch()
        _ = recording(scratch.file("deep/er/a.jsonl"))
        func mode(_ name: String) -> mode_t {
            var status = stat()
            stat(scratch.file(name), &status)
            return status.st_mode & 0o777
        }
        #expect(mode("deep") == 0o700)
        #expect(mode("deep/er") == 0o700)
        #expect(mode("deep/er/a.jsonl") == 0o600)
    }

    @Test func aTornLastLineIsSkippedAndSaid() throws {
        let scratch = Scratch()
        let published = recording(scratch.file())
        var bytes = contents(scratch.file())
        bytes.removeLast(20)
        let reader = try RecordingReader(name: "test", bytes: bytes)
        let cursor = Player(reader)
        #expect(published[3].isRecorded(as: cursor.seekToEnd()))
        #expect(reader.problems.count == 1)
        #expect(reader.problems.first?.line == 6)
        #expect(reader.problems.first?.message.contains("cut short") == true)
    }

    @Test func appendingAfterATornLineLosesOnlyThatLine() throws {
        let scratch = Scratch()
        _ = recording(scratch.file())
        append(#"{"kind":"change","number":9,"at""#, to: scratch.file())
        let again = recording(scratch.file())
        let cursor = Player(try RecordingReader(path: scratch.file()))
        #expect(cursor.reader.count == 10)
        #expect(cursor.reader.problems.map(\.line) == [7])
        #expect(again[4].isRecorded(as: cursor.seekToEnd()))
        #expect(cursor.previous() != nil)
    }

    @Test func aBadLineCostsNothingBeforeItAndNothingFromTheNextFullLineOn() throws {
        let scratch = Scratch()
        let published = recording(scratch.file())
        var text = lines(scratch.file())
        text[2] = "this is not JSON"
        let cursor = Player(try reader(text))
        #expect(published[0].isRecorded(as: cursor.next()))
        // The change after the bad line is one to something unknown.
        #expect(published[3].isRecorded(as: cursor.next()))
        #expect(published[4].isRecorded(as: cursor.next()))
        #expect(cursor.next() == nil)
        #expect(cursor.problems.map(\.line) == [3])
        #expect(cursor.problems.first?.description.hasPrefix("test:3: line 3 is not JSON") == true)
        #expect(published[0].isRecorded(as: cursor.seek(to: published[2].at)))
        #expect(published[3].isRecorded(as: cursor.next()))
    }

    @Test func aLineThatBreaksInsideIsFoundWhenItIsRead() throws {
        let scratch = Scratch()
        let published = recording(scratch.file())
        var text = lines(scratch.file())
        text[3] = String(text[3].dropLast(3))
        let cursor = Player(try reader(text))
        #expect(published[1].isRecorded(as: cursor.seek(to: published[2].at)))
        #expect(cursor.problems.map(\.line) == [4])
        #expect(published[3].isRecorded(as: cursor.next()))
    }

    @Test func unknownKindsAreSaidAndUnknownMembersIgnored() throws {
        let scratch = Scratch()
        let published = recording(scratch.file())
        var text = lines(scratch.file())
        text.append(#"{"kind":"weather","number":9,"at":"2026-11-21T02:00:09Z"}"#)
        text[0] = text[0].replacing("\"site\"", with: "\"colour\":[1,{}],\"site\"")
        text[2] = text[2].replacing("\"seen\"", with: "\"colour\":[1,{}],\"seen\"")
        let cursor = Player(try reader(text))
        for original in published { #expect(original.isRecorded(as: cursor.next())) }
        #expect(cursor.problems.map(\.line) == [7])
        #expect(cursor.problems.first?.message.contains("unknown kind “weather”") == true)
    }

    @Test func membersInAnotherOrderAreFoundAllTheSame() throws {
        let scratch = Scratch()
        let published = recording(scratch.file())
        let text = lines(scratch.file()).map { line in
            line.hasPrefix(#"{"kind":"change","#) ? #"{ "kind": "change","# + line.dropFirst(17) : line
        }
        let cursor = Player(try reader(text))
        for original in published { #expect(original.isRecorded(as: cursor.next())) }
    }

    @Test func whatIsNoRecordingIsRefused() throws {
        func message(_ lines: [String]) -> String {
            do throws(RecordingProblem) {
                _ = try RecordingReader(name: "test", bytes: Array(lines.joined(separator: "\n").utf8))
                return ""
            } catch {
                return error.description
            }
        }
        #expect(message([]).contains("empty"))
        #expect(message(["hello", ""]).contains("no recording of nocturne"))
        #expect(message([#"{"kind":"full"}"#, ""]).contains("no recording of nocturne"))
        #expect(message([#"{"kind":"header","version":2}"#, ""]).contains("newer nocturne"))
        #expect(throws: RecordingProblem.self) { try RecordingReader(path: "/nonexistent/a.jsonl") }
    }

    @Test func aGrowingFileIsFollowed() throws {
        let scratch = Scratch()
        var life = Life(seed: 9, devices: 2, peers: 2)
        let writer = RecordingWriter(path: scratch.file())
        _ = writer.write(life.snapshot)
        let cursor = Player(try RecordingReader(path: scratch.file()))
        #expect(cursor.next() != nil)
        #expect(try !cursor.refresh())
        for _ in 0..<20 {
            life.step()
            _ = writer.write(life.snapshot)
            #expect(try cursor.refresh())
            #expect(life.snapshot.isRecorded(as: cursor.next()))
        }
        // Half a line is not a line yet, and is one when its end has come.
        append(#"{"kind":"change","number":999,"#, to: scratch.file())
        #expect(try !cursor.refresh())
        append("\"at\":\"2026-11-21T03:00:00Z\"}\n", to: scratch.file())
        #expect(try cursor.refresh())
        #expect(cursor.next()?.number == 999)
        #expect(cursor.problems.isEmpty)
    }

    @Test func theRecorderWorksFromItsOwnThread() async throws {
        let scratch = Scratch()
        var life = Life(seed: 9, devices: 2, peers: 2)
        let recorder = Recorder(path: scratch.file())
        for _ in 0..<5 {
            #expect(await recorder.record(life.snapshot) == .recording(file: scratch.file()))
            life.idle()
        }
        await recorder.close()
        #expect(try RecordingReader(path: scratch.file()).count == 5)
    }
}
