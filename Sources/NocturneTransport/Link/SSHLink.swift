// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One device over SSH: climbs to a held `/bin/sh`, keeps it, and asks framed questions over it.
///
/// ```
///  path ─▶ tcp ─▶ algo ─▶ key ─▶ auth ─▶ prompt        (the daemon's rung is the driver's)
///   carrier tunnel  └── login ──┘       └─ one session channel, exec /bin/sh, no PTY
/// ```
///
/// What can heal is tried again after a back-off with full jitter; a refused key or a wrong host key waits for
/// ``retryNow()``. When the path is what failed, the link shows the path's own fault and comes back with it.
@NetworkActor
public final class SSHLink: Link {
    public private(set) var reach: Reach
    /// Called whenever ``reach`` changes by itself, outside of a question: a path that broke.
    public var onReach: (@Sendable (Reach) -> Void)?

    private let device: Device
    private let site: Site
    private let carrier: Carrier?
    private let deadlines: Deadlines
    private let store: HostKeyStore
    private let turnstile = Turnstile()

    private var connection: SSHConnection?
    private var channel: ChannelHandle?
    private var closing: [ChannelHandle] = []
    /// A task is driving the session: arrivals are its business.
    private var isDriven = false
    /// What came between two questions.
    private var unread: [UInt8] = []
    private static let unreadLimit = 65_536
    private var buffer = [UInt8](repeating: 0, count: 32_768)

    private var backoff = Backoff()
    private var random = SystemRandomNumberGenerator()
    private var retryAt: ContinuousClock.Instant?
    /// The last attempt ran into the tunnel's deadline: stand behind the others next time.
    private var isSilent = false
    /// A person asked to try, whatever waits for a person.
    private var isAsked = false
    private var roundTrips: [Double] = []
    private var isClosed = false

    init(device: Device, carrier: Carrier?, deadlines: Deadlines, store: HostKeyStore) {
        self.device = device
        self.carrier = carrier
        self.deadlines = deadlines
        self.store = store
        site = Site(device: device)
        reach = Reach(path: carrier?.path.name, carrier: carrier?.path.carrier.rawValue)
    }

    // MARK: Climbing

    public func open(progress: @escaping @Sendable (Reach) -> Void) async throws(Fault) -> OpenOutcome {
        await turnstile.enter()
        defer { turnstile.leave() }
        if channel != nil { return .held }
        try refuseWhileWaiting()
        isAsked = false
        isDriven = true
        defer { isDriven = false }
        do throws(Fault) {
            try await climb(progress)
        } catch {
            fail(error)
            throw reach.fault ?? error
        }
        backoff.reset()
        isSilent = false
        retryAt = nil
        reach.retryAt = nil
        reach.fault = nil
        reach.attempts = 0
        return .fresh
    }

    private func refuseWhileWaiting() throws(Fault) {
        if isClosed { throw site.fault(.notOpen) }
        // A fault of the path is the carrier's to wait for.
        guard let fault = reach.fault, fault.rung != .path else { return }
        if !fault.retries, !isAsked { throw fault }
        if let retryAt, retryAt > .now { throw fault }
    }

    private func climb(_ progress: @Sendable (Reach) -> Void) async throws(Fault) {
        guard let carrier else {
            throw Site(path: AccessPath(name: device.paths.first ?? "", hops: [])).fault(.noPath)
        }
        func reached(_ rung: Rung) {
            reach.climbed = rung
            progress(reach)
        }
        if connection == nil {
            reach.climbed = nil
            reach.algorithms = nil
            try await carrier.up()
            reached(.path)
            do throws(TroubleError) {
                let stream = try await carrier.stream(to: device.endpoint, isSilent: isSilent)
                reached(.tcp)
                let login = Login(
                    over: stream, to: device.endpoint, deadlines: deadlines,
                    knownHosts: store.hosts(in: device.endpoint.knownHosts))
                try await login.run { rung in
                    if rung == .algo { reach.algorithms = login.connection.session.agreed }
                    reached(rung)
                }
                adopt(login.connection)
            } catch {
                if case .timedOut = error.trouble { isSilent = true }
                throw carrier.fault ?? site.fault(error.trouble)
            }
        }
        do throws(TroubleError) {
            try await openShell()
        } catch {
            throw carrier.fault ?? site.fault(error.trouble)
        }
        reached(.prompt)
    }

    private func adopt(_ connection: SSHConnection) {
        self.connection = connection
        unread = []
        connection.onInput = { [weak self] in self?.arrived() }
    }

    private func openShell() async throws(TroubleError) {
        guard let connection else { throw TroubleError(.notOpen) }
        let session = connection.session
        let deadline = ContinuousClock.now + deadlines.channel
        let handle: ChannelHandle
        switch await connection.drive(until: deadline, { session.openSession() }) {
        case .done(let opened): handle = opened
        case .failed(let failure): throw TroubleError(.channelRefused(reason: reason(failure)))
        case .timedOut: throw TroubleError(Task.isCancelled ? .cancelled : .channelTimedOut(after: deadlines.channel))
        }
        switch await connection.drive(until: deadline, { session.execute("/bin/sh", on: handle) }) {
        case .done: break
        case .failed(let failure): throw TroubleError(.shellRefused(reason: reason(failure)))
        case .timedOut: throw TroubleError(Task.isCancelled ? .cancelled : .channelTimedOut(after: deadlines.channel))
        }
        channel = handle
        unread = []
        do throws(TroubleError) {
            _ = try await exchange(":", framing: ShellFraming(), deadline: deadlines.prompt, limit: 4096)
        } catch {
            if case .channelEnded(let said) = error.trouble { throw TroubleError(.shellEnded(said: said)) }
            throw error
        }
    }

    private func reason(_ failure: SansIOSession.Failure) -> String {
        connection?.endReason ?? ScrubbedText(scrubbing: failure.message).text
    }

    private func fail(_ fault: Fault) {
        letGo()
        reach.fault = fault
        reach.attempts += 1
        if fault.rung == .path {
            reach.climbed = nil
            reach.retryAt = carrier?.summary.retryAt
            retryAt = nil
        } else if fault.retries {
            let pause = backoff.next(using: &random)
            retryAt = .now + pause
            reach.retryAt = WallClock.now + pause
        } else {
            retryAt = nil
            reach.retryAt = nil
        }
    }

    // MARK: Asking

    @_spi(Reading)
    public func ask(_ question: String, framing: any Framing, deadline: Duration, limit: Int) async throws(Fault)
        -> Answer
    {
        await turnstile.enter()
        defer { turnstile.leave() }
        isDriven = true
        defer { isDriven = false }
        do throws(TroubleError) {
            return try await exchange(question, framing: framing, deadline: deadline, limit: limit)
        } catch {
            let fault = carrier?.fault ?? site.fault(error.trouble)
            if connection?.endReason != nil {
                fail(fault)
            } else {
                dropChannel()
                reach.fault = fault
            }
            throw fault
        }
    }

    private func exchange(_ question: String, framing: any Framing, deadline: Duration, limit: Int)
        async throws(TroubleError) -> Answer
    {
        guard let connection, let channel else { throw TroubleError(.notOpen) }
        let began = ContinuousClock.now
        let end = began + deadline
        var collector = AnswerCollector(framing: framing, limit: limit)
        try await write(framing.wrap(question), until: end, question, deadline)
        var early = unread[...]
        unread = []
        var firstByte: ContinuousClock.Instant?
        var reads = 0
        while true {
            let complete: Bool
            if !early.isEmpty {
                complete = collector.consume(early)
                early = []
            } else {
                let step = await connection.drive(until: end) { connection.session.read(channel, into: &buffer) }
                if case .done(let count) = step, count > 0 {
                    if firstByte == nil { firstByte = .now }
                    complete = collector.consume(buffer[..<count])
                } else {
                    throw TroubleError(trouble(step, collector, question, deadline))
                }
            }
            if complete {
                unread = Array(collector.rest)
                if let firstByte { note(roundTrip: began.duration(to: firstByte)) }
                return Answer(
                    text: ScrubbedText(scrubbing: collector.kept), bytes: collector.bytes,
                    took: began.duration(to: .now), at: WallClock.now, truncated: collector.truncated)
            }
            reads += 1
            // An answer without end never waits, so the clock is looked at here, and others get their turn.
            if ContinuousClock.now >= end {
                throw TroubleError(.noAnswer(question: short(question), after: deadline, bytes: collector.bytes))
            }
            if reads % 8 == 0 { await Task.yield() }
        }
    }

    private func write(_ text: String, until end: ContinuousClock.Instant, _ question: String, _ deadline: Duration)
        async throws(TroubleError)
    {
        guard let connection, let channel else { throw TroubleError(.notOpen) }
        var output = ByteQueue()
        output.append(text.utf8)
        while !output.isEmpty {
            let step = await connection.drive(until: end) {
                output.withBytes { connection.session.write(channel, $0) }
            }
            guard case .done(let count) = step else {
                throw TroubleError(
                    trouble(step, AnswerCollector(framing: ShellFraming(), limit: 0), question, deadline))
            }
            output.drop(count)
        }
    }

    private func trouble(
        _ step: SSHConnection.Driven<Int>, _ collector: AnswerCollector, _ question: String, _ deadline: Duration
    ) -> Trouble {
        if let reason = connection?.endReason { return .sessionEnded(reason: reason) }
        switch step {
        case .timedOut:
            return Task.isCancelled
                ? .cancelled : .noAnswer(question: short(question), after: deadline, bytes: collector.bytes)
        case .failed, .done:
            let said = ScrubbedText(scrubbing: collector.kept.suffix(400) + collector.unfinished.prefix(200)).text
            return .channelEnded(said: said.split(whereSeparator: \.isNewline).suffix(3).joined(separator: " / "))
        }
    }

    private func short(_ question: String) -> String {
        let line = question.split(whereSeparator: \.isNewline).first ?? ""
        return line.count > 60 ? line.prefix(59) + "…" : String(line)
    }

    /// The least of the last few: what the path takes, without what the device takes to think.
    private func note(roundTrip: Duration) {
        let (seconds, attoseconds) = roundTrip.components
        roundTrips.append(Double(seconds) * 1000 + Double(attoseconds) / 1e15)
        if roundTrips.count > 8 { roundTrips.removeFirst() }
        reach.roundTripMilliseconds = roundTrips.min()
    }

    // MARK: Between questions

    /// Bytes came, or the end. While nobody drives the session, what came is kept, key renewals are answered, and an
    /// ended channel or session is noticed.
    private func arrived() {
        guard !isDriven, let connection else { return }
        if let channel { readAhead(channel, connection.session) }
        closing.removeAll { handle in
            if case .again = connection.session.free(handle) { return false }
            return true
        }
        guard let reason = connection.endReason else { return }
        fail(carrier?.fault ?? site.fault(.sessionEnded(reason: reason)))
        onReach?(reach)
    }

    private func readAhead(_ channel: ChannelHandle, _ session: SansIOSession) {
        while unread.count < Self.unreadLimit {
            switch session.read(channel, into: &buffer) {
            case .again: return
            case .done(let count) where count > 0: unread += buffer.prefix(count)
            case .done, .failed:
                if connection?.endReason == nil { dropChannel() }
                return
            }
        }
        session.turnOver(channel)
    }

    public func dropChannel() {
        guard let handle = channel else { return }
        channel = nil
        unread = []
        if let climbed = reach.climbed, climbed > .auth { reach.climbed = .auth }
        guard let connection else { return }
        if case .again = connection.session.free(handle) { closing.append(handle) }
        connection.flush()
    }

    public func retryNow() {
        backoff.reset()
        retryAt = nil
        reach.retryAt = nil
        isSilent = false
        isAsked = true
        carrier?.retryNow()
    }

    public func close() async {
        isClosed = true
        letGo()
    }

    private func letGo() {
        channel = nil
        closing = []
        unread = []
        connection?.close()
        connection = nil
    }
}
