// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneDriversWrite
import NocturneEngine
import NocturneModel
import NocturneTransport

/// One change session from its first line to its end: moves the machine, writes it down, does what it says, tells screens.
///
/// Each transition is in the journal before its effect begins. Where that cannot be written nothing is armed; once
/// something is, a disk that fails or hangs no longer stops an undoing.
///
/// ```
///  event ─▶ machine ─▶ journal ─▶ screens ─▶ effect (a task) ─▶ event …
///             │                                  │
///             └── every event makes a new turn ──┘  the answer of an effect of an earlier turn is not listened to
/// ```
///
/// So `R` works while a step hangs: its turn is over, and the undoing goes over a connection of its own.
@NetworkActor
final class ChangeRun {
    struct Limits: Sendable {
        /// Before the deadline we undo by ourselves.
        var beforeDeadline: Duration = .seconds(10)
        /// Between two readings of the guard while the gate is watched.
        var guardInterval: Duration = .seconds(10)
        /// For sessions to come back after an undoing.
        var grace: Duration = .seconds(90)
        /// After the deadline, until we stop asking what holds.
        var patience: Duration = .seconds(120)
    }

    var state: ChangeState
    var machine: ChangeMachine
    let driver: (any ChangeDriver)?
    let engine: Engine
    let clock: any EngineClock
    let files: ChangeFiles
    let limits: Limits

    var before: DeviceConfiguration?
    var plan: Plan?
    var permit: WritePermit?
    var gate: Gate?
    var wasApplied = false
    /// Counts up with every event that is taken.
    private var turn = 0
    private var watching: Task<Void, Never>?

    init(
        state: ChangeState, driver: (any ChangeDriver)?, engine: Engine, clock: any EngineClock, files: ChangeFiles,
        limits: Limits, machine: ChangeMachine = ChangeMachine()
    ) {
        self.state = state
        self.driver = driver
        self.engine = engine
        self.clock = clock
        self.files = files
        self.limits = limits
        self.machine = machine
    }

    // MARK: What people ask for

    func begin(file: String?) async {
        guard let driver else { return }
        state.guardText = driver.guardText(seconds: state.confirmWithinSeconds)
        guard await write("opened", nil, .info) else {
            await take(.failed, "the journal cannot be written, so nothing is begun", .bad)
            return
        }
        await publish()
        let mine = turn
        do throws(Trouble) {
            let read = try await configuration(driver)
            before = read
            step("read \(read.file): \(read.text.utf8.count) bytes, sha256 \(read.hash.prefix(12))…")
            guard mine == turn else { return }
            if let file {
                await propose(try await text(of: file))
            } else {
                let draft = files.draft(state.id)
                try await put(read.text, draft)
                state.draftFile = draft
                await publish()
            }
        } catch {
            guard mine == turn else { return }
            state.findings = [.init(.blocking, error.text)]
            await take(.failed, error.text, .bad)
        }
    }

    func draftEdited() async {
        guard let draft = state.draftFile, [.planned, .checked].contains(machine.phase) else { return }
        do throws(Trouble) {
            await propose(try await text(of: draft))
        } catch {
            step(error.text, .bad)
            await publish()
        }
    }

    private func propose(_ text: String) async {
        guard let before else { return }
        let plan = Plan(before: before.text, after: text)
        self.plan = plan
        state.diff = plan.diff
        await take(.edited, "plan \(plan.summary)")
    }

    func approve() async {
        guard machine.phase == .checked, plan != nil else { return }
        // What was found then may be long ago: the device may have gone dark since, or another console begun.
        state.findings = state.findings.filter { $0.text.hasPrefix(Self.dryRun) } + findings()
        if state.isBlocked {
            await take(.checksBlocked, state.findings.first { $0.weight == .blocking }?.text ?? "", .bad)
        } else {
            await take(.approved, "arming: \(state.guardText)")
        }
    }

    func confirm(by: String) async {
        guard machine.phase != .reconnected else { return await take(.confirmAsked, "confirmed by \(by)") }
        guard machine.phase.isGuarded, machine.phase != .confirming, machine.phase != .reverting else { return }
        await heard(
            "not confirmed: first the gate has to hold for \(state.holdSeconds) s, then a new connection to work")
    }

    /// Something worth a line that moves nothing.
    func heard(_ text: String) async {
        step(text, .warning)
        await publish()
    }

    /// Ends a session that cannot begin.
    func refuse(_ why: String) async {
        state.findings = [.init(.blocking, why)]
        await take(.failed, why, .bad)
    }

    static let dryRun = "BIRD accepts"

    func findings() -> [ChangeState.Finding] {
        guard let plan else { return [] }
        let snapshot = engine.box.latest
        return Checks(
            plan: plan, session: state.id, device: state.device, confirmWithinSeconds: state.confirmWithinSeconds,
            holdSeconds: state.holdSeconds,
            open: snapshot.changes.filter { $0.id != state.id && !$0.phase.isEnd }
        ).findings(snapshot, at: clock.now)
    }

    // MARK: The turns

    func isCurrent(_ mine: Int) -> Bool { mine == turn }

    /// Takes an event of turn `mine`; what comes of an earlier one is not listened to any more.
    func take(_ event: ChangeMachine.Event, _ text: String, _ severity: Event.Severity = .info, turn mine: Int) async {
        guard isCurrent(mine) else { return }
        await take(event, text, severity)
    }

    func take(_ event: ChangeMachine.Event, _ text: String, _ severity: Event.Severity = .info) async {
        let former = machine
        guard let effect = machine.take(event) else { return }
        turn += 1
        let mine = turn
        step(text, severity)
        if machine.phase != former.phase {
            // What is to be changed is written down before anything of it is sent.
            let told = machine.phase == .checked ? diffText : text
            let written = await write(machine.phase.word, former.phase.word, severity, told)
            guard isCurrent(mine) else { return }
            if !written {
                step("the journal could not be written", .bad)
                if !former.phase.isGuarded, !machine.phase.isEnd {
                    // Nothing was sent yet, so nothing is.
                    machine = former
                    await take(.failed, "nothing is sent without a journal", .bad)
                    return
                }
            }
        }
        if machine.phase.isEnd { state.endedAt = clock.now }
        await publish()
        watch()
        Task { await self.perform(effect, mine) }
    }

    private var diffText: String {
        state.diff.map { line in
            switch line.kind {
            case .same: "  \(line.text)"
            case .removed: "- \(line.text)"
            case .added: "+ \(line.text)"
            case .skipped: "… \(line.text)"
            }
        }.joined(separator: "\n")
    }

    /// On disk; an undoing waits a second for that and no longer.
    private func write(
        _ after: String, _ before: String?, _ severity: Event.Severity, _ text: String? = nil
    ) async -> Bool {
        let event = Event(
            sequence: 0, at: clock.now, subject: state.subject, before: before, after: after, severity: severity,
            evidence: text, source: .change, by: state.by)
        let engine = engine
        let writing = Task { () -> Bool in
            do { try await engine.write(event) } catch { return false }
            return true
        }
        guard machine.phase == .reverting else { return await writing.value }
        let clock = clock
        let limit = clock.monotonic + .seconds(1)
        return await withCheckedContinuation { continuation in
            let once = Once(continuation)
            Task { once.resume(await writing.value) }
            Task {
                await clock.sleep(until: limit)
                once.resume(false)
            }
        }
    }

    func step(_ text: String, _ severity: Event.Severity = .info) {
        state.steps.append(ChangeState.Step(at: clock.now, text: text, severity: severity))
    }

    func publish() async {
        state.phase = machine.phase
        state.gate = gate?.state
        state.asks = asks
        await engine.receive(change: state)
    }

    private var asks: String? {
        switch machine.phase {
        case .planned: state.draftFile.map { "edit \($0)" }
        case .checked: state.isBlocked ? nil : "apply to \(state.device)?"
        case .reconnected:
            state.deadline.map { "confirm with C before \(($0 - limits.beforeDeadline).clock)Z" }
        case .stuck: "a person: nothing more is done from here"
        default: nil
        }
    }

    func pause(_ duration: Duration) async { await clock.sleep(until: clock.monotonic + duration) }

    private func watch() {
        guard watching == nil, machine.phase.isGuarded else { return }
        watching = Task { await self.watchOver() }
    }

    /// Lets go of the device without touching what is armed there.
    func leave() async {
        turn += 1
        watching?.cancel()
        await driver?.close()
    }
}

/// Resumes once, whoever is first.
@NetworkActor
private final class Once {
    private var continuation: CheckedContinuation<Bool, Never>?
    init(_ continuation: CheckedContinuation<Bool, Never>) { self.continuation = continuation }
    func resume(_ value: Bool) {
        continuation?.resume(returning: value)
        continuation = nil
    }
}

/// What went wrong, in a sentence, whoever says it.
struct Trouble: Error {
    var text: String
}
