// SPDX-License-Identifier: Apache-2.0

import CLibSSH2
import NocturneModel

/// From a connected stream to a session that let us in: key exchange, host key, user key.
@NetworkActor
struct Login {
    let connection: SSHConnection
    let endpoint: SSHEndpoint
    let deadlines: Deadlines
    let knownHosts: KnownHosts

    /// A connection over `stream` that prefers the host key types known for `endpoint`.
    init(over stream: any ByteStream, to endpoint: SSHEndpoint, deadlines: Deadlines, knownHosts: KnownHosts) {
        let types = knownHosts.keyTypes(host: endpoint.host, port: endpoint.port, alias: endpoint.hostKeyAlias)
        connection = SSHConnection(stream: stream, algorithms: Algorithms(knownHostKeyTypes: types))
        self.endpoint = endpoint
        self.deadlines = deadlines
        self.knownHosts = knownHosts
    }

    private var session: SansIOSession { connection.session }

    /// Tells each rung as it is reached. The connection is closed when this throws.
    func run(progress: (Rung) -> Void) async throws(TroubleError) {
        do throws(TroubleError) {
            try await handshake()
            progress(.algo)
            try checkHostKey()
            progress(.key)
            try await authenticate()
            progress(.auth)
        } catch {
            connection.close()
            throw error
        }
    }

    // MARK: Key exchange

    private func handshake() async throws(TroubleError) {
        let step = await connection.drive(until: .now + deadlines.handshake) { session.handshake() }
        switch step {
        case .done: return
        case .timedOut where Task.isCancelled: throw TroubleError(.cancelled)
        case .timedOut:
            let text = String(decoding: session.preamble, as: UTF8.self)
            if !text.isEmpty, !speaksSSH(text) { throw TroubleError(.notSSH(firstLine: Self.firstLine(text))) }
            throw TroubleError(.handshakeTimedOut(after: deadlines.handshake, heardNothing: text.isEmpty))
        case .failed(let failure):
            throw TroubleError(explain(failure))
        }
    }

    private func explain(_ failure: SansIOSession.Failure) -> Trouble {
        if let offer = KeyExchangeOffer(firstBytes: session.preamble) {
            let missing = session.algorithms.missing(in: offer)
            if !missing.isEmpty {
                return .noCommonAlgorithm(
                    missing: Dictionary(uniqueKeysWithValues: missing.map { ($0.kind.rawValue, $0.offered) }),
                    identification: ScrubbedText(scrubbing: offer.identification).text)
            }
        }
        let text = String(decoding: session.preamble, as: UTF8.self)
        if text.isEmpty, connection.endReason != nil { return .closedBeforeIdentification }
        if !text.isEmpty, !speaksSSH(text) {
            let line = Self.firstLine(text)
            let turnedAway = ["Exceeded MaxStartups", "Not allowed at this time"].contains { line.contains($0) }
            return turnedAway ? .tooManyConnections(text: line) : .notSSH(firstLine: line)
        }
        return .handshakeFailed(reason: connection.endReason ?? ScrubbedText(scrubbing: failure.message).text)
    }

    private func speaksSSH(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("SSH-") }
    }

    private static func firstLine(_ text: String) -> String {
        String((ScrubbedText(scrubbing: text.prefix(4096).description).lines.first ?? "").prefix(100))
    }

    // MARK: Host key

    /// Strict: only a key that is known and not revoked goes on. Nothing is ever learnt by itself.
    private func checkHostKey() throws(TroubleError) {
        let key = PublicKey(blob: session.hostKey)
        let verdict = knownHosts.check(
            host: endpoint.host, port: endpoint.port, alias: endpoint.hostKeyAlias, key: key)
        switch verdict {
        case .match: return
        case .changed(let known): throw TroubleError(.hostKeyChanged(key: key, known: known))
        case .revoked(let known): throw TroubleError(.hostKeyRevoked(key: key, known: known))
        case .unknown(let others):
            let name = KnownHosts.name(host: endpoint.host, port: endpoint.port, alias: endpoint.hostKeyAlias)
            throw TroubleError(.hostKeyUnknown(key: key, name: name, others: others, files: endpoint.knownHosts))
        }
    }

    // MARK: User key

    private func authenticate() async throws(TroubleError) {
        let deadline = ContinuousClock.now + deadlines.authentication
        let offers = await Identities.collect(for: endpoint, until: deadline)
        guard !offers.keys.isEmpty else {
            throw TroubleError(.noIdentity(user: endpoint.user, tried: offers.passedOver))
        }
        var tried: [String] = []
        for key in offers.keys {
            tried.append(key.description)
            switch await attempt(key, until: deadline) {
            case .done: return
            case .timedOut:
                throw TroubleError(
                    Task.isCancelled ? .cancelled : .authenticationTimedOut(after: deadlines.authentication))
            case .failed:
                if connection.endReason != nil {
                    throw TroubleError(.authenticationEnded(user: endpoint.user, tried: tried))
                }
            }
        }
        throw TroubleError(.keyRefused(user: endpoint.user, tried: tried, passedOver: offers.passedOver))
    }

    private func attempt(_ key: Identities.Key, until deadline: ContinuousClock.Instant) async
        -> SSHConnection.Driven<Void>
    {
        switch key {
        case .file(let file):
            return await connection.drive(until: deadline) {
                session.authenticate(user: endpoint.user, keyFile: file.path)
            }
        case .agent(let publicKey, let agent):
            let signer = AgentSigner(agent: agent, key: publicKey, deadline: deadline, signal: connection.signal)
            return await connection.drive(until: deadline) {
                session.authenticate(user: endpoint.user, publicKey: publicKey.blob) { signer.signature(over: $0) }
            }
        }
    }
}

/// One signature by the agent: asked for once, however often libssh2 asks whether it is there.
@NetworkActor
private final class AgentSigner {
    private let agent: AgentClient
    private let key: PublicKey
    private let deadline: ContinuousClock.Instant
    private let signal: Signal
    private var state: Signing?

    init(agent: AgentClient, key: PublicKey, deadline: ContinuousClock.Instant, signal: Signal) {
        self.agent = agent
        self.key = key
        self.deadline = deadline
        self.signal = signal
    }

    func signature(over data: [UInt8]) -> Signing {
        if let state { return state }
        state = .pending
        Task { @NetworkActor in
            do throws(AgentClient.Unavailable) {
                state = .made(try await agent.sign(data, with: key, until: deadline))
            } catch {
                state = .refused
            }
            signal.raise()
        }
        return .pending
    }
}
