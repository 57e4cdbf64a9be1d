// SPDX-License-Identifier: Apache-2.0

/// A session on a jump host and the tunnels through it.
///
/// ```
///  device session ─▶ Tunnel.pending ─▶ jump channel ─▶ jump session ─▶ socket
///  device session ◀── onBytes ◀────── jump channel ◀─┘        ◀─────── socket
/// ```
///
/// After every arrival from the jump all tunnels are read *and* those with waiting output are flushed again: after a key
/// renewal or a full window on the jump nobody else would (without it half of fifty devices hung).
@NetworkActor
final class JumpSession {
    let connection: SSHConnection
    /// How the host is called in messages, such as `ops@192.0.2.1:22`.
    let name: String
    /// Called once when the session is gone, before its tunnels hear of it.
    var onLost: ((String) -> Void)?

    private var tunnels: [Tunnel] = []
    private var closing: [ChannelHandle] = []
    private let turnstile = Turnstile()
    private var isPumping = false
    private var isGone = false
    /// One buffer for all tunnels; its content is handed on before the next read.
    private var buffer = [UInt8](repeating: 0, count: 32_768)
    private static let readsPerPump = 8

    init(connection: SSHConnection, name: String) {
        self.connection = connection
        self.name = name
        connection.onInput = { [weak self] in self?.pump() }
    }

    var isAlive: Bool { !isGone }

    /// Opens a tunnel to `host:port` when its turn has come: libssh2 opens one channel at a time.
    ///
    /// - Parameter isSilent: it ran into the deadline before, so that it stands behind all others and gets less time.
    func openTunnel(to host: String, port: Int, isSilent: Bool, deadlines: Deadlines) async throws(TroubleError)
        -> Tunnel
    {
        await turnstile.enter(last: isSilent)
        defer { turnstile.leave() }
        if let reason = lossReason { throw TroubleError(.lost(reason: reason)) }
        if Task.isCancelled { throw TroubleError(.cancelled) }
        let patience = isSilent ? deadlines.tunnelOfTheSilent : deadlines.tunnel
        let session = connection.session
        switch await connection.drive(until: .now + patience, { session.openTunnel(host: host, port: port) }) {
        case .done(let channel):
            let tunnel = Tunnel(jump: self, channel: channel)
            tunnels.append(tunnel)
            return tunnel
        case .failed(let failure):
            if let reason = lossReason {
                lose(reason)
                throw TroubleError(.lost(reason: reason))
            }
            if failure.message.contains("prohibited") { throw TroubleError(.forwardingForbidden(jump: name)) }
            throw TroubleError(.behindJump(jump: name, reason: session.openFailure ?? failure.message))
        case .timedOut:
            session.abandonOpen(host: host, port: port)
            connection.flush()
            if Task.isCancelled { throw TroubleError(.cancelled) }
            throw TroubleError(.timedOut(after: patience, behindJump: true))
        }
    }

    private var lossReason: String? { isGone ? (connection.endReason ?? "the session ended") : connection.endReason }

    func pump() {
        guard !isPumping, !isGone else { return }
        isPumping = true
        var unfinished = false
        for tunnel in tunnels where tunnel.isOpen {
            if read(tunnel) { unfinished = true }
        }
        for tunnel in tunnels where tunnel.isOpen { flush(tunnel) }
        closing.removeAll { channel in
            if case .again = connection.session.free(channel) { return false }
            return true
        }
        isPumping = false
        connection.flush()
        if let reason = connection.endReason, !isGone { return lose(reason) }
        if unfinished { _ = EventLoop.shared.schedule(at: .now) { [weak self] in self?.pump() } }
    }

    /// True when there may be more than was read now.
    private func read(_ tunnel: Tunnel) -> Bool {
        for _ in 0..<Self.readsPerPump where tunnel.isOpen {
            switch connection.session.read(tunnel.channel, into: &buffer) {
            case .done(0):
                if connection.session.isAtEnd(tunnel.channel) { tunnel.end("the device's side closed the connection") }
                return false
            case .done(let count): tunnel.onBytes?(buffer[..<count])
            case .again: return false
            case .failed(let failure):
                connection.note(failure)
                // The end of the whole session is told to all at once, the path first.
                if connection.endReason == nil { tunnel.end(failure.message) }
                return false
            }
        }
        return tunnel.isOpen
    }

    fileprivate func flush(_ tunnel: Tunnel) {
        while !tunnel.pending.isEmpty {
            guard case .done(let count) = tunnel.pending.withBytes({ connection.session.write(tunnel.channel, $0) })
            else { break }
            tunnel.pending.drop(count)
        }
        if !isPumping { connection.flush() }
    }

    fileprivate func close(_ tunnel: Tunnel) {
        tunnels.removeAll { $0 === tunnel }
        guard !isGone else { return }
        // Freeing waits for the other side's close; the next pumps ask again.
        if case .again = connection.session.free(tunnel.channel) { closing.append(tunnel.channel) }
        if !isPumping { connection.flush() }
    }

    private func lose(_ reason: String) {
        guard !isGone else { return }
        isGone = true
        onLost?(reason)
        for tunnel in tunnels { tunnel.end(reason) }
        tunnels = []
        connection.close()
    }

    func close() {
        onLost = nil
        lose("we closed it")
    }
}

/// A `direct-tcpip` channel through a jump host, as a stream for the session with the device behind it.
@NetworkActor
final class Tunnel: ByteStream {
    var onBytes: ((ArraySlice<UInt8>) -> Void)?
    var onEnd: ((String) -> Void)?
    let kernelRoundTripMilliseconds: Double? = nil

    let channel: ChannelHandle
    fileprivate var pending = ByteQueue()
    fileprivate private(set) var isOpen = true
    private weak var jump: JumpSession?

    init(jump: JumpSession, channel: ChannelHandle) {
        self.jump = jump
        self.channel = channel
    }

    func write(_ bytes: [UInt8]) {
        guard isOpen else { return }
        pending.append(bytes)
        jump?.flush(self)
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        onBytes = nil
        onEnd = nil
        jump?.close(self)
    }

    fileprivate func end(_ reason: String) {
        guard isOpen else { return }
        let tell = onEnd
        close()
        tell?(reason)
    }
}

/// Lets tasks through one at a time, in order of arrival, those marked last behind all others.
@NetworkActor
final class Turnstile {
    private var isBusy = false
    private var first: [CheckedContinuation<Void, Never>] = []
    private var last: [CheckedContinuation<Void, Never>] = []

    nonisolated init() {}

    func enter(last isLast: Bool = false) async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { continuation in
            if isLast { last.append(continuation) } else { first.append(continuation) }
        }
    }

    func leave() {
        if !first.isEmpty {
            first.removeFirst().resume()
        } else if !last.isEmpty {
            last.removeFirst().resume()
        } else {
            isBusy = false
        }
    }
}
