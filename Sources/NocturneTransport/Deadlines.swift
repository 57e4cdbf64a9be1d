// SPDX-License-Identifier: Apache-2.0

/// How long each step may take, in one place.
///
/// Together they bound a climb: no device holds its caller longer than their sum, whatever it does.
public struct Deadlines: Hashable, Sendable {
    public var resolve: Duration = .seconds(5)
    /// TCP to the jump host, over all its addresses.
    public var connect: Duration = .seconds(5)
    /// The next address is tried beside the first after this long (RFC 8305, section 5).
    public var nextAddress: Duration = .milliseconds(250)
    public var handshake: Duration = .seconds(8)
    public var authentication: Duration = .seconds(8)
    /// A tunnel through the jump: while one is being opened the others wait, so this is short.
    public var tunnel: Duration = .seconds(3)
    /// The same for a device that ran into it before: it goes last in the queue and gets less.
    public var tunnelOfTheSilent: Duration = .milliseconds(1000)
    /// The session channel and the start of the shell, slow login scripts included.
    public var channel: Duration = .seconds(5)
    /// The shell's first answer.
    public var prompt: Duration = .seconds(8)

    public init() {}
}

/// Waiting times between attempts: full jitter over a doubling ceiling, so that many devices behind one fault do not
/// come back in step.
struct Backoff: Hashable, Sendable {
    static let first: Duration = .seconds(1)
    static let last: Duration = .seconds(60)

    private(set) var attempts = 0

    /// The longest wait after the next failure.
    var ceiling: Duration { min(Self.last, Self.first * (1 << min(attempts, 6))) }

    /// A wait for the failure that just happened. Never below a tenth of a second, so that chance cannot make it a
    /// busy loop.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let limit = ceiling.milliseconds
        attempts += 1
        return .milliseconds(Int64.random(in: min(100, limit)...limit, using: &generator))
    }

    mutating func reset() { attempts = 0 }
}
