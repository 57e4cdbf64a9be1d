// SPDX-License-Identifier: Apache-2.0

import CLibSSH2

/// A session and the stream that carries it: feeds the one from the other and lets a task drive it step by step.
///
/// The same class speaks to the jump host over a socket and to a device over a tunnel.
@NetworkActor
final class SSHConnection {
    enum Driven<Value> {
        case done(Value)
        case failed(SansIOSession.Failure)
        /// The deadline passed, or the task was cancelled.
        case timedOut
    }

    let session: SansIOSession
    let stream: any ByteStream
    /// Why the stream ended, once it has.
    private(set) var endReason: String?
    /// Called after each arrival of bytes, and after the end.
    var onInput: (() -> Void)?
    /// Something arrived, or something was signed: the driven step is worth calling again.
    let signal = Signal()

    init(stream: any ByteStream, algorithms: Algorithms) {
        self.stream = stream
        session = SansIOSession(algorithms: algorithms)
        stream.onBytes = { [weak self] bytes in
            guard let self else { return }
            session.receive(bytes)
            arrived()
        }
        stream.onEnd = { [weak self] reason in
            guard let self else { return }
            endReason = endReason ?? reason
            session.receiveEnd()
            arrived()
        }
    }

    private func arrived() {
        onInput?()
        flush()
        signal.raise()
    }

    /// Hands the session's output to the stream.
    func flush() {
        let output = session.takeOutput()
        if !output.isEmpty { stream.write(output) }
    }

    /// Calls `step` until it no longer asks for more bytes.
    func drive<Value>(until deadline: ContinuousClock.Instant, _ step: () -> SansIOSession.Step<Value>)
        async -> Driven<Value>
    {
        while true {
            let result = step()
            flush()
            switch result {
            case .done(let value): return .done(value)
            case .failed(let failure):
                note(failure)
                return .failed(failure)
            case .again: if !(await signal.wait(until: deadline)) { return .timedOut }
            }
        }
    }

    /// A session can be over before its stream is: the goodbye comes first.
    func note(_ failure: SansIOSession.Failure) {
        guard failure.endsSession, endReason == nil else { return }
        endReason = failure.code == LIBSSH2_ERROR_SOCKET_DISCONNECT ? "the other side ended it" : failure.message
    }

    func close() {
        onInput = nil
        if endReason == nil {
            session.disconnect()
            flush()
        }
        session.free()
        stream.close()
        if endReason == nil { endReason = "we closed it" }
        signal.raise()
    }
}
