// SPDX-License-Identifier: Apache-2.0

import NocturneJournal
import NocturneModel
import Testing

@Suite struct RoundTrip {
    @Test(arguments: 1...12)
    func whatIsReplayedIsWhatWasPublished(seed: Int) throws {
        let scratch = Scratch()
        var life = Life(seed: UInt64(seed), devices: 1 + seed % 5, peers: seed % 7)
        let writer = RecordingWriter(path: scratch.file())
        var published: [Snapshot] = []
        for _ in 0..<150 {
            #expect(writer.write(life.snapshot) == .recording(file: scratch.file()))
            published.append(life.snapshot)
            life.step()
        }
        writer.close()
        let cursor = Player(try RecordingReader(path: scratch.file()))
        for original in published {
            let replayed = try #require(cursor.next())
            #expect(original.isRecorded(as: replayed), "seed \(seed), snapshot \(original.number)")
            #expect(replayed.number == original.number && replayed.at == original.at)
        }
        #expect(cursor.next() == nil)
        #expect(cursor.problems.isEmpty)
        // Backwards, and from anywhere, the same.
        for original in published.dropLast().reversed() {
            #expect(original.isRecorded(as: cursor.previous()))
        }
        #expect(cursor.previous() == nil)
        for original in published.shuffled(using: &life.dice).prefix(30) {
            #expect(original.isRecorded(as: cursor.seek(to: original.at)))
        }
        let fulls = lines(scratch.file()).filter { $0.hasPrefix(#"{"kind":"full""#) }.count
        #expect(fulls > 1 && fulls < 40)
    }

    @Test func theComparisonSeesWhatMatters() {
        let life = Life(seed: 1, devices: 2, peers: 3)
        func differs(_ change: (inout DeviceState) -> Void) -> Bool {
            var other = life.snapshot
            change(&other.devices[1])
            return !life.snapshot.isRecorded(as: other)
        }
        #expect(!differs { $0.transcripts = [:] })
        #expect(!differs { $0.peers?.value[0].uptimeSeconds? += 1 })
        #expect(differs { $0.peers?.value[0].uptimeSeconds? += 2 })
        #expect(differs { $0.peers?.value[0].uptimeSeconds = nil })
        #expect(differs { $0.peers?.value[0].prefixesReceived? += 1 })
        #expect(differs { $0.peers?.value[0].state = .idle })
        #expect(differs { $0.peers?.at = at(1) })
        #expect(differs { $0.ospf?.at = at(1) })
        #expect(differs { $0.reach.roundTripMilliseconds = 900 })
        #expect(!differs { $0.anycast?.value[0].answer = .answered(by: "bkk1", milliseconds: 9) })
        #expect(differs { $0.anycast?.value[0].answer = .answered(by: "bkk0", milliseconds: 4) })
        #expect(differs { $0.anycast?.value[0].answer = .answered(by: "bkk1", milliseconds: 900) })
        #expect(differs { $0.anycast?.value[0].answer = .silent(reason: "refused") })
        #expect(differs { $0.anycast?.value[0].local = false })
        #expect(differs { $0.anycast = nil })
        #expect(!differs { $0.guests?.value[0].uptimeSeconds? += 1 })
        #expect(differs { $0.guests?.value[0].uptimeSeconds? += 2 })
        #expect(differs { $0.guests?.value[0].state = .stopped })
        #expect(differs { $0.guards = nil })
    }

    @Test func anArmedGuardCountsDownWithoutBeingWritten() throws {
        let scratch = Scratch()
        var life = Life(seed: 7, devices: 1, peers: 1)
        life.snapshot.devices[0].guards?.value = [
            DeviceGuard(
                session: "s", by: "anna", what: "import limit", state: .armed, armedAt: at(0), deadline: at(300_000),
                remainingSeconds: 300, alive: true)
        ]
        let writer = RecordingWriter(path: scratch.file())
        var published: [Snapshot] = []
        for _ in 0..<20 {
            _ = writer.write(life.snapshot)
            published.append(life.snapshot)
            life.idle()
        }
        let cursor = Player(try RecordingReader(path: scratch.file()))
        for original in published {
            let replayed = try #require(cursor.next())
            #expect(original.isRecorded(as: replayed))
        }
        #expect(lines(scratch.file()).filter { $0.contains("import limit") }.count == 1)
        #expect((cursor.seek(to: at(38_000))?.devices[0].guards?.value[0].remainingSeconds ?? 300) < 270)
    }

    @Test func aRecordingOfBeforeIsStillRead() throws {
        let scratch = Scratch()
        let device =
            #"{"name":"bkk0","platform":"bird","address":"198.51.100.1","pollMilliseconds":2000,"#
            + #""reach":{"climbed":"daemon"},"unparsed":{},"refused":{},"transcripts":{},"ospf":"#
            + #"{"value":[],"at":"2026-11-21T02:00:00Z","path":"jump","question":"q"}}"#
        append(
            #"{"kind":"header","program":"nocturne 0.1","site":"lab","started":"2026-11-21T02:00:00Z","version":1}"# + "\n"
                + #"{"kind":"full","number":1,"at":"2026-11-21T02:00:00Z","snapshot":{"number":1,"at":"#
                + #""2026-11-21T02:00:00Z","site":"lab","protected":false,"paths":[],"devices":[\#(device)],"#
                + #""events":[],"recorder":{"off":{}}}}"# + "\n"
                + #"{"kind":"change","number":2,"at":"2026-11-21T02:00:02Z","seen":{"bkk0":[null,null,null,5]}}"# + "\n",
            to: scratch.file())
        let cursor = Player(try RecordingReader(path: scratch.file()))
        let first = try #require(cursor.next())
        #expect(first.journal == .off && first.changes.isEmpty && first.devices[0].guests == nil)
        #expect(cursor.next()?.devices[0].ospf?.at == at(1995))
        #expect(cursor.problems.isEmpty)
    }

    @Test func idleLinesAreSmall() {
        let scratch = Scratch()
        var life = Life(seed: 7, devices: 12, peers: 8)
        let writer = RecordingWriter(path: scratch.file(), options: .init(fullEvery: .seconds(3600)))
        for _ in 0..<120 {
            _ = writer.write(life.snapshot)
            life.idle()
        }
        let changes = lines(scratch.file()).filter { $0.hasPrefix(#"{"kind":"change""#) }.map(\.utf8.count)
        let mean = changes.reduce(0, +) / changes.count
        print("12 idle devices: \(mean) bytes a change line in the mean, \(changes.max() ?? 0) at most")
        #expect(changes.count == 119)
        #expect(mean <= 300)
        #expect(changes.allSatisfy { $0 <= 360 })
    }

    @Test func oneChangedSessionIsWrittenAlone() throws {
        let scratch = Scratch()
        var life = Life(seed: 7, devices: 3, peers: 20)
        let writer = RecordingWriter(path: scratch.file())
        _ = writer.write(life.snapshot)
        life.idle()
        life.snapshot.devices[1].peers?.value[4].prefixesReceived = 99
        _ = writer.write(life.snapshot)
        let line = try #require(lines(scratch.file()).last)
        #expect(line.contains(#""peer4""#))
        #expect(!line.contains(#""peer5""#))
        #expect(!line.contains("show protocols all"))
    }

    @Test func rawAnswersStandInFullLinesOnly() throws {
        let scratch = Scratch()
        var life = Life(seed: 3, devices: 1, peers: 1)
        let writer = RecordingWriter(path: scratch.file())
        _ = writer.write(life.snapshot)
        life.step()
        _ = writer.write(life.snapshot)
        let cursor = Player(try RecordingReader(path: scratch.file()))
        #expect(cursor.next()?.devices[0].transcripts["bgp-peers"]?.text == "1002-peer0 BGP")
        #expect(lines(scratch.file()).filter { $0.contains("1002-peer0") }.count == 1)
    }

    @Test func linesBeginAsTheFormatSays() throws {
        let scratch = Scratch()
        var life = Life(seed: 3, devices: 1, peers: 1)
        let writer = RecordingWriter(path: scratch.file(), options: .init(program: "nocturne 9"))
        _ = writer.write(life.snapshot)
        life.snapshot.number = 2
        life.snapshot.at = at(1500)
        _ = writer.write(life.snapshot)
        let text = lines(scratch.file())
        #expect(
            text[0]
                == #"{"kind":"header","program":"nocturne 9","site":"lab","started":"2026-11-21T02:00:00Z","version":1}"#
        )
        #expect(text[1].hasPrefix(#"{"kind":"full","number":1,"at":"2026-11-21T02:00:00Z","snapshot":{"#))
        #expect(text[2] == #"{"kind":"change","number":2,"at":"2026-11-21T02:00:01.500Z"}"#)
        let origin = try RecordingReader(path: scratch.file()).origin
        #expect(origin.program == "nocturne 9" && origin.site == "lab" && origin.started == at(0))
    }

    @Test func playingGoesByTheClock() throws {
        let scratch = Scratch()
        var life = Life(seed: 3, devices: 1, peers: 1)
        let writer = RecordingWriter(path: scratch.file())
        for _ in 0..<10 {
            _ = writer.write(life.snapshot)
            life.idle(milliseconds: 2000)
        }
        let cursor = Player(try RecordingReader(path: scratch.file()))
        #expect(cursor.advance(by: .zero)?.at == at(0))
        #expect(cursor.advance(by: .seconds(1)) == nil)
        #expect(cursor.time == at(1000))
        #expect(cursor.advance(by: .seconds(1))?.at == at(2000))
        #expect(cursor.advance(by: .seconds(5))?.at == at(6000))
        #expect(cursor.advance(by: .seconds(100))?.at == at(18_000))
        #expect(cursor.atEnd)
        #expect(cursor.seek(to: at(-5))?.at == at(0))
        #expect(cursor.reader.span?.last == at(18_000))
    }
}
