// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneEngine
import NocturneJournal
import NocturneModel
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct EngineAndRecorder {
    @Test func whatWasPublishedCanBeReplayed() async throws {
        let file = "/tmp/nocturne-engine-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).jsonl"
        defer { unlink(file) }
        let clock = EmbeddedClock(at(0))
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let recorder = Recorder(path: file)
        let engine = Engine(
            inventory: inventory(["bkk00"]), drivers: [driver], clock: clock, sink: recorder,
            recorder: recorder.initialState)
        let published = Mutex<[Snapshot]>([])
        engine.box.onChange { [box = engine.box] in published.withLock { $0.append(box.latest) } }
        await engine.start(spread: false)
        _ = await waitFor(engine.box) { $0["bkk00"]?.peers != nil }
        driver.behave(.answers(peers: [peer("a", .idle, error: "Hold timer expired")]))
        await engine.retryNow("bkk00")
        _ = await waitFor(engine.box) { $0["bkk00"]?.peers?.value.first?.state == .idle }
        await engine.stop()

        var cursor = ReplayCursor(try RecordingReader(path: file))
        for original in published.withLock({ $0 }) {
            let replayed = cursor.next()
            #expect(replayed.map { original.isRecorded(as: $0) } == true)
        }
        #expect(cursor.atEnd)
        #expect(cursor.problems.isEmpty)
        #expect(cursor.snapshot?.events.last?.evidence == "Hold timer expired")
    }

    @Test func aFullDiskStopsNothing() async {
        let clock = EmbeddedClock(at(0))
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let recorder = Recorder(path: "/dev/full")
        let engine = Engine(
            inventory: inventory(["bkk00"]), drivers: [driver], clock: clock, sink: recorder,
            recorder: recorder.initialState)
        await engine.start(spread: false)
        await run(clock, sleepers: 2) {
            if case .failed(let reason) = engine.box.latest.recorder { reason.contains("No space left") } else { false }
        }
        let sweeps = driver.sweeps
        await run(clock, sleepers: 2) { driver.sweeps > sweeps + 3 }
        #expect(engine.box.latest["bkk00"]?.isDark(at: clock.now) == false)
        await engine.stop()
    }
}
