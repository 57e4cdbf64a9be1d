// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One device over SSH: climbs to a held `/bin/sh`, keeps it, and asks framed questions over it.
///
/// ```
///  path ─▶ tcp ─▶ algo ─▶ key ─▶ auth ─▶ prompt        (the daemon's rung is the driver's)
///   carrier tunnel  └── login ──┘       ├─ channel: exec /bin/sh, no PTY     ask
///                                       ├─ shell: the same, on first use     run
///                                       └─ direct-tcpip, for one exchange    exchange
/// ```
///
/// libssh2 opens one channel at a time, so the three take turns.
///
/// What can heal is tried again after a back-off with full jitter; a refused key or a wrong host key waits for
/// ``retryNow()``. When the path is what failed, the link shows the path's own fault and comes back with it.
@NetworkActor
public final class SSHLink: Link {
    public private(set) var reach: Reach
    /// Called whenever ``reach`` changes by itself, outside of a question: a path that broke.
    public var onReach: (@Sendable (Reach) -> Void)?

    private let device: Device
    let site: Site
    let carrier: Carrier?
    let deadlines: Deadlines
    private let store: HostKeyStore
    let turnstile = Turnstile()

    var connection: SSHConnection?
    /// The one that ``reach`` is about; a daemon's client may take its place.
    private var channel: HeldChannel?
    /// For questions to the host, opened on first use.
    var shell: HeldChannel?
    let closing = ClosingChannels()
    /// A task is driving the session: arrivals are its business.
    var isDriven = false

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
            guard let connection else { throw TroubleError(.notOpen) }
            channel = try await HeldChannel.open(on: connection, deadlines: deadlines, closing: closing)
        } catch {
            throw carrier.fault ?? site.fault(error.trouble)
        }
        reached(.prompt)
    }

    private func adopt(_ connection: SSHConnection) {
        self.connection = connection
        connection.onInput = { [weak self] in self?.arrived() }
    }

    func fail(_ fault: Fault) {
        letGo()
        // The ladder stands up to the rung below the one that broke.
        let below = Rung.allCases.last { $0 < fault.rung }
        if let below, let climbed = reach.climbed { reach.climbed = min(climbed, below) }
        // Who stopped waiting learnt nothing about the device.
        if Task.isCancelled { return }
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
            guard let channel else { throw TroubleError(.notOpen) }
            let answer = try await channel.ask(question, framing: framing, deadline: deadline, limit: limit)
            if let roundTrip = channel.roundTrip { note(roundTrip: roundTrip) }
            return answer
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
        if let channel, !channel.readAhead() { dropChannel() }
        if let shell, !shell.readAhead() { dropShell() }
        closing.turnOver(connection)
        guard let reason = connection.endReason else { return }
        fail(carrier?.fault ?? site.fault(.sessionEnded(reason: reason)))
        onReach?(reach)
    }

    public func dropChannel() {
        guard let channel else { return }
        self.channel = nil
        if let climbed = reach.climbed, climbed > .auth { reach.climbed = .auth }
        channel.drop(into: closing)
    }

    func dropShell() {
        shell?.drop(into: closing)
        shell = nil
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
        channel?.forget()
        shell?.forget()
        channel = nil
        shell = nil
        closing.forget()
        connection?.close()
        connection = nil
    }
}
