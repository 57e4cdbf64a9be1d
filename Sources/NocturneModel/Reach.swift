// SPDX-License-Identifier: Apache-2.0

/// The steps from here to an answer of a device's daemon; the first that fails is what is wrong.
///
/// ```
/// path ▸ tcp ▸ algo ▸ key ▸ auth ▸ prompt ▸ daemon
/// ```
public enum Rung: String, Hashable, Comparable, Sendable, Codable, CaseIterable {
    /// A way in is alive: the jump host answers and let us in.
    case path
    /// The device accepts a connection.
    case tcp
    /// Both sides share key exchange, cipher and MAC.
    case algo
    /// The host key is the known one.
    case key
    /// The device let us in.
    case auth
    /// A shell or command line answers.
    case prompt
    /// The routing daemon answers and may be asked.
    case daemon

    public var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (lhs: Rung, rhs: Rung) -> Bool { lhs.index < rhs.index }
}

/// Why a device, or the way to it, cannot be observed.
///
/// Four sentences for a person at 3 in the morning: what happened, where on the path, what we did, what to do.
public struct Fault: Hashable, Sendable, Codable, Error {
    /// The rung that failed.
    public var rung: Rung
    /// A stable word for programs and for grouping, such as `tcp-timeout` or `host-key-unknown`.
    public var code: String
    /// Where on the path: `jump ops@192.0.2.1:22`, `bkk00 10.155.255.4:22`.
    public var place: String
    /// What happened, in a sentence.
    public var message: String
    /// What the reader can do, in a sentence; nil when nothing but waiting helps.
    public var hint: String?
    /// Whether trying again by itself can help. A refused key or a changed host key waits for a person.
    public var retries: Bool

    public init(rung: Rung, code: String, place: String, message: String, hint: String? = nil, retries: Bool) {
        self.rung = rung
        self.code = code
        self.place = place
        self.message = message
        self.hint = hint
        self.retries = retries
    }

    /// Where and what in one line: `jump ops@192.0.2.1:22: no answer within 5 s`.
    public var sentence: String { place.isEmpty ? message : "\(place): \(message)" }
}

/// How far up the ladder a device is, and what it takes.
public struct Reach: Hashable, Sendable, Codable {
    /// The highest rung climbed; nil when not even the path stands.
    public var climbed: Rung?
    /// Why it is not higher, once that is known.
    public var fault: Fault?
    /// The path in use, by its name in the inventory.
    public var path: String?
    /// What carries the session, such as `libssh2`.
    public var carrier: String?
    /// Round trip to the device over the path, in milliseconds, measured by its questions.
    public var roundTripMilliseconds: Double?
    /// Key exchange, host key, cipher and MAC in use.
    public var algorithms: String?
    /// When the next attempt is due; nil when connected or when only a person can help.
    public var retryAt: UTC?
    public var attempts: Int
    /// The command that answers on the device, such as `sudo -n /usr/sbin/birdc -r -v`, once one is held.
    public var client: String?

    public init(
        climbed: Rung? = nil, fault: Fault? = nil, path: String? = nil, carrier: String? = nil,
        roundTripMilliseconds: Double? = nil, algorithms: String? = nil, retryAt: UTC? = nil, attempts: Int = 0,
        client: String? = nil
    ) {
        self.climbed = climbed
        self.fault = fault
        self.path = path
        self.carrier = carrier
        self.roundTripMilliseconds = roundTripMilliseconds
        self.algorithms = algorithms
        self.retryAt = retryAt
        self.attempts = attempts
        self.client = client
    }

    /// Whether every rung stands.
    public var complete: Bool { climbed == .daemon && fault == nil }
}
