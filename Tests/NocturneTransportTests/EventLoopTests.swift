// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Synchronization
import Testing

@testable @_spi(Reading) import NocturneTransport

struct EventLoopTests {
    @Test func timersComeInOrderAndCancelledOnesDoNot() {
        var heap = TimerHeap()
        let start = ContinuousClock.now
        var fired: [Int] = []
        var ids: [Int: UInt64] = [:]
        for number in (0..<100).shuffled() {
            ids[number] = heap.add(at: start + .milliseconds(number)) { fired.append(number) }
        }
        for number in stride(from: 0, to: 100, by: 3) { if let id = ids[number] { heap.cancel(id) } }
        #expect(heap.next == start + .milliseconds(1))
        while let action = heap.popDue(at: start + .milliseconds(50)) { action() }
        #expect(fired == (0...50).filter { $0 % 3 != 0 })
        #expect(heap.next == start + .milliseconds(52))
        while let action = heap.popDue(at: start + .seconds(1)) { action() }
        #expect(heap.next == nil)
    }

    @Test func sleepEndsWhenCancelled() async {
        let task = Task { try await NetworkActor.sleep(for: .seconds(3600)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aSignalRaisedEarlyIsRemembered() async {
        let signal = Signal()
        await signal.raise()
        #expect(await signal.wait(until: .now + .seconds(3600)))
        #expect(await signal.wait(until: .now) == false)
    }

    @Test func theActorRunsOnItsThread() async {
        let isThere = await Task { @NetworkActor in EventLoop.shared.isIsolatingCurrentContext() }.value
        #expect(isThere == true)
    }

    @Test func othersDoNot() { #expect(EventLoop.shared.isIsolatingCurrentContext() == false) }

    @Test func anActorCanLiveOnTheNetworkThread() async {
        actor Guest {
            nonisolated let executor: any SerialExecutor
            init(_ executor: any SerialExecutor) { self.executor = executor }
            nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
            var isThere: Bool { EventLoop.shared.isIsolatingCurrentContext() == true }
        }
        #expect(await Guest(NetworkActor.executor).isThere)
    }

    @Test func theTurnstileLetsTheLastBehindTheOthers() async {
        let turnstile = Turnstile()
        await turnstile.enter()
        let log = Log()
        await withTaskGroup(of: Void.self) { group in
            for (name, isLast) in [("silent", true), ("one", false), ("two", false)] {
                // Entered in this order: each is queued before the next is started.
                let queued = await turnstile.waiting
                group.addTask {
                    await turnstile.enter(last: isLast)
                    await log.add(name)
                    await turnstile.leave()
                }
                while await turnstile.waiting == queued { await Task.yield() }
            }
            await turnstile.leave()
        }
        #expect(await log.entries == ["one", "two", "silent"])
    }

    private actor Log {
        private(set) var entries: [String] = []
        func add(_ entry: String) { entries.append(entry) }
    }
}

struct ByteQueueTests {
    @Test func bytesComeOutAsTheyWentIn() {
        var queue = ByteQueue()
        var expected: [UInt8] = []
        var got: [UInt8] = []
        var generator = SystemRandomNumberGenerator()
        for round in 0..<300 {
            let chunk = (0..<Int.random(in: 0...2000, using: &generator)).map { UInt8(truncatingIfNeeded: $0 &+ round) }
            queue.append(chunk)
            expected += chunk
            var target = [UInt8](repeating: 0, count: Int.random(in: 0...1500, using: &generator))
            let count = target.withUnsafeMutableBytes { queue.take(into: $0) }
            got += target.prefix(count)
        }
        let waiting = queue.count
        #expect(waiting == expected.count - got.count)
        #expect(got + queue.takeAll() == expected)
        #expect(queue.isEmpty)
    }
}

struct EmbeddedLinkTests {
    @Test func playsATranscript() async throws {
        let link = EmbeddedLink { $0 == "id" ? .shell("uid=0\n", status: 0) : .silence }
        let rungs = Mutex<[Rung?]>([])
        #expect(try await link.open { reach in rungs.withLock { $0.append(reach.climbed) } } == .fresh)
        #expect(rungs.withLock { $0.last } == .prompt)
        #expect(try await link.open { _ in } == .held)
        #expect(try await shell(link, "id") == "uid=0\n0")
        await #expect(throws: Fault.self) { try await shell(link, "hang") }
        #expect(await link.reach.fault?.code == "no-answer")
        #expect(try await link.open { _ in } == .fresh)
        #expect(await link.questions == ["id", "hang"])
    }

    @Test func whatDoesNotEndIsNoAnswer() async throws {
        let link = EmbeddedLink { _ in .says("half an answer\n") }
        _ = try await link.open { _ in }
        await #expect(throws: Fault.self) { try await shell(link, "x") }
    }

    @Test func faultsOfTheWay() async throws {
        let link = EmbeddedLink { _ in .silence }
        let fault = Fault(rung: .auth, code: "auth-refused", place: "x", message: "no", retries: false)
        await link.fail(with: fault)
        await #expect(throws: fault) { try await link.open { _ in } }
        #expect(await link.reach.climbed == .key)
        await link.retryNow()
        #expect(await link.retries == 1)
    }
}

extension EmbeddedLink {
    fileprivate func fail(with fault: Fault) { openFault = fault }
}
