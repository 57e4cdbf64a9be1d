// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// A link that plays transcripts: the same interface as ``SSHLink``, no I/O, no waiting.
///
/// For tests of drivers and engine. An answer goes through the caller's framing and the same collector as a real one,
/// so a transcript must hold what the device would send, marks included.
///
/// ```swift
/// let link = EmbeddedLink { question in
///     question == "show status" ? .says("1000-BIRD 2.0.12\n0013 Daemon is up and running\n") : .silence
/// }
/// ```
@NetworkActor
public final class EmbeddedLink: Link {
    public enum Reply: Sendable {
        /// These bytes, as the device sends them.
        case says(String)
        case bytes([UInt8])
        /// A shell that ran a ``ShellFraming`` question: output and exit status, framed for the caller.
        case shell(String, status: Int)
        /// Nothing until the deadline, which passes at once.
        case silence
        /// The channel ends.
        case ends
        case fails(Fault)
    }

    public private(set) var reach = Reach(path: "embedded", carrier: "embedded")
    /// Every question asked of the held channel, in order.
    public private(set) var questions: [String] = []
    /// Every line run in the shell beside it, in order.
    public private(set) var commands: [String] = []
    /// Every service exchanged with, in order.
    public private(set) var exchanges: [String] = []
    /// What the shell beside the held channel says; as ``init(place:reply:)`` when nil.
    public var shell: (@Sendable (String) -> Reply)?
    /// What comes of an exchange, by `host:port` and the bytes sent; nobody listens when nil.
    public var service: (@Sendable (String, [UInt8]) throws(Fault) -> ForwardedAnswer)?
    /// When set, ``open(progress:)`` throws it.
    public var openFault: Fault?
    /// What the clock says when an answer is complete.
    public var now = UTC(milliseconds: 0)
    public private(set) var retries = 0

    private let place: String
    private let reply: @Sendable (String) -> Reply
    private var isHeld = false
    private var isClosed = false

    public nonisolated init(place: String = "embedded", reply: @escaping @Sendable (String) -> Reply) {
        self.place = place
        self.reply = reply
    }

    public func open(progress: @escaping @Sendable (Reach) -> Void) async throws(Fault) -> OpenOutcome {
        if let openFault {
            reach.fault = openFault
            reach.climbed = openFault.rung.index == 0 ? nil : Rung.allCases[openFault.rung.index - 1]
            throw openFault
        }
        if isClosed { throw fault("not-open", "the link is closed") }
        if isHeld { return .held }
        for rung in Rung.allCases where rung < .daemon {
            reach.climbed = rung
            progress(reach)
        }
        reach.fault = nil
        isHeld = true
        return .fresh
    }

    @_spi(Reading)
    public func ask(_ question: String, framing: any Framing, deadline: Duration, limit: Int) async throws(Fault)
        -> Answer
    {
        guard isHeld else { throw fault("not-open", "no shell is held on the device") }
        questions.append(question)
        let bytes: [UInt8]
        switch reply(question) {
        case .says(let text): bytes = Array(text.utf8)
        case .bytes(let raw): bytes = raw
        case .shell(let text, let status):
            let nonce = (framing as? ShellFraming)?.nonce ?? ""
            bytes = Array("\(text)\n\(nonce) \(status)\n".utf8)
        case .silence: throw drop("no-answer", "no answer to `\(question)` within \(deadline.milliseconds) ms")
        case .ends: throw drop("channel-ended", "the shell on the device ended")
        case .fails(let fault): throw fault
        }
        var collector = AnswerCollector(framing: framing, limit: limit)
        guard collector.consume(bytes[...]) else {
            throw drop("no-end", "no end of the answer to `\(question)` within \(deadline.milliseconds) ms")
        }
        return Answer(
            text: ScrubbedText(scrubbing: collector.kept), bytes: collector.bytes, took: .zero, at: now,
            truncated: collector.truncated)
    }

    @_spi(Reading)
    public func run(_ command: String, deadline: Duration, limit: Int) async throws(Fault)
        -> (result: ShellResult, answer: Answer)
    {
        guard reach.climbed != nil, !isClosed else { throw fault("not-open", "no session is held with the device") }
        commands.append(command)
        let framing = ShellFraming()
        let bytes: [UInt8]
        switch (shell ?? reply)(command) {
        case .says(let text): bytes = Array(text.utf8)
        case .bytes(let raw): bytes = raw
        case .shell(let text, let status): bytes = Array("\(text)\n\(framing.nonce) \(status)\n".utf8)
        case .silence: throw fault("no-answer", "no answer to `\(command)` within \(deadline.milliseconds) ms")
        case .ends: throw fault("channel-ended", "the shell on the device ended")
        case .fails(let fault): throw fault
        }
        var collector = AnswerCollector(framing: framing, limit: limit)
        let complete = collector.consume(bytes[...])
        let answer = Answer(
            text: ScrubbedText(scrubbing: collector.kept), bytes: collector.bytes, took: .zero, at: now,
            truncated: collector.truncated)
        guard complete, let result = ShellResult(answer, framing: framing) else {
            throw fault("no-end", "no end of the answer to `\(command)` within \(deadline.milliseconds) ms")
        }
        return (result, answer)
    }

    @_spi(Reading)
    public func exchange(
        with host: String, port: Int, sending bytes: [UInt8], deadline: Duration, limit: Int,
        isComplete: @Sendable ([UInt8]) -> Bool
    ) async throws(Fault) -> ForwardedAnswer {
        guard reach.climbed != nil, !isClosed else { throw fault("not-open", "no session is held with the device") }
        let place = (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
        exchanges.append(place)
        return try service?(place, bytes) ?? .silent(reason: "connection refused")
    }

    public func dropChannel() {
        isHeld = false
        if let climbed = reach.climbed, climbed > .auth { reach.climbed = .auth }
    }

    public func retryNow() { retries += 1 }

    public func close() async {
        isHeld = false
        isClosed = true
    }

    private func drop(_ code: String, _ message: String) -> Fault {
        dropChannel()
        let fault = fault(code, message)
        reach.fault = fault
        return fault
    }

    private func fault(_ code: String, _ message: String) -> Fault {
        Fault(rung: .prompt, code: code, place: place, message: message, retries: true)
    }
}
