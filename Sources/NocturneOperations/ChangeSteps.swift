// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneDriversWrite
import NocturneModel
import NocturneTransport

/// What the machine's effects are, step by step: each ends in one event of the turn it was begun in.
extension ChangeRun {
    func perform(_ effect: ChangeMachine.Effect, _ mine: Int) async {
        guard let driver, isCurrent(mine) else { return }
        switch effect {
        case .check: await check(driver, mine)
        case .arm: await arm(driver, mine)
        case .apply: await apply(driver, mine)
        case .reconnect: await reconnect(driver, mine)
        case .commit: await commit(driver, mine)
        case .revert: await revert(driver, mine)
        case .readOutcome: await readOutcome(driver, mine)
        case .verifyRevert: await verifyRevert(driver, mine)
        case .watchGate, .askToApply, .askToConfirm: break
        case .end:
            // What is stuck may be heard of again, from the device.
            if machine.phase != .stuck { await files.end(state.id) }
            await driver.close()
        }
    }

    private func check(_ driver: any ChangeDriver, _ mine: Int) async {
        guard let plan, let before else { return }
        state.findings = findings()
        do throws(Trouble) {
            try await put(before.text, files.snapshot(state.id))
            if !state.isBlocked {
                do throws(Fault) {
                    try await driver.check(plan, session: state.id)
                    state.findings.append(.init(.good, Self.dryRun + " the plan (configure check)"))
                } catch {
                    state.findings.append(.init(.blocking, error.message))
                }
            }
        } catch {
            state.findings.append(.init(.blocking, error.text))
        }
        if let blocking = state.findings.first(where: { $0.weight == .blocking }) {
            let draft = state.draftFile.map { "; the draft is kept: \($0)" } ?? ""
            await take(.checksBlocked, blocking.text + draft, .bad, turn: mine)
        } else {
            await take(.checksPassed, "checked, kept \(files.snapshot(state.id))", .good, turn: mine)
        }
    }

    private func arm(_ driver: any ChangeDriver, _ mine: Int) async {
        guard let plan else { return }
        let began = clock.now
        let seconds = state.confirmWithinSeconds
        gate = Gate(
            baseline: engine.box.latest, device: state.device, at: began, after: began,
            hold: .seconds(state.holdSeconds))
        // The least it can be: the device counts from later on.
        state.deadline = began + .seconds(seconds)
        do throws(Fault) {
            let order = GuardOrder(session: state.id, by: state.by, plan: plan, seconds: seconds)
            permit = try await driver.arm(order)
            let left = Self.clock(seconds)
            await take(
                .guardVerified, "armed: device timer \(left), read back over a new connection", .good, turn: mine)
        } catch {
            let isGone = error.code == ChangeFault.nothingArmed
            if isGone { state.findings.append(.init(.blocking, error.message)) }
            await take(isGone ? .armRefused : .failed, error.message, .bad, turn: mine)
        }
    }

    private func apply(_ driver: any ChangeDriver, _ mine: Int) async {
        guard let lent = permit.take() else {
            await take(.failed, "there is no permit to write", .bad, turn: mine)
            return
        }
        wasApplied = true
        let fault = await Self.fault { () throws(Fault) in try await driver.apply(lent) }
        permit = consume lent
        if let fault {
            await take(.failed, "apply: \(fault.message)", .bad, turn: mine)
            return
        }
        gate = gate?.restarted(after: clock.now, hold: .seconds(state.holdSeconds))
        await take(.applied, "applied; device timer and BIRD's own undo read back", .good, turn: mine)
    }

    private func reconnect(_ driver: any ChangeDriver, _ mine: Int) async {
        for attempt in 1...3 {
            guard let fault = await Self.fault({ () throws(Fault) in try await driver.reconnect() }) else {
                await take(.reconnected, "a new connection reached it", .good, turn: mine)
                return
            }
            guard isCurrent(mine) else { return }
            step("new connection, attempt \(attempt): \(fault.message)", .warning)
            await publish()
            if attempt < 3 { await pause(.seconds(5)) }
        }
        await take(.failed, "no new connection reaches it", .bad, turn: mine)
    }

    private func commit(_ driver: any ChangeDriver, _ mine: Int) async {
        guard let permit = permit.take() else {
            await take(.failed, "there is no permit to write", .bad, turn: mine)
            return
        }
        do throws(Fault) {
            try await driver.commit(permit)
            await take(.committed, "confirmed: running and on disk as planned, timer gone", .good, turn: mine)
        } catch {
            await take(.failed, "not confirmed: \(error.message)", .bad, turn: mine)
        }
    }

    // MARK: Back

    private func revert(_ driver: any ChangeDriver, _ mine: Int) async {
        do throws(Fault) {
            let held: WritePermit?
            if let own = permit.take() { held = consume own } else { held = try await driver.adopt(session: state.id) }
            guard let held else {
                await take(.foundReverted, "no guard is on the device", turn: mine)
                return
            }
            try await driver.revert(held, why: state.steps.last?.text ?? "rolled back")
            await take(.foundReverted, "the device has undone it", .good, turn: mine)
        } catch {
            if error.code == "confirmed-before" {
                await take(.foundConfirmed, error.message, .warning, turn: mine)
            } else {
                await take(.failed, "undo: \(error.message)", .bad, turn: mine)
            }
        }
    }

    /// After this nobody asks any more: the device has long undone it by itself, if it could.
    private var limit: UTC { (state.deadline ?? clock.now) + limits.patience }

    private func readOutcome(_ driver: any ChangeDriver, _ mine: Int) async {
        while isCurrent(mine) {
            do throws(Fault) {
                let reading = try await driver.readOutcome(session: state.id)
                switch reading?.state {
                case nil: await take(.foundReverted, "no guard is on the device any more", turn: mine)
                case .confirmed: await take(.foundConfirmed, "the device says it is confirmed", .good, turn: mine)
                case .reverted: await take(.foundReverted, reading?.detail ?? "", .good, turn: mine)
                case .stuck: await take(.gaveUp, Self.ladder(reading?.detail ?? ""), .bad, turn: mine)
                case .armed where clock.now < limit:
                    await pause(.seconds(1))
                    await take(.foundArmed, "the device's guard stands", turn: mine)
                case .reverting where clock.now < limit:
                    await pause(.seconds(1))
                    continue
                case .armed, .reverting:
                    await take(
                        .gaveUp, Self.ladder("the device's guard did not end: \(reading?.state.rawValue ?? "")"), .bad,
                        turn: mine)
                }
                return
            } catch {
                guard clock.now < limit else {
                    await take(.gaveUp, Self.ladder(unreachable(error)), .bad, turn: mine)
                    return
                }
                await pause(.seconds(2))
            }
        }
    }

    private func unreachable(_ fault: Fault) -> String {
        "what holds could not be read (\(fault.sentence)); the device was to undo it by itself at "
            + "\(state.deadline?.clock ?? "its deadline")Z"
    }

    /// Configuration first, then what depended on it.
    private func verifyRevert(_ driver: any ChangeDriver, _ mine: Int) async {
        var sameAgain: String?
        while sameAgain == nil, isCurrent(mine) {
            do throws(Fault) {
                if let before {
                    let now = try await driver.readConfiguration()
                    guard now.hash == before.hash else {
                        let text = "\(now.file) is not as before: sha256 \(now.hash.prefix(12))…"
                        await take(.gaveUp, Self.ladder(text), .bad, turn: mine)
                        return
                    }
                    sameAgain = "running and on disk as before, sha256 \(now.hash.prefix(12))…"
                }
                let reading = try await driver.readOutcome(session: state.id)
                if let reading, !reading.isAsBefore || reading.isUndoPending {
                    await take(.gaveUp, Self.ladder("the device is not as before: \(reading.detail)"), .bad, turn: mine)
                    return
                }
                sameAgain = sameAgain ?? "running and on disk as before"
                if let detail = reading?.detail, detail.contains("edited by hand") { sameAgain? += " (\(detail))" }
            } catch {
                guard clock.now < limit else {
                    await take(.gaveUp, Self.ladder(unreachable(error)), .bad, turn: mine)
                    return
                }
                await pause(.seconds(2))
            }
        }
        guard let sameAgain, isCurrent(mine) else { return }
        guard wasApplied, let former = gate else {
            await take(.revertVerified, sameAgain, .good, turn: mine)
            return
        }
        step(sameAgain, .good)
        gate = former.restarted(after: clock.now, hold: .zero)
        await publish()
        let patience = max(limits.grace, .milliseconds(2 * (engine.box.latest[state.device]?.pollMilliseconds ?? 2000)))
        let end = clock.monotonic + patience
        while isCurrent(mine) {
            if gate?.look(engine.box.latest, at: clock.now) == true {
                let wanted = gate?.state.wanted ?? 0
                await take(.revertVerified, "\(sameAgain); \(wanted) of \(wanted) are back", .good, turn: mine)
                return
            }
            guard clock.monotonic < end else { break }
            await pause(.milliseconds(500))
        }
        let missing = gate?.state.missing.joined(separator: ", ") ?? ""
        await take(.gaveUp, Self.ladder("\(sameAgain), but not back: \(missing)"), .bad, turn: mine)
    }

    // MARK: Small things

    static func ladder(_ what: String) -> String {
        what + ". Next, each costs more than the one before: flush tables, bounce the interface, restart the daemon, "
            + "fail over, reboot, out of band"
    }

    /// `05:00`
    private static func clock(_ seconds: Int) -> String {
        let (minutes, rest) = (seconds / 60, seconds % 60)
        return "\(minutes < 10 ? "0" : "")\(minutes):\(rest < 10 ? "0" : "")\(rest)"
    }

    private static func fault(_ body: () async throws(Fault) -> Void) async -> Fault? {
        do throws(Fault) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    func configuration(_ driver: any ChangeDriver) async throws(Trouble) -> DeviceConfiguration {
        do { return try await driver.readConfiguration() } catch {
            throw Trouble(text: [error.sentence, error.hint].compactMap { $0 }.joined(separator: " "))
        }
    }

    func text(of file: String) async throws(Trouble) -> String {
        do { return try await files.read(file) } catch { throw Trouble(text: error.message) }
    }

    func put(_ text: String, _ file: String) async throws(Trouble) {
        do { try await files.write(text, to: file) } catch { throw Trouble(text: error.message) }
    }
}
