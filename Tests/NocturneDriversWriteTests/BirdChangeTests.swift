// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneChange
import NocturneModel
import NocturneTransport
import Testing

@testable import NocturneDriversWrite

/// The writing half against real sshd and real BIRD; what holds is asked of them, not of the driver.
@NetworkActor
@Suite(.serialized, .enabled(if: ChangeBench.isPresent, "needs sshd, BIRD and root"))
struct BirdChangeTests {
    private static let session = "20261121-021310-edge1"

    /// A driver with its plan checked.
    private func checked(_ bench: ChangeBench, _ network: Network, after: String? = nil) async throws
        -> (driver: BirdChangeDriver, plan: Plan)
    {
        let driver = BirdChangeDriver(device: bench.device(), base: bench.base) { await network.link(for: $0) }
        let read = try await driver.readConfiguration()
        #expect(read.text == bench.original)
        #expect(read.file == bench.conf)
        let plan = Plan(before: read.text, after: after ?? bench.changed)
        try await driver.check(plan, session: Self.session)
        #expect(bench.litter == [])
        return (driver, plan)
    }

    private func order(_ plan: Plan, seconds: Int = 120, session: String = session) -> GuardOrder {
        GuardOrder(session: session, by: "ops@laptop", plan: plan, seconds: seconds)
    }

    private func expectAsBefore(_ bench: ChangeBench) {
        #expect(bench.onDisk == bench.original)
        #expect(!bench.hasNewRoute)
        #expect(!bench.isUndoPending)
        #expect(bench.litter == [])
    }

    @Test func appliedAndConfirmed() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        let permit = try await driver.arm(order(plan))
        #expect(bench.onDisk == bench.original)
        #expect(!bench.hasNewRoute)
        #expect(bench.timer(of: Self.session) != nil)
        let info = try bench.read("\(bench.base)/\(Self.session)/info")
        #expect(
            info.split(separator: "\n").map { $0.split(separator: "=")[0] }
                == ["session", "device", "by", "what", "armed", "deadline"])
        #expect(info.contains("what=bird.conf +1 -1\n"))
        #expect(info.contains("device=edge1\n"))
        try await driver.apply(permit)
        #expect(bench.hasNewRoute)
        #expect(bench.isUndoPending)
        // Until the commit point a restart of BIRD brings the old configuration back.
        #expect(bench.onDisk == bench.original)
        try await driver.reconnect()
        try await driver.commit(permit)
        #expect(bench.hasNewRoute)
        #expect(bench.onDisk == bench.changed)
        #expect(!bench.isUndoPending)
        #expect(bench.litter == [])
        #expect(bench.timer(of: Self.session) == nil)
        #expect(bench.word(Self.session).hasPrefix("confirmed "))
        let outcome = try #require(try await driver.readOutcome(session: Self.session))
        #expect(outcome.state == .confirmed)
        #expect(outcome.isAsPlanned)
        #expect(!outcome.isAlive)
        await network.close()
    }

    @Test func appliedAndRolledBack() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        let permit = try await driver.arm(order(plan))
        try await driver.apply(permit)
        #expect(bench.hasNewRoute)
        try await driver.revert(permit, why: "rolled back by o'ps")
        expectAsBefore(bench)
        #expect(bench.timer(of: Self.session) == nil)
        #expect(bench.word(Self.session).contains("rolled back by o'ps"))
        #expect(try await driver.readOutcome(session: Self.session)?.state == .reverted)
        await network.close()
    }

    @Test(.enabled(if: access("/usr/bin/sudo", X_OK) == 0, "needs sudo"))
    func theTimerOutlivesTheSessionAndSudo() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        // sudo has a PATH of its own.
        let device = bench.device(become: "sudo -n env PATH=\(bench.folder)/bin:/usr/sbin:/usr/bin:/bin")
        let driver = BirdChangeDriver(device: device, base: bench.base) { await network.link(for: $0) }
        let plan = Plan(before: try await driver.readConfiguration().text, after: bench.changed)
        try await driver.check(plan, session: Self.session)
        let permit = try await driver.arm(order(plan))
        try await driver.apply(permit)
        #expect(bench.hasNewRoute)
        try await driver.revert(permit, why: "rolled back")
        expectAsBefore(bench)
        await network.close()
    }

    @Test func nobodyComesBackAndTheDeviceUndoesIt() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        let permit = try await driver.arm(order(plan, seconds: 10))
        try await driver.apply(permit)
        #expect(bench.hasNewRoute)
        await network.close()
        try await eventually("the device has undone it") { bench.word(Self.session).hasPrefix("reverted ") }
        expectAsBefore(bench)
        #expect(bench.word(Self.session).contains("deadline passed"))
        try await eventually("the timer is gone") { bench.timer(of: Self.session) == nil }
        // What a reload would bring back is what was before, too.
        bench.birdc("configure")
        #expect(!bench.hasNewRoute)
    }

    @Test func aPlanThatBirdDoesNotUnderstandIsRefusedWithItsLine() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let broken = bench.original.replacingOccurrences(of: "# more", with: "roote 192.0.2.0/24;")
        do {
            _ = try await checked(bench, network, after: broken)
            Issue.record("it was accepted")
        } catch {
            let fault = try #require(error as? Fault)
            #expect(fault.code == "check-failed")
            #expect(fault.message.contains("line 7:"))
            #expect(fault.message.contains("syntax error"))
        }
        expectAsBefore(bench)
        #expect(bench.sessions == [])
        await network.close()
    }

    @Test func aSecondSessionOnTheDeviceIsRefused() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        let permit = try await driver.arm(order(plan))
        let other = "20261121-021410-edge1"
        do throws(Fault) {
            _ = try await driver.arm(order(plan, session: other))
            Issue.record("two are armed")
        } catch {
            #expect(error.code == ChangeFault.nothingArmed)
            #expect(error.message.contains(Self.session))
            #expect(error.message.contains("ops@laptop"))
        }
        #expect(bench.sessions == [Self.session])
        try await driver.revert(permit, why: "done with")
        expectAsBefore(bench)
        // Now there is room.
        let later = try await driver.arm(order(plan, session: other))
        try await driver.revert(later, why: "done with")
        await network.close()
    }

    @Test func withoutItsTimerAChangeIsNotConfirmed() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        let permit = try await driver.arm(order(plan))
        try await driver.apply(permit)
        kill(try #require(bench.timer(of: Self.session)), SIGKILL)
        try await eventually("the timer is gone") { bench.timer(of: Self.session) == nil }
        await refusesToCommit(driver, permit, "timer is gone")
        #expect(bench.onDisk == bench.original)
        let reading = try #require(try await driver.readGuard(session: Self.session))
        #expect(reading.state == .armed)
        #expect(!reading.isAlive)
        let again = try await adopted(driver, Self.session)
        try await driver.revert(again, why: "rolled back")
        expectAsBefore(bench)
        await network.close()
    }

    @Test func afterSomebodysReloadAChangeIsNotConfirmed() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        let permit = try await driver.arm(order(plan))
        try await driver.apply(permit)
        bench.birdc("configure")
        await refusesToCommit(driver, permit, "no undo pending")
        let again = try await adopted(driver, Self.session)
        try await driver.revert(again, why: "rolled back")
        expectAsBefore(bench)
        await network.close()
    }

    @Test func anEditByHandIsSaidAndKept() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        let permit = try await driver.arm(order(plan))
        try await driver.apply(permit)
        let edited = bench.original + "# by hand\n"
        try bench.write(edited, bench.conf)
        await refusesToCommit(driver, permit, "edited by hand")
        let again = try await adopted(driver, Self.session)
        try await driver.revert(again, why: "rolled back")
        expectAsBefore(bench)
        #expect(bench.word(Self.session).contains("edited by hand"))
        #expect(try bench.read("\(bench.base)/\(Self.session)/found.conf") == edited)
        await network.close()
    }

    @Test func whatComesTooLateDoesNothing() async throws {
        let bench = try ChangeBench()
        let network = Network(paths: [])
        let (driver, plan) = try await checked(bench, network)
        // Undone before it was armed, as when the arming command hangs on the way.
        if try await driver.adopt(session: Self.session) != nil { Issue.record("a guard where none is") }
        do throws(Fault) {
            _ = try await driver.arm(order(plan))
            Issue.record("armed after it was given up")
        } catch {
            #expect(error.code == ChangeFault.nothingArmed)
        }
        // Undone before it was applied.
        let other = "20261121-021410-edge1"
        let permit = try await driver.arm(order(plan, session: other))
        let second = try await adopted(driver, other)
        try await driver.revert(second, why: "rolled back")
        do throws(Fault) {
            try await driver.apply(permit)
            Issue.record("applied after it was undone")
        } catch {
            #expect(error.message.contains("not armed any more"))
        }
        expectAsBefore(bench)
        await network.close()
    }

    private func adopted(_ driver: BirdChangeDriver, _ session: String) async throws -> WritePermit {
        guard let permit = try await driver.adopt(session: session) else { throw NoGuard() }
        return permit
    }

    private struct NoGuard: Error {}

    private func refusesToCommit(_ driver: BirdChangeDriver, _ permit: consuming WritePermit, _ why: String) async {
        do throws(Fault) {
            try await driver.commit(permit)
            Issue.record("it was confirmed")
        } catch {
            #expect(error.message.contains(why), "\(error.message)")
        }
    }
}
