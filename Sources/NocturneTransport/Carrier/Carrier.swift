// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One path of the inventory, kept alive: gives byte streams to devices, all over one connection to its jump host.
///
/// ```
///            up() ┌────────────┐ logged in  ┌──────┐
///   idle ────────▶│ connecting │───────────▶│  up  │
///    ▲            └─────┬──────┘            └──┬───┘
///    │ retryNow()       │ fault                │ connection lost
///    │            ┌─────▼──────┐◀──────────────┘
///    └────────────│  waiting   │── back-off over ──▶ connecting   (not when only a person can help)
///                 └────────────┘
/// ```
///
/// A path without hops is direct: every device has a connection of its own and the path is always up. Several hops nest:
/// each is logged in to through the one before.
@NetworkActor
final class Carrier {
    private enum State {
        case idle
        case connecting
        case up([JumpSession])
        /// `retryAt` is nil when only a person can help.
        case waiting(Fault, retryAt: ContinuousClock.Instant?)
        case closed
    }

    let path: AccessPath
    private let deadlines: Deadlines
    private let store: HostKeyStore
    private var state = State.idle
    private var backoff = Backoff()
    private var random = SystemRandomNumberGenerator()
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var timer: UInt64?
    private var attempt: Task<Void, Never>?
    private(set) var summary: PathState
    var onChange: (() -> Void)?

    init(path: AccessPath, deadlines: Deadlines, store: HostKeyStore) {
        self.path = path
        self.deadlines = deadlines
        self.store = store
        summary = PathState(name: path.name, hops: path.hops.map(\.description))
    }

    /// Returns when the path is up; throws at once while it waits.
    func up() async throws(Fault) {
        if let trouble = unsupported {
            let fault = Site(path: path).fault(trouble)
            publish(alive: false, fault: fault)
            throw fault
        }
        while true {
            switch state {
            case .idle: connect()
            case .connecting: await withCheckedContinuation { waiters.append($0) }
            case .up: return
            case .waiting(let fault, _): throw fault
            case .closed: throw Site(path: path).fault(.lost(reason: "we closed it"))
            }
        }
    }

    /// Why it is not up, while it is not.
    var fault: Fault? {
        if case .waiting(let fault, _) = state { return fault }
        return nil
    }

    /// A stream to `endpoint` over this path. `isSilent`: the last attempt ran into the deadline.
    func stream(to endpoint: SSHEndpoint, isSilent: Bool) async throws(TroubleError) -> any ByteStream {
        if path.hops.isEmpty { return try await TCPConnector(deadlines: deadlines).connect(to: endpoint) }
        guard case .up(let chain) = state, let jump = chain.last else {
            throw TroubleError(.lost(reason: "the path is not up"))
        }
        return try await jump.openTunnel(
            to: endpoint.host, port: endpoint.port, isSilent: isSilent, deadlines: deadlines)
    }

    func retryNow() {
        guard case .waiting = state else { return }
        backoff.reset()
        state = .idle
        connect()
    }

    func close() {
        attempt?.cancel()
        if let timer { EventLoop.shared.cancel(timer) }
        if case .up(let chain) = state { for jump in chain.reversed() { jump.close() } }
        state = .closed
        publish(alive: false, fault: nil)
        wakeWaiters()
    }

    /// Reads the round trip off the socket anew; says whether it moved by enough to be told.
    func refreshRoundTrip() -> Bool {
        guard case .up(let chain) = state, let now = chain.first?.connection.stream.kernelRoundTripMilliseconds else {
            return false
        }
        let before = summary.roundTripMilliseconds ?? 0
        guard abs(now - before) > max(1, before / 5) else { return false }
        summary.roundTripMilliseconds = now
        return true
    }

    // MARK: Connecting

    private var unsupported: Trouble? {
        if path.carrier != .libssh2 { return .unsupportedPath(what: "`carrier: \(path.carrier.rawValue)`") }
        if path.via != .forward { return .unsupportedPath(what: "`via: \(path.via.rawValue)`") }
        return nil
    }

    private func connect() {
        if path.hops.isEmpty {
            state = .up([])
            return publish(alive: true, fault: nil)
        }
        state = .connecting
        if let timer { EventLoop.shared.cancel(timer) }
        timer = nil
        // A task of its own: no single caller's cancellation may end what the others wait for.
        attempt = Task { @NetworkActor in
            do throws(Fault) {
                let chain = try await climb()
                guard case .connecting = state else {
                    for jump in chain.reversed() { jump.close() }
                    return
                }
                backoff.reset()
                state = .up(chain)
                publish(alive: true, fault: nil)
            } catch {
                if case .connecting = state { wait(after: error) }
            }
            wakeWaiters()
        }
    }

    private func climb() async throws(Fault) -> [JumpSession] {
        var chain: [JumpSession] = []
        for hop in path.hops {
            let site = Site(path: path, hop: hop)
            do throws(TroubleError) {
                let stream: any ByteStream
                if let before = chain.last {
                    stream = try await before.openTunnel(
                        to: hop.host, port: hop.port, isSilent: false, deadlines: deadlines)
                } else {
                    stream = try await TCPConnector(deadlines: deadlines).connect(to: hop)
                }
                let login = Login(
                    over: stream, to: hop, deadlines: deadlines, knownHosts: store.hosts(in: hop.knownHosts))
                try await login.run { _ in }
                let jump = JumpSession(connection: login.connection, name: hop.description)
                jump.onLost = { [weak self] reason in self?.lost(site, reason) }
                chain.append(jump)
            } catch {
                for jump in chain.reversed() { jump.close() }
                throw site.fault(error.trouble)
            }
        }
        return chain
    }

    private func lost(_ site: Site, _ reason: String) {
        guard case .up(let chain) = state else { return }
        wait(after: site.fault(.lost(reason: reason)))
        for jump in chain.reversed() { jump.close() }
    }

    private func wait(after fault: Fault) {
        var retryAt: ContinuousClock.Instant?
        if fault.retries {
            let pause = backoff.next(using: &random)
            let due = ContinuousClock.now + pause
            retryAt = due
            timer = EventLoop.shared.schedule(at: due) { [weak self] in
                guard let self, case .waiting = state else { return }
                connect()
            }
            publish(alive: false, fault: fault, retryAt: WallClock.now + pause)
        } else {
            publish(alive: false, fault: fault)
        }
        state = .waiting(fault, retryAt: retryAt)
    }

    private func wakeWaiters() {
        let woken = waiters
        waiters = []
        for waiter in woken { waiter.resume() }
    }

    private func publish(alive: Bool, fault: Fault?, retryAt: UTC? = nil) {
        var next = summary
        next.alive = alive
        next.fault = fault
        next.retryAt = retryAt
        if case .up(let chain) = state {
            next.roundTripMilliseconds = chain.first?.connection.stream.kernelRoundTripMilliseconds
        } else {
            next.roundTripMilliseconds = nil
        }
        if next.alive != summary.alive || next.since == nil { next.since = WallClock.now }
        guard next != summary else { return }
        summary = next
        onChange?()
    }
}

extension Site {
    /// The path as a whole.
    init(path: AccessPath) {
        place = path.hops.first.map { "\(path.name) \($0)" } ?? path.name
        isHop = true
    }
}
