// SPDX-License-Identifier: Apache-2.0

/// One exchange of bytes with a service, over a channel that the device forwards for us.
///
/// ```
/// open direct-tcpip ─▶ write ─▶ read until complete, its end, the limit or the deadline ─▶ close
///   │ prohibited: a missing right, thrown
///   └ refused, no route, no answer: an answer about the service
/// ```
///
/// The device's sshd makes the connection, so an address is what it is *there*: an anycast address means this node.
@NetworkActor
struct ForwardedExchange {
    let connection: SSHConnection
    let host: String
    let port: Int
    let deadline: Duration
    let limit: Int
    let closing: ClosingChannels

    func run(sending bytes: [UInt8], isComplete: @Sendable ([UInt8]) -> Bool) async throws(TroubleError)
        -> ForwardedAnswer
    {
        let session = connection.session
        let began = ContinuousClock.now
        let end = began + deadline
        let channel: ChannelHandle
        switch await connection.drive(until: end, { session.openTunnel(host: host, port: port) }) {
        case .done(let opened): channel = opened
        case .failed(let failure):
            if let reason = connection.endReason { throw TroubleError(.sessionEnded(reason: reason)) }
            if failure.message.contains("prohibited") {
                let place = (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
                throw TroubleError(.serviceForbidden(target: place))
            }
            return .silent(reason: Self.clause(session.openFailure ?? failure.message))
        case .timedOut:
            session.abandonOpen(host: host, port: port)
            connection.flush()
            return try silent()
        }
        defer { closing.free(channel, of: connection) }
        var output = ByteQueue()
        output.append(bytes)
        while !output.isEmpty {
            switch await connection.drive(until: end, { output.withBytes { session.write(channel, $0) } }) {
            case .done(let count): output.drop(count)
            case .failed: return try ended()
            case .timedOut: return try silent()
            }
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            switch await connection.drive(until: end, { session.read(channel, into: &buffer) }) {
            case .done(let count) where count > 0:
                received += buffer.prefix(min(count, limit - received.count))
                // A service that never stops sending never waits, so the clock is looked at here.
                if isComplete(received) || received.count >= limit || ContinuousClock.now >= end {
                    return .bytes(received, took: began.duration(to: .now))
                }
            case .done: return received.isEmpty ? try ended() : .bytes(received, took: began.duration(to: .now))
            case .failed: return try ended()
            case .timedOut: return try silent()
            }
        }
    }

    /// The deadline passed, or nobody waits any more.
    private func silent() throws(TroubleError) -> ForwardedAnswer {
        if let reason = connection.endReason { throw TroubleError(.sessionEnded(reason: reason)) }
        if Task.isCancelled { throw TroubleError(.cancelled) }
        return .silent(reason: "no answer within \(Sentences.words(deadline))")
    }

    private func ended() throws(TroubleError) -> ForwardedAnswer {
        if let reason = connection.endReason { throw TroubleError(.sessionEnded(reason: reason)) }
        return .silent(reason: "it closed the connection without an answer")
    }

    /// The peer's words as a clause: `Connection refused` becomes `connection refused`.
    private static func clause(_ reason: String) -> String {
        var words = String.quoting(reason)[...]
        if let rest = words.firstRange(of: "connect failed: ") { words = words[rest.upperBound...] }
        while words.last == "." { words = words.dropLast() }
        return words.isEmpty ? "it cannot be connected to" : words.prefix(1).lowercased() + words.dropFirst()
    }
}
