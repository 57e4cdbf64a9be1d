// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One device's session: climbs to a held channel, keeps it, and asks framed questions over it.
///
/// Everything is confined to the network thread. The real one speaks SSH; the embedded twin plays transcripts.
@NetworkActor
public protocol Link: AnyObject, Sendable {
    /// How far it is, as of now.
    var reach: Reach { get }

    /// Makes sure a shell is held on the device, climbing the ladder when it is not, and says whether it is a new one.
    ///
    /// Throws at once while in back-off. `progress` hears of each rung.
    func open(progress: @escaping @Sendable (Reach) -> Void) async throws(Fault) -> OpenOutcome

    /// Sends bytes into the held channel and collects the answer until `framing` says it is complete.
    ///
    /// One question at a time. When the deadline passes or the channel ends, the channel is dropped (the session is
    /// kept) and the fault says so. An answer longer than `limit` bytes is read to its end and cut.
    @_spi(Reading)
    func ask(_ question: String, framing: any Framing, deadline: Duration, limit: Int) async throws(Fault) -> Answer

    /// Runs one line in a second held channel, a plain shell of its own, for questions to the host.
    ///
    /// Opened on first use and opened anew after it ended. A line that hangs, or a shell that dies, takes neither the
    /// channel of ``ask(_:framing:deadline:limit:)`` nor ``reach`` with it. Needs ``open(progress:)`` before.
    @_spi(Reading)
    func run(_ command: String, deadline: Duration, limit: Int) async throws(Fault)
        -> (result: ShellResult, answer: Answer)

    /// Sends bytes to `host:port` as the device itself sees them, through a channel forwarded over its session
    /// (`direct-tcpip`, RFC 4254, section 7.2), and collects what comes back until `isComplete` or the end.
    ///
    /// That the service does not answer is an answer about the service; that the device does not forward for us is a
    /// missing right and thrown. The channel is closed after the exchange. Needs ``open(progress:)`` before.
    @_spi(Reading)
    func exchange(
        with host: String, port: Int, sending bytes: [UInt8], deadline: Duration, limit: Int,
        isComplete: @Sendable ([UInt8]) -> Bool
    ) async throws(Fault) -> ForwardedAnswer

    /// Drops the held channel; the next ``open(progress:)`` starts a fresh one on the same session.
    func dropChannel()

    /// Forgets back-off.
    func retryNow()

    func close() async
}

/// Whether ``Link/open(progress:)`` found the channel as it was left.
public enum OpenOutcome: Sendable { case held, fresh }

/// What came of an exchange with a service behind the device.
public enum ForwardedAnswer: Hashable, Sendable {
    /// All it sent, until it was complete, it closed, or the limit was reached.
    case bytes([UInt8], took: Duration)
    /// Nobody, or nothing whole, and in what way not: `connection refused`, `no route to host`, `no answer within 2 s`.
    case silent(reason: String)
}

/// A complete answer.
public struct Answer: Sendable {
    public var text: ScrubbedText
    /// Raw bytes read for it.
    public var bytes: Int
    public var took: Duration
    public var at: UTC
    /// It was longer than the limit and was cut.
    public var truncated: Bool

    public init(text: ScrubbedText, bytes: Int, took: Duration, at: UTC, truncated: Bool) {
        self.text = text
        self.bytes = bytes
        self.took = took
        self.at = at
        self.truncated = truncated
    }
}

/// Finds the end of an answer in a stream of lines.
public protocol Framing: Sendable {
    /// What is sent for a question: the bytes themselves, newline and marks included.
    func wrap(_ question: String) -> String

    /// Looks at one line of the answer, without its newline.
    mutating func consume(_ line: some Collection<UInt8>) -> FramingVerdict
}

public enum FramingVerdict: Hashable, Sendable {
    /// Belongs to the answer.
    case keep
    /// An echo, a prompt or a mark: not part of the answer.
    case skip
    /// The last line, and whether it belongs to the answer.
    case end(keep: Bool)
}
