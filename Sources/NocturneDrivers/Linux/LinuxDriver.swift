// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import NocturneTransport

/// Reads one Linux host: its routing daemon by ``BirdDriver``, and the host itself on a second channel of the session.
///
/// ```
/// sweep ─▶ BIRD, when it runs one ─▶ change sessions ─▶ anycast, on a node of any ─▶ guests, when it runs LXC
///              birdc channel            shell             both, and the probe           shell
/// ```
///
/// The daemon's questions come first. A part that fails is told where that part is looked for, and takes nothing else
/// with it: a host without `ip`, without rights for `lxc-ls` or without a daemon still tells the rest. A question that
/// hangs costs its deadline once in half a minute; see ``HostShell``.
@NetworkActor
public final class LinuxDriver: DeviceDriver {
    nonisolated public let device: DeviceName

    private let inventory: Device
    private let link: any Link
    private let clock: @Sendable () -> UTC
    private let bird: BirdDriver?
    private let shell: HostShell
    private let guests: GuestReader?
    private let anycast: AnycastReader?
    private let turn = Turn()

    /// - Parameters:
    ///   - device: as it stands in the inventory.
    ///   - link: its session; nobody else may use it.
    ///   - anycast: every entry of the inventory; a node of one is asked about all, so that strays are seen.
    ///   - clock: our time, for the report's bounds.
    public init(
        device: Device, link: any Link, anycast: [AnycastPrefix] = [], limits: BirdDriver.Limits = BirdDriver.Limits(),
        clock: @escaping @Sendable () -> UTC = { WallClock.now }
    ) {
        self.device = device.name
        inventory = device
        self.link = link
        self.clock = clock
        let host = device.endpoint.host
        let place = "\(device.name) \(host.contains(":") ? "[\(host)]" : host):\(device.endpoint.port)"
        let runsBird = device.runs.contains(.bird) || device.platform == .bird || device.platform == .auto
        let bird = runsBird ? BirdDriver(device: device, link: link, limits: limits, clock: clock) : nil
        self.bird = bird
        let shell = HostShell(link: link, clock: clock)
        self.shell = shell
        guests = device.runs.contains(.lxc) ? GuestReader(device: device, shell: shell, place: place) : nil
        let isNode = anycast.contains { $0.nodes.contains(device.name) }
        self.anycast =
            isNode
            ? AnycastReader(
                prefixes: anycast, device: device, place: place, link: link, shell: shell, bird: bird) : nil
    }

    /// Whether there is anything on the device that this driver reads.
    public nonisolated static func reads(_ device: Device) -> Bool {
        device.runs.contains { $0 == .bird || $0 == .lxc } || device.platform == .bird || device.platform == .auto
    }

    public func sweep(progress: @escaping @Sendable (Reach) -> Void) async -> SweepReport {
        await turn.take()
        defer { turn.give() }
        var report: SweepReport
        if let bird { report = await bird.sweep(progress: progress) } else { report = await climb(progress) }
        // Without a session there is no shell either; without a daemon there is.
        guard (report.reach.fault?.rung ?? .daemon) >= .prompt else { return report }
        await readChanges(&report)
        if let anycast {
            let reading = await anycast.read(after: report, clock: clock)
            report.anycast = observed(reading.sightings, reading.transcript)
            report.transcripts["anycast"] = reading.transcript
            report.bytes += reading.bytes
        }
        if let guests { await read(guests, &report) }
        if bird == nil, report.reach.fault == nil {
            if report.guests != nil || report.guards != nil { report.reach.climbed = .daemon }
            progress(report.reach)
        }
        report.bytes += shell.takeBytes()
        report.ended = clock()
        return report
    }

    public func retryNow() async {
        shell.wake()
        link.retryNow()
    }

    public func close() async {
        if let bird { await bird.close() } else { await link.close() }
    }
}

extension LinuxDriver {
    /// The way to a host that runs no daemon of ours.
    private func climb(_ progress: @escaping @Sendable (Reach) -> Void) async -> SweepReport {
        let began = clock()
        var fault: Fault?
        do throws(Fault) { _ = try await link.open(progress: progress) } catch { fault = error }
        var report = SweepReport(device: device, reach: link.reach, began: began, ended: clock())
        report.reach.fault = fault
        return report
    }

    /// What the device itself tells of change sessions. A device whose shell cannot be asked tells nothing.
    private func readChanges(_ report: inout SweepReport) async {
        guard let result = try? await shell.ask(HostQuestions.changes, key: "changes", deadline: .seconds(2)),
            result.status == 0
        else { return }
        let guards = GuardParser.parse(ScrubbedText(scrubbing: result.text))
        report.guards = Observed(
            guards, at: result.answer.at, path: report.reach.path ?? "", question: "/run/nocturne/changes/*",
            tookMilliseconds: Double(result.answer.took.milliseconds))
    }

    private func read(_ guests: GuestReader, _ report: inout SweepReport) async {
        let query = Query.guests.rawValue
        do throws(Fault) {
            let reading = try await guests.read()
            report.guests = observed(reading.guests, reading.transcript)
            report.transcripts[query] = reading.transcript
            if !reading.unparsed.isEmpty { report.unparsed[query] = reading.unparsed }
        } catch {
            report.refused[query] = error
        }
    }

    private func observed<Value>(_ value: Value, _ transcript: Transcript) -> Observed<Value> {
        Observed(
            value, at: transcript.at, path: link.reach.path ?? "", question: transcript.question,
            tookMilliseconds: transcript.tookMilliseconds)
    }
}
