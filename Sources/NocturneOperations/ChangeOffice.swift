// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneChange
import NocturneConsole
import NocturneDriversWrite
import NocturneEngine
import NocturneModel
import NocturneTransport

/// Carries changes out: takes the console's wishes and runs one ``ChangeRun`` for each session.
///
/// It exists so that the console can ask for a change without ever holding a connection, and so that the wall, which has
/// no office, cannot. Every call returns at once; what comes of it is in the engine's next snapshot.
///
/// ```swift
/// let office = ChangeOffice(engine: engine, inventory: inventory, link: { await network.link(for: $0) })
/// office.start()
/// ```
///
/// ```
///  ConsoleLoop ─ ChangeDesk ─▶ ChangeOffice ─▶ ChangeRun ─ machine, gate (NocturneChange)
///                                                  ├─ ChangeDriver ─▶ links of its own
///                                                  └─ engine.write (journal, first) · engine.receive (screens)
/// ```
///
/// One session is open at a time. A guard that a killed console left on a device is undone by naming its session, or by
/// `R` without one when it is this user's own from this machine.
@NetworkActor
public final class ChangeOffice: ChangeDesk {
    private let engine: Engine
    private let inventory: Inventory
    private let makeDriver: @NetworkActor (Device) -> (any ChangeDriver)?
    private let clock: any EngineClock
    private let files: ChangeFiles
    private let by: String
    private var runs: [ChangeRun] = []
    private var watcher: Task<Void, Never>?
    private var limits: ChangeRun.Limits
    private var asked: Set<String> = []

    /// - Parameters:
    ///   - link: makes a link of the office's own each time it is called.
    ///   - state: the folder for what is kept between runs, `$XDG_STATE_HOME/nocturne`.
    ///   - base: where devices keep their sessions; other than the usual only in tests.
    public convenience init(
        engine: Engine, inventory: Inventory, clock: any EngineClock = SystemClock(), state: String,
        by: String = ChangeOffice.here, base: String = "/run/nocturne/changes",
        link: @escaping @Sendable (Device) async -> any Link
    ) {
        self.init(engine: engine, inventory: inventory, clock: clock, state: state, by: by) { device in
            guard device.runs.contains(.bird) || device.platform == .bird || device.platform == .auto else {
                return nil
            }
            return BirdChangeDriver(device: device, base: base, link: link)
        }
    }

    init(
        engine: Engine, inventory: Inventory, clock: any EngineClock, state: String, by: String,
        limits: ChangeRun.Limits = .init(), driver: @escaping @NetworkActor (Device) -> (any ChangeDriver)?
    ) {
        self.engine = engine
        self.inventory = inventory
        self.clock = clock
        self.by = by
        self.limits = limits
        files = ChangeFiles(state: state)
        makeDriver = driver
    }

    /// `user@host` of this process.
    nonisolated public static var here: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid\(getuid())"
        return "\(user)@\(host)"
    }

    // MARK: The desk

    nonisolated public func open(_ request: ChangeRequest) {
        Task { @NetworkActor in await self.begin(request) }
    }

    nonisolated public func planned(_ session: String) {
        Task { @NetworkActor in await self.run(session)?.draftEdited() }
    }

    nonisolated public func apply(_ session: String) {
        Task { @NetworkActor in await self.run(session)?.approve() }
    }

    nonisolated public func confirm(_ session: String) {
        Task { @NetworkActor in await self.run(session)?.confirm(by: self.by) }
    }

    nonisolated public func rollBack(_ session: String?) {
        Task { @NetworkActor in await self.undo(session) }
    }

    nonisolated public func cancel(_ session: String) {
        Task { @NetworkActor in await self.run(session)?.take(.cancelled, "cancelled, nothing was sent") }
    }

    // MARK: Beginning and undoing

    private func run(_ session: String) -> ChangeRun? { runs.last { $0.state.id == session } }
    private var open: ChangeRun? { runs.last { !$0.state.phase.isEnd } }

    private func begin(_ request: ChangeRequest) async {
        let now = clock.now
        let stamp = "\(now.date)-\(now.clock)".filter { $0.isNumber || $0 == "-" }
        let day = stamp.filter { $0 != "-" }
        var id = "\(day.prefix(8))-\(day.dropFirst(8))-\(Self.plain(request.device.rawValue))"
        // Two within one second.
        if run(id) != nil { id += ".\(runs.count)" }
        let device = inventory.devices.first { $0.name == request.device }
        let state = ChangeState(
            id: id, device: request.device, by: by, startedAt: now,
            confirmWithinSeconds: request.confirmWithinSeconds, holdSeconds: request.holdSeconds)
        let driver = device.flatMap(makeDriver)
        let run = ChangeRun(
            state: state, driver: driver, engine: engine, clock: clock, files: files, limits: limits)
        let other = open
        runs.append(run)
        if let other {
            await run.refuse(
                "session \(other.state.id) is open: confirm it, or roll it back (R), then begin another")
        } else if device == nil {
            await run.refuse("\(request.device) is not in the inventory")
        } else if driver == nil {
            await run.refuse("\(request.device) can be observed; its platform has no guard yet, so no change session")
        } else {
            await run.begin(file: request.file)
        }
    }

    /// What may stand in a file's name.
    private static func plain(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
    }

    private func undo(_ session: String?) async {
        if let run = session.map({ self.run($0) }) ?? open, !run.state.phase.isEnd {
            await run.take(.rollBack, "rolled back by \(by)")
            return
        }
        for device in engine.box.latest.devices {
            for held in device.guards?.value ?? [] where held.isOpen {
                // Somebody else's may be alive: it has to be named.
                guard session.map({ $0 == held.session }) ?? (held.by == by) else { continue }
                await adopt(held, on: device.name)
            }
        }
    }

    private func adopt(_ held: DeviceGuard, on name: DeviceName) async {
        guard let device = inventory.devices.first(where: { $0.name == name }), let driver = makeDriver(device) else {
            return
        }
        var state = ChangeState(
            id: held.session, device: name, by: held.by, phase: .armed, startedAt: held.armedAt,
            guardText: driver.guardText(seconds: Int((held.deadline - held.armedAt).seconds)))
        state.deadline = clock.now + .seconds(held.remainingSeconds ?? 0)
        let run = ChangeRun(
            state: state, driver: driver, engine: engine, clock: clock, files: files, limits: limits,
            machine: .adopting())
        runs.append(run)
        await run.take(.rollBack, "rolled back by \(by): left by \(held.by), \(held.what)")
    }

    // MARK: What former runs left

    /// Looks for sessions that this user began here and whose end nobody has written down yet.
    public func start() {
        guard watcher == nil else { return }
        watcher = Task { [weak self, updates = engine.box.updates()] in
            for await snapshot in updates {
                guard let self else { return }
                await self.look(snapshot)
            }
        }
    }

    /// Lets go of all connections; what is armed stays armed, and the device ends it.
    public func stop() async {
        watcher?.cancel()
        for run in runs { await run.leave() }
    }

    private func look(_ snapshot: Snapshot) async {
        for device in snapshot.devices {
            for held in device.guards?.value ?? [] where !held.isOpen {
                // Of a session that was given up on, the device may tell the end after all.
                guard run(held.session).map({ $0.state.phase == .stuck }) ?? true else { continue }
                guard asked.insert(held.session).inserted, await files.isOpenEnded(held.session) else { continue }
                await report(held, on: device.name)
            }
        }
    }

    private func report(_ held: DeviceGuard, on name: DeviceName) async {
        var evidence = held.detail ?? ""
        if let device = inventory.devices.first(where: { $0.name == name }), let driver = makeDriver(device) {
            do throws(Fault) {
                if let reading = try await driver.readOutcome(session: held.session) {
                    let disk = reading.isAsBefore ? "as before" : reading.isAsPlanned ? "as planned" : "neither"
                    evidence =
                        "\(reading.detail); read now: on disk \(disk), \(reading.isUndoPending ? "" : "no ")undo pending"
                }
            } catch {
                evidence += "; it could not be asked: \(error.sentence)"
            }
            await driver.close()
        }
        let after =
            switch held.state {
            case .confirmed: "confirmed"
            case .stuck: "STUCK"
            case .reverted, .armed, .reverting: "reverted by the device"
            }
        let event = Event(
            sequence: 0, at: clock.now, deviceTime: held.endedAt,
            subject: Subject(kind: .change, device: name, name: held.session), before: "armed", after: after,
            severity: held.state == .stuck ? .bad : .good, evidence: evidence, source: .change, by: held.by)
        do throws(LedgerFailure) {
            try await write(event)
            await files.end(held.session)
            await run(held.session)?.heard("the device says: \(after), \(evidence)")
        } catch {
            // Not on disk: the next look tries again.
            asked.remove(held.session)
        }
    }

    private struct LedgerFailure: Error {}

    private func write(_ event: Event) async throws(LedgerFailure) {
        do { try await engine.write(event) } catch { throw LedgerFailure() }
    }
}
