// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneJournal
import NocturneModel
import Synchronization
import Testing

@testable import NocturneEngine

@Suite(.timeLimit(.minutes(1))) struct EngineOnAStandingClock {
    let clock = EmbeddedClock(at(0))

    @Test func observesAndNumbers() async throws {
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock)
        #expect(engine.box.latest.number == 1)
        await engine.start(spread: false)
        let first = try #require(await waitFor(engine.box) { $0["bkk00"]?.peers != nil })
        driver.behave(.answers(peers: [peer("a", .idle)]))
        await run(clock, sleepers: 3) { engine.box.latest["bkk00"]?.peers?.value.first?.state == .idle }
        let second = engine.box.latest
        #expect(second.number > first.number)
        #expect(second.events.last?.after == "idle")
        await engine.stop()
        #expect(driver.closed)
        #expect(engine.box.latest.number > second.number)
    }

    @Test func aSlowDeviceDelaysNobody() async {
        let slow = FakeDriver("slow", clock: clock, .hangs(at: .prompt))
        let quick = (0..<5).map { FakeDriver("d\($0)", clock: clock, .answers(peers: [])) }
        let engine = Engine(
            inventory: inventory(["slow"] + quick.map(\.device.rawValue)), drivers: [slow] + quick, clock: clock)
        await engine.start(spread: false)
        await run(clock, sleepers: 7) { quick.allSatisfy { $0.sweeps >= 10 } }
        #expect(slow.sweeps == 1)
        for driver in quick {
            #expect(Array(driver.starts.prefix(10)) == (0..<10).map { Duration.seconds($0 * 2) })
            #expect(!driver.overlapped)
        }
        await engine.stop()
    }

    @Test func aDeviceInBackOffIsLeftAloneUntilAPersonAsks() async {
        let driver = FakeDriver("bkk00", clock: clock, .fails(failing(.tcp, retryAt: at(30))))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock)
        await engine.start(spread: false)
        _ = await waitFor(engine.box) { $0["bkk00"]?.reach.fault != nil }
        await run(clock, sleepers: 3) { clock.monotonic >= .seconds(29) }
        #expect(driver.sweeps == 1)
        driver.behave(.answers(peers: []))
        await engine.retryNow("bkk00")
        _ = await waitFor(engine.box) { $0["bkk00"]?.peers != nil }
        #expect(driver.retries == 1)
        #expect(driver.starts.count == 2)
        await engine.stop()
    }

    @Test func whatOnlyAPersonCanMendWaitsForOne() async {
        let driver = FakeDriver("bkk00", clock: clock, .fails(failing(.key, retries: false)))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock)
        await engine.start(spread: false)
        _ = await waitFor(engine.box) { $0["bkk00"]?.reach.fault != nil }
        await run(clock, sleepers: 3) { clock.monotonic >= .seconds(600) }
        #expect(driver.sweeps == 1)
        await engine.stop()
    }

    @Test func silenceGoesDarkWhileItsSweepStillRuns() async {
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock)
        await engine.start(spread: false)
        _ = await waitFor(engine.box) { $0["bkk00"]?.peers != nil }
        driver.behave(.hangs(at: .daemon))
        await run(clock, sleepers: 2) { engine.box.latest.events.last?.after == "dark" }
        #expect(engine.box.latest["bkk00"]?.isDark(at: clock.now) == true)
        await engine.stop()
    }

    @Test func aClimbIsShown() async {
        let driver = FakeDriver("bkk00", clock: clock, .hangs(at: .auth))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock)
        await engine.start(spread: false)
        await run(clock, sleepers: 2) { engine.box.latest["bkk00"]?.reach.climbed == .auth }
        #expect(engine.box.latest["bkk00"]?.reach.fault == nil)
        await engine.stop()
    }

    @Test func oneLookEndsWhenAllHaveAnsweredOrFailed() async {
        let drivers = [
            FakeDriver("a", clock: clock, .answers(peers: [])),
            FakeDriver("b", clock: clock, .fails(failing(.auth))),
        ]
        let engine = Engine(inventory: inventory(["a", "b"]), drivers: drivers, clock: clock)
        await engine.start(spread: false)
        let snapshot = await engine.firstComplete(within: .seconds(10))
        #expect(snapshot["a"]?.peers != nil)
        #expect(snapshot["b"]?.reach.fault?.code == "tcp-timeout")
        #expect(clock.monotonic == .zero)
        await engine.stop()
    }

    @Test func oneLookNamesTheRungOfWhoeverIsStillClimbing() async throws {
        let drivers = [
            FakeDriver("a", clock: clock, .answers(peers: [])),
            FakeDriver("b", clock: clock, .hangs(at: .key)),
            FakeDriver("c", clock: clock, .hangs(at: nil)),
        ]
        let engine = Engine(inventory: inventory(["a", "b", "c"]), drivers: drivers, clock: clock)
        await engine.start(spread: false)
        await run(clock, sleepers: 3) { engine.box.latest["b"]?.reach.climbed == .key }
        let look = Task { await engine.firstComplete(within: .seconds(10)) }
        let done = Mutex(false)
        let watch = Task {
            _ = await look.value
            done.withLock { $0 = true }
        }
        await run(clock, sleepers: 3) { done.withLock { $0 } }
        _ = await watch.value
        let snapshot = await look.value
        let late = try #require(snapshot["b"]?.reach.fault)
        #expect(late.rung == .auth)
        #expect(late.message.hasPrefix("no answer within 10 s"))
        #expect(snapshot["a"]?.reach.fault == nil)
        #expect(snapshot["c"]?.reach.fault?.rung == .tcp)
        await engine.stop()
    }

    @Test func theSinkHasItBeforeTheScreen() async {
        let sink = KeepingSink()
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: [peer("a", .established)]))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock, sink: sink)
        let late = Mutex<[Int]>([])
        engine.box.onChange { [box = engine.box] in
            let number = box.latest.number
            if !sink.numbers.contains(number) { late.withLock { $0.append(number) } }
        }
        await engine.start(spread: false)
        await run(
            clock, sleepers: 3, unless: { await engine.sinkBusy },
            until: { driver.sweeps >= 5 && sink.numbers.count >= 3 })
        await engine.stop()
        #expect(late.withLock { $0 }.isEmpty)
        #expect(sink.closed)
        #expect(engine.box.latest.recorder == .recording(file: "kept"))
    }

    @Test func aSinkThatHangsIsSaidAndNotWaitedFor() async {
        let sink = KeepingSink(hangs: true)
        let driver = FakeDriver("bkk00", clock: clock, .answers(peers: []))
        let engine = Engine(inventory: inventory(["bkk00"]), drivers: [driver], clock: clock, sink: sink)
        await engine.start(spread: false)
        await run(clock, sleepers: 3) { if case .failed = engine.box.latest.recorder { true } else { false } }
        #expect(driver.sweeps >= 1)
        sink.release()
        await run(clock, sleepers: 3) { engine.box.latest.recorder == .recording(file: "kept") }
        await engine.stop()
    }
}

/// Remembers what it was given; may hang on the first.
final class KeepingSink: SnapshotSink {
    private struct State {
        var numbers: [Int] = []
        var closed = false
        var hangs: Bool
        var held: CheckedContinuation<Void, Never>?
    }
    private let state: Mutex<State>

    init(hangs: Bool = false) { state = Mutex(State(hangs: hangs)) }

    var numbers: [Int] { state.withLock { $0.numbers } }
    var closed: Bool { state.withLock { $0.closed } }

    func release() {
        let held = state.withLock { state in
            state.hangs = false
            defer { state.held = nil }
            return state.held
        }
        held?.resume()
    }

    func record(_ snapshot: Snapshot) async -> RecorderState {
        await withCheckedContinuation { held in
            let hangs = state.withLock { state in
                state.numbers.append(snapshot.number)
                if state.hangs { state.held = held }
                return state.hangs
            }
            if !hangs { held.resume() }
        }
        return .recording(file: "kept")
    }

    func close() async { state.withLock { $0.closed = true } }
}

@Suite struct Pacing {
    @Test func transitionsGoAtOnceAndLoadIsTenASecond() {
        var pacer = PublishPacer()
        var published: [Duration] = []
        for step in 0..<3000 {
            let now = Duration.milliseconds(step)
            pacer.note(.transition, at: now)
            if let due = pacer.due(at: now), due <= now {
                pacer.published(at: now)
                published.append(now)
            }
        }
        #expect(published.first == .zero)
        #expect(published.count <= 10 + 30)
        #expect(published.suffix(10).count == 10)
    }

    @Test func ageIsWorthOneSnapshotASecond() {
        var pacer = PublishPacer()
        pacer.note(.age, at: .zero)
        #expect(pacer.due(at: .zero) == .zero)
        pacer.published(at: .zero)
        #expect(pacer.due(at: .zero) == nil)
        pacer.note(.age, at: .milliseconds(10))
        #expect(pacer.due(at: .milliseconds(10)) == .seconds(1))
        pacer.note(.content, at: .milliseconds(20))
        #expect(pacer.due(at: .milliseconds(20)) == .milliseconds(100))
        pacer.note(.transition, at: .milliseconds(30))
        #expect(pacer.due(at: .milliseconds(30)) == .milliseconds(30))
    }

    @Test func aSlowSweepMissesBeats() {
        var schedule = Schedule(poll: .seconds(2), first: .zero)
        schedule.sweptFrom(.zero, to: .milliseconds(300), retryIn: nil)
        #expect(schedule.next == .seconds(2))
        schedule.sweptFrom(.seconds(2), to: .milliseconds(7100), retryIn: nil)
        #expect(schedule.next == .seconds(8))
        schedule.sweptFrom(.seconds(8), to: .seconds(9), retryIn: .seconds(30))
        #expect(schedule.next == .seconds(39))
    }
}
