// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneModel
import NocturneTransport
@_spi(Writing) import NocturneTransportWrite

/// Changes BIRD's configuration on a Linux host, held by a timer there and by BIRD's own.
///
/// The file on disk stays the old one until the commit point: BIRD is given the new one by name, from beside it
/// (`configure "FILE" timeout N`), since after BIRD's own undo a bad file on disk would come back with the next reload.
/// A failed `configure` would end a pending undo, a failed `configure check` does not, so the check always goes first.
///
/// The timer is a process of its own (`setsid`), and reading it back over a new connection is what proves that it
/// outlives the session: with `KillUserProcesses=yes` (logind.conf(5)) it would not, and the change is refused then.
/// Where systemd is process 1, a transient timer unit (systemd-run(1)) would be the better one; it is not built yet.
///
/// Semantics as run on BIRD 2.0.12.
@NetworkActor
public final class BirdChangeDriver: ChangeDriver {
    nonisolated public let device: DeviceName

    private let inventory: Device
    private let makeLink: @Sendable (Device) async -> any Link
    private let base: String
    private let place: String
    /// What the session was begun with.
    private var host: BirdConfiguration?
    /// Every link that is in use.
    private var links: [ObjectIdentifier: any Link] = [:]
    /// One that is kept for readings, which are many.
    private var idle: (any Link)?
    private var isClosed = false

    /// - Parameters:
    ///   - link: makes a link of its own each time; none is shared with whoever watches the device.
    ///   - base: where sessions leave what everybody may read.
    public init(
        device: Device, base: String = "/run/nocturne/changes", link: @escaping @Sendable (Device) async -> any Link
    ) {
        self.device = device.name
        inventory = device
        makeLink = link
        self.base = base
        let host = device.endpoint.host
        place = "\(device.name) \(host.contains(":") ? "[\(host)]" : host):\(device.endpoint.port)"
    }

    public func guardText(seconds: Int) -> String { "device timer \(seconds) s + BIRD timer" }

    public func readConfiguration() async throws(Fault) -> DeviceConfiguration {
        let answer = try await readAgain(BirdConfiguration.script)
        switch BirdConfiguration.read(answer.text) {
        case .success(let read):
            host = read
            return DeviceConfiguration(file: read.path, text: read.text, hash: read.hash)
        case .failure(let problem):
            if answer.status != 0, !answer.text.contains("problem ") { throw refused(answer) }
            throw fault(
                "configuration-unread", problem.text,
                hint: "Nothing was sent. Put that right on the device, then begin again.")
        }
    }

    public func check(_ plan: Plan, session: String) async throws(Fault) {
        let host = try known()
        let scripts = BirdChangeScripts(base: base, session: session)
        let answer = try await run(scripts.check(host, plan: plan))
        if answer.text.split(separator: "\n").contains(where: { $0.hasPrefix("0020") }) { return }
        let lines = answer.text.split(separator: "\n").map(String.init)
        guard let line = lines.last(where: { $0.hasPrefix("8002") || $0.hasPrefix("9001") }) else {
            throw refused(answer)
        }
        // `8002 FILE:LINE:COLUMN text`; the file's name of the moment tells nobody anything.
        let said = line.dropFirst(5)
        let candidate = scripts.candidate(host)
        let text = said.hasPrefix(candidate + ":") ? "line " + said.dropFirst(candidate.count + 1) : said
        throw fault(
            "check-failed", "BIRD does not accept the plan: \(text)",
            hint: "Nothing was applied and nothing is left there. Correct that line and plan again.")
    }

    public func arm(_ order: GuardOrder) async throws(Fault) -> WritePermit {
        let host = try known()
        let scripts = BirdChangeScripts(base: base, session: order.session)
        let armed = done(try await run(scripts.arm(host, order)))
        guard armed.status == 0 else {
            throw fault(
                ChangeFault.nothingArmed, "the guard was not left there: \(armed.text)",
                hint: "Nothing was applied and nothing is left there.")
        }
        // The connection that armed is closed by now: this is another one, and none that was kept.
        let reading = try reading(await run(scripts.show()))
        let least = order.seconds - 60
        if let reading, reading.state == .armed, reading.isAlive, reading.isAsBefore,
            (least...order.seconds).contains(reading.remainingSeconds)
        {
            return WritePermit(session: order.session, device: device)
        }
        let withdrawn = done(try await run(scripts.withdraw()))
        let gone = withdrawn.status == 0
        throw fault(
            gone ? ChangeFault.nothingArmed : "guard-unverified",
            "the guard was left there but could not be read back over a new connection: "
                + (reading.map(Self.describe) ?? "it is gone"),
            hint: "Nothing was applied. "
                + (reading?.isAlive == false
                    ? "If logind ends processes with their session there (KillUserProcesses=yes), allow lingering."
                    : "What it said: \(withdrawn.text)."))
    }

    public func apply(_ permit: borrowing WritePermit) async throws(Fault) {
        let session = permit.session
        let answer = done(try await run(BirdChangeScripts(base: base, session: session).run("apply"), .seconds(60)))
        guard answer.status == 0 else {
            throw fault("apply-failed", answer.text, hint: "The guard stands; the change is being undone.")
        }
        // Rule: a guard is read back after each step, not believed.
        guard let reading = try await readOutcome(session: session), reading.state == .armed, reading.isAlive,
            reading.isUndoPending
        else {
            throw fault("guard-lost", "after applying, the guard is not whole any more", hint: "It is being undone.")
        }
    }

    public func commit(_ permit: consuming WritePermit) async throws(Fault) {
        let scripts = BirdChangeScripts(base: base, session: permit.session)
        let answer = done(try await run(scripts.run("commit"), .seconds(60)))
        guard answer.status == 0 else {
            throw fault("commit-failed", answer.text, hint: "What holds is read from the device now.")
        }
    }

    public func revert(_ permit: consuming WritePermit, why: String) async throws(Fault) {
        let scripts = BirdChangeScripts(base: base, session: permit.session)
        let answer = done(try await run(scripts.run("revert", why), .seconds(30)))
        switch answer.status {
        case 0: return
        case 3:
            throw fault("confirmed-before", "the device says it was confirmed: \(answer.text)", hint: nil)
        default:
            throw fault("revert-failed", answer.text, hint: "See `Stuck`: the ladder.")
        }
    }

    public func adopt(session: String) async throws(Fault) -> WritePermit? {
        let scripts = BirdChangeScripts(base: base, session: session)
        switch done(try await run(scripts.bar())).status {
        case 0: return nil
        case 7: break
        default: throw fault("no-rights", "cannot write under \(base) there", hint: rights)
        }
        // Absent guard script: barred before, by us.
        guard try await readOutcome(session: session) != nil else { return nil }
        return WritePermit(session: session, device: device)
    }

    public func readOutcome(session: String) async throws(Fault) -> GuardReading? {
        try reading(await readAgain(BirdChangeScripts(base: base, session: session).show()))
    }

    private func reading(_ answer: ShellResult) throws(Fault) -> GuardReading? {
        let status = done(answer).status
        if status == 4 || status == 6 { return nil }
        guard status == 0, let reading = GuardReading(answer.text) else { throw refused(answer) }
        return reading
    }

    public func reconnect() async throws(Fault) {
        // Trivial on purpose: what is tested is the way there, a login, and that the daemon still answers.
        let client = host.map { Shell.quoted($0.client) } ?? "birdc"
        let answer = try await run(
            "PATH=\"$PATH:/usr/sbin:/usr/local/sbin\"; \(client) -v show status 2>&1", .seconds(15))
        guard answer.text.contains("0013 ") else { throw refused(answer) }
    }

    public func close() async {
        isClosed = true
        for link in Array(links.values) { await link.close() }
        await idle?.close()
        (links, idle) = ([:], nil)
    }

    // MARK: - Connections

    /// Runs a script over a connection of its own, which is closed afterwards.
    private func run(_ script: String, _ deadline: Duration = .seconds(30)) async throws(Fault) -> ShellResult {
        let link = await makeLink(inventory)
        defer { links[ObjectIdentifier(link)] = nil }
        do throws(Fault) {
            let result = try await run(script, over: link, deadline)
            await link.close()
            return result
        } catch {
            await link.close()
            throw error
        }
    }

    /// Runs a script that only reads, over the connection that is kept for that. One that does not answer any more is
    /// let go of, and the reading is done again over a new one.
    private func readAgain(_ script: String) async throws(Fault) -> ShellResult {
        if let kept = idle {
            // While it is used nobody else finds it.
            idle = nil
            do throws(Fault) {
                let result = try await run(script, over: kept, .seconds(8))
                idle = idle ?? kept
                return result
            } catch {
                await kept.close()
            }
        }
        let link = await makeLink(inventory)
        do throws(Fault) {
            let result = try await run(script, over: link, .seconds(30))
            if idle == nil, !isClosed { idle = link } else { await link.close() }
            return result
        } catch {
            await link.close()
            throw error
        }
    }

    private func run(_ script: String, over link: any Link, _ deadline: Duration) async throws(Fault) -> ShellResult {
        links[ObjectIdentifier(link)] = link
        defer { links[ObjectIdentifier(link)] = nil }
        return try await WritingDoor(link).run(Shell.program(script, become: inventory.become), deadline: deadline)
    }

    private func known() throws(Fault) -> BirdConfiguration {
        if let host { return host }
        throw fault("configuration-unread", "the configuration was not read yet", hint: nil)
    }

    /// The last line, `done STATUS TEXT`; what else came when there is none.
    private func done(_ answer: ShellResult) -> (status: Int, text: String) {
        let lines = answer.text.split(separator: "\n")
        guard let line = lines.last(where: { $0.hasPrefix("done ") }) else {
            return (-1, lines.last.map { String($0.prefix(200)) } ?? "no answer")
        }
        let fields = line.split(separator: " ", maxSplits: 2)
        return (fields.count > 1 ? Int(fields[1]) ?? -1 : -1, fields.count > 2 ? String(fields[2]) : "")
    }

    private var rights: String {
        "A change needs root there: `become: \"sudo -n\"` in the inventory, and as root there "
            + "`\(inventory.endpoint.user) ALL=(root) NOPASSWD: /bin/sh -s` in /etc/sudoers.d/nocturne."
    }

    private func refused(_ answer: ShellResult) -> Fault {
        let line = answer.text.split(separator: "\n").last.map { String($0.prefix(200)) } ?? "it said nothing"
        return fault("no-rights", "the device did not do it: \(line)", hint: rights)
    }

    private func fault(_ code: String, _ message: String, hint: String?) -> Fault {
        Fault(rung: .daemon, code: code, place: place, message: message, hint: hint, retries: false)
    }

    private static func describe(_ reading: GuardReading) -> String {
        "state \(reading.state.rawValue), timer \(reading.isAlive ? "there" : "gone"), "
            + "\(reading.remainingSeconds) s left" + (reading.isAsBefore ? "" : ", the file on disk has changed")
    }
}

extension GuardReading {
    /// From the lines of `guard.sh show`.
    init?(_ text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let space = line.firstIndex(of: " ") ?? line.endIndex
            values[line[..<space]] = line[space...].dropFirst()
        }
        let words = values["state"]?.split(separator: " ", maxSplits: 2) ?? []
        guard let state = words.first.flatMap({ DeviceGuard.State(rawValue: String($0)) }),
            let left = values["left"].flatMap({ Int($0) }), let disk = values["disk"], let before = values["before"],
            let plan = values["plan"], disk.count == 64
        else { return nil }
        self.state = state
        since = words.count > 1 ? Int64(words[1]).map { UTC(milliseconds: $0 * 1000) } : nil
        detail = words.count > 2 ? String(words[2]) : ""
        isAlive = values["timer"]?.isEmpty == false
        remainingSeconds = left
        isAsBefore = disk == before
        isAsPlanned = disk == plan
        isUndoPending = values["undo"]?.isEmpty == false
    }
}
