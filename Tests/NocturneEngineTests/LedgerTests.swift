// SPDX-License-Identifier: Apache-2.0

import NocturneJournal
import NocturneModel
import Synchronization
import Testing

@testable import NocturneEngine

@Suite(.timeLimit(.minutes(1))) struct EngineAndLedger {
    let clock = EmbeddedClock(at(0))

    private func note(_ text: String) -> Event {
        Event(
            sequence: 0, at: at(0), subject: Subject(kind: .note), after: text, severity: .info, source: .note,
            by: "ann")
    }

    @Test func theLedgerHasItBeforeTheScreen() async {
        let ledger = KeepingLedger()
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let engine = Engine(inventory: inventory(["bkk00", "dark"]), drivers: [driver], clock: clock, ledger: ledger)
        let early = Mutex<[Event]>([])
        engine.box.onChange { [box = engine.box] in
            let missing = box.latest.events.filter { !ledger.events.contains($0) }
            early.withLock { $0 += missing }
        }
        #expect(engine.box.latest.events.isEmpty)
        await engine.start(spread: false)
        _ = await waitFor(engine.box) { $0["bkk00"]?.peers != nil }
        driver.behave(.answers(peers: [peer("a", .idle)]))
        await engine.retryNow("bkk00")
        _ = await waitFor(engine.box) { $0.events.last?.after == "idle" }
        await engine.stop()
        #expect(early.withLock { $0 }.isEmpty)
        #expect(ledger.events == engine.box.latest.events)
        #expect(ledger.events.contains { $0.subject.device == "dark" })
        #expect(engine.box.latest.journal == .recording(file: "ledger"))
    }

    @Test func historyIsShownAndNotWrittenAgain() async {
        let ledger = KeepingLedger()
        let engine = Engine(
            inventory: inventory([]), drivers: [], clock: clock, ledger: ledger, history: [note("yesterday")])
        #expect(engine.box.latest.events.map(\.after) == ["yesterday"])
        await engine.start(spread: false)
        await engine.stop()
        #expect(ledger.events.isEmpty)
        #expect(engine.box.latest.events.map(\.after) == ["yesterday"])
    }

    @Test func anActIsOnDiskThenKnown() async throws {
        let ledger = KeepingLedger()
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [], clock: clock, ledger: ledger)
        let peer = Subject(kind: .peer, device: "bkk00", name: "a")
        try await engine.note("called the NOC", by: "ann", about: peer)
        let last = try #require(await engine.events.last)
        #expect(last.source == .note && last.by == "ann" && last.severity == .info)
        #expect(last.subject == Subject(kind: .note, device: "bkk00", name: "peer a"))
        #expect(ledger.events.map(\.after) == ["dark", "called the NOC"], "what was observed before goes before")
        await engine.stop()
    }

    @Test func anActThatCannotBeWrittenIsRefusedAndShown() async {
        let ledger = KeepingLedger(.refuses)
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [], clock: clock, ledger: ledger)
        await #expect(throws: LedgerError(message: "the disk is full")) { try await engine.write(note("lost")) }
        await engine.start(spread: false)
        await run(clock, sleepers: 2) { engine.box.latest.journal == .failed("the disk is full; 1 event waits") }
        #expect(await engine.events.map(\.after) == ["dark"])
        await engine.stop()
    }

    @Test func whatWasRefusedIsHandedOverAgainInOrder() async throws {
        let ledger = KeepingLedger(.refuses)
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock, ledger: ledger)
        await engine.start(spread: false)
        await run(clock, sleepers: 3) { if case .failed = engine.box.latest.journal { true } else { false } }
        driver.behave(.answers(peers: [peer("a", .idle)]))
        await engine.retryNow("bkk00")
        // It is on the screen all the same: an old screen would be the bigger lie.
        _ = await waitFor(engine.box) { $0.events.last?.after == "idle" }
        #expect(ledger.events.isEmpty)
        ledger.behave(.takes)
        try await engine.write(note("the disk has room again"))
        #expect(
            ledger.events
                == (await engine.events).map { event in
                    var event = event
                    if event.source == .note { event.sequence = 0 }
                    return event
                })
        #expect(ledger.events.last?.after == "the disk has room again")
        await run(clock, sleepers: 3) { engine.box.latest.journal == .recording(file: "ledger") }
        await engine.stop()
    }

    @Test func refusedEventsAreTriedAgainWithoutAnybodyAsking() async {
        let ledger = KeepingLedger(.refuses)
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [], clock: clock, ledger: ledger)
        await engine.start(spread: false)
        await run(clock, sleepers: 2) { if case .failed = engine.box.latest.journal { true } else { false } }
        ledger.behave(.takes)
        await run(clock, sleepers: 2) { engine.box.latest.journal == .recording(file: "ledger") }
        #expect(ledger.events.map(\.after) == ["dark"])
        await engine.stop()
    }

    @Test func aLedgerThatHangsIsSaidAndNotWaitedFor() async {
        let ledger = KeepingLedger(.hangs)
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock, ledger: ledger)
        await engine.start(spread: false)
        await run(clock, sleepers: 3) { engine.box.latest["bkk00"]?.peers != nil }
        let told = Mutex<LedgerError?>(nil)
        let act = Task {
            do throws(LedgerError) { try await engine.write(note("who waits")) } catch { told.withLock { $0 = error } }
        }
        await run(clock, sleepers: 3) { told.withLock { $0 } != nil }
        _ = await act.value
        #expect(told.withLock { $0 }?.message == "the disk has not taken the last write for 5 s")
        await run(clock, sleepers: 3) { if case .failed = engine.box.latest.journal { true } else { false } }
        #expect(await engine.events.contains { $0.after == "who waits" } == false)
        ledger.release()
        // What reached the disk after all is shown: the journal and the screen tell the same story.
        await run(clock, sleepers: 3) { engine.box.latest.events.contains { $0.after == "who waits" } }
        #expect(ledger.events.map(\.after) == ["alive", "observed", "who waits"])
        await engine.stop()
    }

    @Test func aSlowLedgerDelaysTheScreenByHalfASecondAtMost() async {
        let ledger = KeepingLedger(.hangs)
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: []))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock, ledger: ledger)
        await engine.start(spread: false)
        await run(clock, sleepers: 3) { engine.box.latest["bkk00"]?.peers != nil }
        #expect(clock.monotonic <= .milliseconds(500))
        ledger.release()
        await run(clock, sleepers: 3, unless: { await engine.queue.isBusy }, until: { !ledger.events.isEmpty })
        await engine.stop()
    }
}

@Suite struct LedgerQueueBounds {
    @Test func aDiskBrokenForMonthsDoesNotTakeTheMemory() {
        var queue = LedgerQueue()
        let event = Event(sequence: 0, at: at(0), subject: Subject(kind: .peer), after: "idle", severity: .bad)
        queue.add(Array(repeating: event, count: LedgerQueue.bound + 3))
        #expect(queue.items.count == LedgerQueue.bound)
        #expect(queue.lost == 3)
        #expect(queue.begin(at: .zero)?.count == LedgerQueue.batch)
        #expect(queue.begin(at: .zero) == nil, "one batch at a time")
        #expect(queue.refused().isEmpty)
        #expect(queue.items.count == LedgerQueue.bound)
        #expect(queue.entered == LedgerQueue.bound + 3)
    }
}

/// Keeps what it is given, or refuses it, or holds it until it is let go.
final class KeepingLedger: EventLedger {
    enum Manner: Sendable { case takes, refuses, hangs }

    private struct State {
        var manner: Manner
        var events: [Event] = []
        var held: [CheckedContinuation<Void, Never>] = []
    }
    private let lock: Mutex<State>

    init(_ manner: Manner = .takes) { lock = Mutex(State(manner: manner)) }

    var events: [Event] { lock.withLock { $0.events } }
    var state: RecorderState { .recording(file: "ledger") }
    func behave(_ manner: Manner) { lock.withLock { $0.manner = manner } }

    /// Ends the silence, for now and from now on.
    func release() {
        let held = lock.withLock { state in
            state.manner = .takes
            defer { state.held = [] }
            return state.held
        }
        for one in held { one.resume() }
    }

    func append(_ events: [Event]) async throws(LedgerError) {
        await withCheckedContinuation { continuation in
            let goes = lock.withLock { state in
                if state.manner == .hangs { state.held.append(continuation) }
                return state.manner != .hangs
            }
            if goes { continuation.resume() }
        }
        let refuses = lock.withLock { state in
            if state.manner != .refuses { state.events += events }
            return state.manner == .refuses
        }
        if refuses { throw LedgerError(message: "the disk is full") }
    }
}
