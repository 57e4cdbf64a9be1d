// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneConsole
import NocturneDrivers
import NocturneDriversWrite
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneTransport
import NocturneWiring
import Synchronization
import Testing

@testable import NocturneOperations

/// A change from the desk to the device and back, with the real engine watching a real BIRD.
@NetworkActor
@Suite(.serialized, .enabled(if: ChangeBench.isPresent, "needs sshd, BIRD and root"))
struct OfficeTests {
    /// Everything a console has, but the screen.
    @NetworkActor
    private final class Rig {
        let bench: ChangeBench
        let live: LiveNetwork
        let office: ChangeOffice
        let inventory: Inventory

        init(limits: ChangeRun.Limits = .init(), by: String = "ops@laptop", ledger: FullDisk? = nil) async throws {
            let bench = try ChangeBench()
            self.bench = bench
            inventory = Inventory(site: "bench", devices: [bench.device()])
            let live = LiveNetwork(inventory: inventory, ledger: ledger)
            self.live = live
            office = ChangeOffice(
                engine: live.engine, inventory: inventory, clock: SystemClock(), state: bench.state, by: by,
                limits: limits
            ) { device in
                BirdChangeDriver(device: device, base: bench.base) { await live.link(for: $0) }
            }
            await live.start(spread: false)
            try await eventually("the session is seen") {
                live.engine.box.latest["edge1"]?.peers?.value.first?.state == .established
            }
        }

        var change: ChangeState? { live.engine.box.latest.changes.last }

        func reaches(_ phase: ChangePhase) async throws {
            try await eventually("\(phase)") {
                if let change, change.phase.isEnd, change.phase != phase {
                    Issue.record("ended \(change.phase): \(change.steps.map(\.text))")
                    return true
                }
                return change?.phase == phase
            }
        }

        /// Planned with `text`, up to the question whether to apply.
        func plan(_ text: String, hold: Int = 2) async throws -> String {
            let file = bench.folder + "/new.conf"
            try bench.write(text, file)
            let former = change?.id
            office.open(
                ChangeRequest(device: "edge1", file: file, confirmWithinSeconds: hold + 60, holdSeconds: hold))
            try await eventually("a new session") { change?.id != former }
            try await reaches(.checked)
            return try #require(change?.id)
        }

        func words(_ session: String) async -> [String] {
            await live.engine.events.filter { $0.subject.kind == .change && $0.subject.name == session }.map(\.after)
        }

        func stop() async {
            await office.stop()
            await live.stop()
        }
    }

    @Test func aDraftIsEditedAppliedAndConfirmed() async throws {
        let rig = try await Rig()
        rig.office.open(ChangeRequest(device: "edge1", confirmWithinSeconds: 62, holdSeconds: 2))
        try await eventually("a draft") { rig.change?.draftFile != nil }
        let session = try #require(rig.change?.id)
        let draft = try #require(rig.change?.draftFile)
        #expect(try rig.bench.read(draft) == rig.bench.original)
        try rig.bench.write(rig.bench.changed, draft)
        rig.office.planned(session)
        try await rig.reaches(.checked)
        let checked = try #require(rig.change)
        #expect(checked.diff.contains { $0.kind == .added && $0.text.contains("192.0.2.0/24") })
        #expect(!checked.isBlocked)
        #expect(try rig.bench.read("\(rig.bench.state)/snapshots/\(session).conf") == rig.bench.original)
        // Too early for that.
        rig.office.confirm(session)
        rig.office.apply(session)
        try await rig.reaches(.reconnected)
        #expect(rig.bench.hasNewRoute)
        #expect(rig.bench.onDisk == rig.bench.original)
        #expect(rig.change?.asks?.hasPrefix("confirm with C before") == true)
        #expect(rig.change?.gate?.wanted == 1)
        rig.office.confirm(session)
        try await rig.reaches(.disarmedVerified)
        #expect(rig.bench.onDisk == rig.bench.changed)
        #expect(rig.bench.hasNewRoute)
        #expect(!rig.bench.isUndoPending)
        #expect(rig.bench.timer(of: session) == nil)
        #expect(
            await rig.words(session) == [
                "opened", "snapshot", "checked", "armed", "armed, read back", "applied", "gated", "reconnected",
                "confirming", "confirmed",
            ])
        await rig.stop()
    }

    @Test func oneKeyBack() async throws {
        let rig = try await Rig()
        let session = try await rig.plan(rig.bench.changed, hold: 100)
        rig.office.apply(session)
        try await rig.reaches(.applied)
        #expect(rig.bench.hasNewRoute)
        rig.office.rollBack(nil)
        try await rig.reaches(.revertedVerified)
        #expect(!rig.bench.hasNewRoute)
        #expect(rig.bench.onDisk == rig.bench.original)
        #expect(rig.bench.litter == [])
        #expect(rig.bench.timer(of: session) == nil)
        await rig.stop()
    }

    @Test func backWhileItIsBeingArmed() async throws {
        let rig = try await Rig()
        let session = try await rig.plan(rig.bench.changed)
        rig.office.apply(session)
        rig.office.rollBack(session)
        try await rig.reaches(.revertedVerified)
        #expect(!rig.bench.hasNewRoute)
        #expect(rig.bench.onDisk == rig.bench.original)
        try await eventually("nothing is armed") {
            rig.bench.timer(of: session) == nil && !rig.bench.word(session).hasPrefix("armed")
        }
        await rig.stop()
    }

    @Test func aGateThatDoesNotHoldIsNotConfirmedAndUndoneInTime() async throws {
        var limits = ChangeRun.Limits()
        // With 62 s to confirm: we give up after twelve.
        limits.beforeDeadline = .seconds(50)
        let rig = try await Rig(limits: limits)
        let session = try await rig.plan(rig.bench.broken)
        rig.office.apply(session)
        try await rig.reaches(.applied)
        try await eventually("the session is seen to be gone") { rig.change?.gate?.missing.isEmpty == false }
        rig.office.confirm(session)
        try await rig.reaches(.revertedVerified)
        #expect(rig.bench.isEstablished)
        #expect(rig.bench.onDisk == rig.bench.original)
        let words = await rig.words(session)
        #expect(!words.contains("gated") && !words.contains("confirming"))
        await rig.stop()
    }

    @Test func whatBlocksIsRefusedBeforeAnythingIsSent() async throws {
        let rig = try await Rig()
        for (text, reason) in [
            (rig.bench.original, "nothing to do"), ("\n", "empty"), ("router id 203.0.113.9;\n", "cut short"),
            (rig.bench.original + "roote;\n", "syntax error"),
        ] {
            let file = rig.bench.folder + "/new.conf"
            try rig.bench.write(text, file)
            let before = rig.change?.id
            rig.office.open(ChangeRequest(device: "edge1", file: file, confirmWithinSeconds: 62, holdSeconds: 2))
            try await eventually("a new session ends") { rig.change?.id != before && rig.change?.phase.isEnd == true }
            #expect(rig.change?.phase == .refused)
            #expect(
                rig.change?.findings.contains { $0.weight == .blocking && $0.text.contains(reason) } == true,
                "\(reason): \(rig.change?.findings ?? [])")
        }
        #expect(rig.bench.sessions == [])
        #expect(rig.bench.litter == [])
        await rig.stop()
    }

    @Test func aSecondSessionWaitsForTheFirst() async throws {
        let rig = try await Rig()
        let first = try await rig.plan(rig.bench.changed)
        rig.office.open(ChangeRequest(device: "edge1"))
        try await eventually("it is refused") { rig.change?.id != first && rig.change?.phase == .refused }
        #expect(rig.change?.findings.first?.text.contains(first) == true)
        rig.office.cancel(first)
        try await eventually("the first is let go") {
            rig.live.engine.box.latest.changes.first { $0.id == first }?.phase == .refused
        }
        await rig.stop()
    }

    @Test func aTimerThatIsKilledIsNoticedAndTheChangeUndone() async throws {
        var limits = ChangeRun.Limits()
        limits.guardInterval = .seconds(1)
        let rig = try await Rig(limits: limits)
        let session = try await rig.plan(rig.bench.changed, hold: 100)
        rig.office.apply(session)
        try await rig.reaches(.applied)
        kill(try #require(rig.bench.timer(of: session)), SIGKILL)
        try await rig.reaches(.revertedVerified)
        #expect(!rig.bench.hasNewRoute)
        #expect(rig.change?.steps.contains { $0.text.contains("timer is gone") } == true)
        await rig.stop()
    }

    @Test func withoutAJournalNothingIsSentAndWhatIsArmedStillGoesBack() async throws {
        let disk = FullDisk()
        let rig = try await Rig(ledger: disk)
        disk.isFull.store(true, ordering: .relaxed)
        rig.office.open(ChangeRequest(device: "edge1"))
        try await eventually("refused") { rig.change?.phase == .refused }
        disk.isFull.store(false, ordering: .relaxed)
        let first = try await rig.plan(rig.bench.changed, hold: 100)
        disk.isFull.store(true, ordering: .relaxed)
        rig.office.apply(first)
        try await eventually("refused") { rig.change?.id == first && rig.change?.phase == .refused }
        #expect(rig.bench.sessions == [])
        disk.isFull.store(false, ordering: .relaxed)
        let second = try await rig.plan(rig.bench.changed, hold: 100)
        rig.office.apply(second)
        try await eventually("applied") { rig.change?.id == second && rig.change?.phase == .applied }
        disk.isFull.store(true, ordering: .relaxed)
        rig.office.rollBack(nil)
        try await eventually("back") { rig.change?.phase == .revertedVerified }
        #expect(!rig.bench.hasNewRoute)
        #expect(rig.bench.onDisk == rig.bench.original)
        #expect(rig.change?.steps.contains { $0.text.contains("journal could not be written") } == true)
        await rig.stop()
    }

    @Test func aPathThatIsLostAndComesBack() async throws {
        let rig = try await Rig()
        let session = try await rig.plan(rig.bench.changed, hold: 100)
        rig.office.apply(session)
        try await rig.reaches(.applied)
        rig.bench.stopSSH()
        rig.office.rollBack(nil)
        try await eventually("it is said") { rig.change?.steps.contains { $0.text.hasPrefix("undo:") } == true }
        #expect(rig.change?.phase == .reverting)
        #expect(rig.bench.hasNewRoute)
        try rig.bench.startSSH()
        try await rig.reaches(.revertedVerified)
        #expect(!rig.bench.hasNewRoute)
        #expect(rig.bench.onDisk == rig.bench.original)
        await rig.stop()
    }

    @Test func aPathThatStaysLostIsOutlivedByTheDevice() async throws {
        var limits = ChangeRun.Limits()
        limits.patience = .seconds(1)
        let rig = try await Rig(limits: limits)
        let session = try await rig.plan(rig.bench.changed)
        rig.office.apply(session)
        try await rig.reaches(.applied)
        rig.bench.stopSSH()
        // Nobody can say any more what holds, and that is what is said.
        try await eventually("given up", within: .seconds(120)) { rig.change?.phase == .stuck }
        #expect(rig.change?.steps.last?.text.contains("could not be read") == true)
        try await eventually("undone by the device") { rig.bench.word(session).hasPrefix("reverted ") }
        #expect(!rig.bench.hasNewRoute)
        #expect(rig.bench.onDisk == rig.bench.original)
        await rig.stop()
    }

    /// A console that ends in the middle of a change, and what the next one makes of it.
    private func left(by: String = "ops@laptop") async throws -> (rig: Rig, session: String) {
        let rig = try await Rig(by: by)
        let session = try await rig.plan(rig.bench.changed, hold: 100)
        rig.office.apply(session)
        try await rig.reaches(.applied)
        // What is armed stays armed.
        await rig.office.stop()
        #expect(rig.bench.hasNewRoute)
        return (rig, session)
    }

    private func next(_ rig: Rig, by: String = "ops@laptop") async throws -> (office: ChangeOffice, engine: Engine) {
        let engine = Engine(
            inventory: rig.inventory, drivers: [GuardTeller(bench: rig.bench)], executor: NetworkActor.executor)
        await engine.start(spread: false)
        let live = rig.live
        let office = ChangeOffice(
            engine: engine, inventory: rig.inventory, state: rig.bench.state, by: by, base: rig.bench.base
        ) { await live.link(for: $0) }
        office.start()
        try await eventually("the guard is seen") { engine.box.latest["edge1"]?.guards?.value.isEmpty == false }
        return (office, engine)
    }

    @Test func aGuardLeftByAKilledConsoleIsUndoneByTheNext() async throws {
        let (rig, session) = try await left()
        // Somebody else's console leaves it alone unless it is told which.
        let (other, otherEngine) = try await next(rig, by: "eve@desk")
        other.rollBack(nil)
        let (office, engine) = try await next(rig)
        office.rollBack(nil)
        try await eventually("undone") { engine.box.latest.changes.last?.phase == .revertedVerified }
        #expect(otherEngine.box.latest.changes.isEmpty)
        #expect(engine.box.latest.changes.last?.by == "ops@laptop")
        #expect(!rig.bench.hasNewRoute)
        #expect(rig.bench.onDisk == rig.bench.original)
        #expect(rig.bench.timer(of: session) == nil)
        for office in [office, other] { await office.stop() }
        for engine in [engine, otherEngine] { await engine.stop() }
        await rig.live.stop()
    }

    @Test func whatTheDeviceDidMeanwhileIsWrittenDownOnce() async throws {
        let (rig, session) = try await left()
        try ChangeBench.run("/bin/sh", "\(rig.bench.base)/\(session)/guard.sh", "revert", "by hand")
        for attempt in 1...2 {
            let (office, engine) = try await next(rig)
            let isTold = { () async -> Event? in
                await engine.events.first { $0.subject.kind == .change && $0.subject.name == session }
            }
            if attempt == 1 {
                try await eventually("it is written down") { await isTold() != nil }
                let event = try #require(await isTold())
                #expect(event.after == "reverted by the device")
                #expect(event.evidence?.contains("on disk as before, no undo pending") == true)
                #expect(event.deviceTime != nil)
                try await eventually("and marked") {
                    access("\(rig.bench.state)/snapshots/\(session).end", F_OK) == 0
                }
            } else {
                let first = engine.box.latest.number
                try await eventually("it was looked at again") { engine.box.latest.number > first + 3 }
                #expect(await isTold() == nil)
            }
            await office.stop()
            await engine.stop()
        }
        await rig.live.stop()
    }
}

/// A journal on a disk that is full when the test says so.
private final class FullDisk: EventLedger {
    let isFull = Atomic(false)
    var state: RecorderState { .recording(file: "none") }

    func append(_ events: [Event]) async throws(LedgerError) {
        if isFull.load(ordering: .relaxed) { throw LedgerError(message: "no space left on device") }
    }
}

/// Tells the engine what lies in the bench's folder, as a reading driver does.
private final class GuardTeller: DeviceDriver {
    let device: DeviceName = "edge1"
    private let base: String

    init(bench: ChangeBench) { base = bench.base }

    func sweep(progress: @escaping @Sendable (Reach) -> Void) async -> SweepReport {
        let now = SystemClock().now
        var report = SweepReport(device: device, reach: Reach(climbed: .daemon), began: now, ended: now)
        report.peers = Observed([], at: now, path: "", question: "", tookMilliseconds: 1)
        let sessions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        let held = sessions.compactMap { session -> DeviceGuard? in
            let words = (try? String(contentsOfFile: "\(base)/\(session)/state", encoding: .utf8))?.split(
                separator: " ")
            guard let state = words?.first.flatMap({ DeviceGuard.State(rawValue: String($0)) }) else { return nil }
            let open = state == .armed || state == .reverting
            return DeviceGuard(
                session: session, by: "ops@laptop", what: "bird.conf +1 -1", state: state, armedAt: now,
                deadline: now + .seconds(100), remainingSeconds: open ? 100 : nil, alive: open,
                endedAt: open ? nil : now)
        }
        report.guards = Observed(held, at: now, path: "", question: "", tookMilliseconds: 1)
        return report
    }

    func retryNow() async {}
    func close() async {}
}
