// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One `/bin/sh` held open on a session: a question goes in, the answer comes back, framed by whoever asks.
///
/// A device's session carries several. Each has its own handle, its own unread bytes and its own end, so that one that
/// hangs or dies takes no other with it.
///
/// ```
/// open ─▶ exec /bin/sh ─▶ `:` answered ─▶ ask, ask, ask … ─▶ drop (by us, by a deadline, by its end)
/// ```
@NetworkActor
final class HeldChannel {
    private let connection: SSHConnection
    /// Nil once dropped: a freed channel is freed memory, and no call may touch it.
    private(set) var handle: ChannelHandle?
    /// What came between two questions.
    private var unread: [UInt8] = []
    /// From the last byte of the latest question to the first of its answer.
    private(set) var roundTrip: Duration?

    private static let unreadLimit = 65_536
    private static let readSize = 32_768

    private init(connection: SSHConnection, handle: ChannelHandle) {
        self.connection = connection
        self.handle = handle
    }

    /// Opens a channel, starts a shell on it and waits for that shell's first answer.
    static func open(on connection: SSHConnection, deadlines: Deadlines, closing: ClosingChannels)
        async throws(TroubleError) -> HeldChannel
    {
        let session = connection.session
        let deadline = ContinuousClock.now + deadlines.channel
        func late() -> TroubleError {
            TroubleError(Task.isCancelled ? .cancelled : .channelTimedOut(after: deadlines.channel))
        }
        func reason(_ failure: SansIOSession.Failure) -> String { connection.endReason ?? .quoting(failure.message) }
        let channel: HeldChannel
        switch await connection.drive(until: deadline, { session.openSession() }) {
        case .done(let opened): channel = HeldChannel(connection: connection, handle: opened)
        case .failed(let failure): throw TroubleError(.channelRefused(reason: reason(failure)))
        case .timedOut:
            // Nothing else could be opened on the session while this open is pending.
            session.abandonOpen { session.openSession() }
            connection.flush()
            throw late()
        }
        do throws(TroubleError) {
            switch await connection.drive(until: deadline, { channel.step { session.execute("/bin/sh", on: $0) } }) {
            case .done: break
            case .failed(let failure): throw TroubleError(.shellRefused(reason: reason(failure)))
            case .timedOut: throw late()
            }
            do throws(TroubleError) {
                _ = try await channel.ask(":", framing: ShellFraming(), deadline: deadlines.prompt, limit: 4096)
            } catch {
                if case .channelEnded(let said) = error.trouble { throw TroubleError(.shellEnded(said: said)) }
                throw error
            }
        } catch {
            channel.drop(into: closing)
            throw error
        }
        return channel
    }

    func ask(_ question: String, framing: any Framing, deadline: Duration, limit: Int)
        async throws(TroubleError) -> Answer
    {
        let session = connection.session
        let began = ContinuousClock.now
        let end = began + deadline
        var collector = AnswerCollector(framing: framing, limit: limit)
        try await write(framing.wrap(question), until: end, question, deadline)
        var buffer = [UInt8](repeating: 0, count: Self.readSize)
        var early = unread[...]
        unread = []
        roundTrip = nil
        var reads = 0
        while true {
            let complete: Bool
            if !early.isEmpty {
                complete = collector.consume(early)
                early = []
            } else {
                let step = await connection.drive(until: end) { self.step { session.read($0, into: &buffer) } }
                guard case .done(let count) = step, count > 0 else {
                    throw TroubleError(trouble(step, collector, question, deadline))
                }
                if roundTrip == nil { roundTrip = began.duration(to: .now) }
                complete = collector.consume(buffer[..<count])
            }
            if complete {
                unread = Array(collector.rest)
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
        let session = connection.session
        var output = ByteQueue()
        output.append(text.utf8)
        while !output.isEmpty {
            let step = await connection.drive(until: end) {
                self.step { channel in output.withBytes { session.write(channel, $0) } }
            }
            guard case .done(let count) = step else {
                throw TroubleError(
                    trouble(step, AnswerCollector(framing: ShellFraming(), limit: 0), question, deadline))
            }
            output.drop(count)
        }
    }

    /// A channel dropped by somebody while its task waited is freed memory: no call may touch it.
    private func step<Value>(_ call: (ChannelHandle) -> SansIOSession.Step<Value>) -> SansIOSession.Step<Value> {
        guard let handle else { return .failed(SansIOSession.Failure(code: 0, message: "the channel was dropped")) }
        return call(handle)
    }

    private func trouble(
        _ step: SSHConnection.Driven<Int>, _ collector: AnswerCollector, _ question: String, _ deadline: Duration
    ) -> Trouble {
        if let reason = connection.endReason { return .sessionEnded(reason: reason) }
        switch step {
        case .timedOut:
            return Task.isCancelled
                ? .cancelled : .noAnswer(question: short(question), after: deadline, bytes: collector.bytes)
        case .failed, .done:
            let said = collector.kept.suffix(400) + collector.unfinished.prefix(200)
            return .channelEnded(said: .quoting(String(decoding: said, as: UTF8.self)))
        }
    }

    private func short(_ question: String) -> String {
        let line = question.split(whereSeparator: \.isNewline).first ?? ""
        return line.count > 60 ? line.prefix(59) + "…" : String(line)
    }

    // MARK: Between questions

    /// Keeps what came while nobody asked, and answers key renewals. False when the channel has ended.
    func readAhead() -> Bool {
        guard let handle else { return false }
        var buffer = [UInt8](repeating: 0, count: Self.readSize)
        while unread.count < Self.unreadLimit {
            switch connection.session.read(handle, into: &buffer) {
            case .again: return true
            case .done(let count) where count > 0: unread += buffer.prefix(count)
            // The end of the whole session is told by whoever holds it.
            case .done, .failed: return connection.endReason != nil
            }
        }
        connection.session.turnOver(handle)
        return true
    }

    /// Lets go of it; freeing waits for the other side's close, so `closing` asks again.
    func drop(into closing: ClosingChannels) {
        guard let handle else { return }
        self.handle = nil
        unread = []
        closing.free(handle, of: connection)
    }

    /// The session is gone, and every channel with it.
    func forget() {
        handle = nil
        unread = []
    }
}

/// Channels that were let go of and whose other side has not closed yet.
@NetworkActor
final class ClosingChannels {
    private var handles: [ChannelHandle] = []

    nonisolated init() {}

    func free(_ handle: ChannelHandle, of connection: SSHConnection) {
        if case .again = connection.session.free(handle) { handles.append(handle) }
        connection.flush()
        // A question under way learns that its channel is gone.
        connection.signal.raise()
    }

    /// After an arrival: some of them may be free now.
    func turnOver(_ connection: SSHConnection) {
        handles.removeAll { handle in
            if case .again = connection.session.free(handle) { return false }
            return true
        }
    }

    func forget() { handles = [] }
}
