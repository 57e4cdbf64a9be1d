// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
@_spi(Reading) import NocturneTransport

/// Reads one BIRD through a `birdc -r -v` that is held open.
///
/// ```
/// open ─▶ fresh? climb to birdc ─▶ show status ─▶ show protocols all ─▶ show bfd sessions ─▶ show ospf neighbors NAME…
/// ```
///
/// The most wanted answer is asked for first, so a daemon that hangs on a later one has still told it. Every question
/// has its own deadline; when one passes, the channel is dropped, what was seen is reported, and the fault says how
/// long was waited. Nothing here waits for another device.
///
/// Peers are parsed from three answers in one text, status, BFD and protocols, because uptimes need the daemon's clock
/// and BFD states stand in an answer of their own. That text is the transcript: `nocturne parse` gives the same rows.
///
/// All state is confined to the network thread.
@NetworkActor
public final class BirdDriver: DeviceDriver {
    nonisolated public let device: DeviceName

    private let inventory: Device
    private let link: any Link
    private let limits: Limits
    private let clock: @Sendable () -> UTC
    private let place: String
    private let turn = Turn()
    /// `birdc` holds the channel.
    private var held = false
    /// How it was started.
    private var client: String?

    /// How long and how much.
    public struct Limits: Sendable {
        /// For one question.
        public var deadline: Duration = .seconds(10)
        /// Of one answer. A full table of 1,000 sessions is about 2 MB.
        public var bytes = 8 << 20

        public init() {}
    }

    /// - Parameters:
    ///   - device: as it stands in the inventory.
    ///   - link: its session; nobody else may use it.
    ///   - clock: our time, for the report's bounds.
    public init(
        device: Device, link: any Link, limits: Limits = Limits(),
        clock: @escaping @Sendable () -> UTC = { WallClock.now }
    ) {
        self.device = device.name
        inventory = device
        self.link = link
        self.limits = limits
        self.clock = clock
        let host = device.endpoint.host
        place = "\(device.name) \(host.contains(":") ? "[\(host)]" : host):\(device.endpoint.port)"
    }

    public func sweep(progress: @escaping @Sendable (Reach) -> Void) async -> SweepReport {
        await turn.take()
        defer { turn.give() }
        let began = clock()
        var report = SweepReport(device: device, reach: link.reach, began: began, ended: began)
        var answers = BirdAnswers(device: inventory, place: place)
        var fault: Fault?
        do throws(Fault) {
            report.bytes += try await ensureClient(progress: progress)
            for question in BirdAnswers.first { answers.add(try await ask(question)) }
            for question in await answers.ospfQuestions() { answers.add(try await ask(question)) }
        } catch {
            fault = error
        }
        report = await answers.filled(into: report, path: link.reach.path ?? "")
        finish(&report, fault: fault)
        progress(report.reach)
        return report
    }

    /// The paths to one prefix (`192.0.2.0/24`, exactly that) or to the longest match of an address.
    public func routes(to target: String) async throws(Fault) -> (rows: Observed<[Route]>, transcript: Transcript) {
        guard let question = BirdAnswers.routeQuestion(target) else {
            throw Fault(
                rung: .daemon, code: "bad-prefix", place: place, message: "\(target) is neither prefix nor address.",
                hint: "Write it like 192.0.2.0/24 or 2001:db8::1.", retries: false)
        }
        return try await paths(question, deadline: limits.deadline)
    }

    /// The answer to one question about routes.
    func paths(_ question: BirdQuestionLine, deadline: Duration) async throws(Fault)
        -> (rows: Observed<[Route]>, transcript: Transcript)
    {
        await turn.take()
        defer { turn.give() }
        _ = try await ensureClient(progress: { _ in })
        let answer = try await ask(question, deadline: min(deadline, limits.deadline))
        let transcript = BirdAnswers.transcript(.routes, [answer])
        let outcome = ParserEntry.parse(
            platform: .bird, query: .routes, text: ScrubbedText(scrubbing: transcript.text))
        if case .parsed(let parsed) = outcome, case .routes(let rows) = parsed.rows {
            let observed = Observed(
                rows, at: transcript.at, path: link.reach.path ?? "", question: question.text,
                tookMilliseconds: transcript.tookMilliseconds)
            return (observed, transcript)
        }
        var why = ""
        if case .cannotAnswer(let reason) = outcome { why = ": \(reason)" }
        throw Fault(
            rung: .daemon, code: "refused", place: place,
            message: "BIRD on \(device) did not answer `\(question.text)`\(why).", retries: true)
    }

    public func retryNow() async { link.retryNow() }

    public func close() async {
        held = false
        await link.close()
    }
}

extension BirdDriver {
    /// Makes sure that `birdc` holds the channel; the bytes that took.
    private func ensureClient(progress: @escaping @Sendable (Reach) -> Void) async throws(Fault) -> Int {
        let outcome = try await link.open(progress: progress)
        if outcome == .held, held { return 0 }
        held = false
        do throws(Fault) {
            var climb = BirdClimb(
                link: link, device: inventory, place: place, deadline: limits.deadline)
            try await timed("birdc to start") { () throws(Fault) in try await climb.run() }
            held = true
            client = climb.client
            return climb.bytes
        } catch {
            link.dropChannel()
            throw error
        }
    }

    private func ask(_ question: BirdQuestionLine, deadline: Duration? = nil) async throws(Fault) -> BirdAnswer {
        let deadline = deadline ?? limits.deadline
        let framing = BirdFraming(mark: UInt32.random(in: 1_000_000...999_999_999))
        let answer = try await timed("`\(question.text)`") { () throws(Fault) in
            try await link.ask(question.text, framing: framing, deadline: deadline, limit: limits.bytes)
        }
        return BirdAnswer(question: question, answer: answer)
    }

    /// A fault after the deadline is said in seconds; the channel is gone either way.
    private func timed<Value>(
        _ what: String, _ body: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let began = clock()
        do throws(Fault) {
            return try await body()
        } catch {
            held = false
            if error.code == "no-end" {
                throw Fault(
                    rung: .daemon, code: "endless", place: place, message: error.message,
                    hint: "Run `birdc -r show status` there by hand; nothing else waits for it. It is asked again.",
                    retries: true)
            }
            let waited = clock() - began
            // The link waits by another clock than ours, which may be a moment behind.
            guard error.rung >= .prompt, waited >= limits.deadline - .milliseconds(200) else { throw error }
            throw Fault(
                rung: .daemon, code: "too-slow", place: place,
                message: "waited \(Int(waited.seconds.rounded())) s for \(what) and gave up: too slow, or gone",
                hint: "Look at its load; nothing else waits for it. It is asked again at the next poll.",
                retries: true)
        }
    }

    private func finish(_ report: inout SweepReport, fault: Fault?) {
        report.ended = clock()
        report.reach = link.reach
        if let fault {
            report.reach.fault = fault
        } else {
            report.reach.climbed = .daemon
            report.reach.client = client
            report.reach.fault = nil
        }
    }
}
