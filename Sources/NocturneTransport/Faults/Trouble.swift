// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What can go wrong on the way to a device, as data; ``Sentences`` makes the words.
///
/// Cases hold what was seen. Where it was seen is a ``Site``, so that the same trouble reads right for a jump host and
/// for a device behind it.
enum Trouble: Hashable, Sendable {
    // path and tcp
    case unsupportedPath(what: String)
    case noPath
    case nameUnknown(host: String, reason: String)
    case refused(address: String)
    case timedOut(after: Duration, behindJump: Bool)
    case unreachable(reason: String)
    case forwardingForbidden(jump: String)
    case behindJump(jump: String, reason: String)
    case lost(reason: String)
    // algo
    case closedBeforeIdentification
    case tooManyConnections(text: String)
    case notSSH(firstLine: String)
    case noCommonAlgorithm(missing: [String: [String]], identification: String)
    case handshakeTimedOut(after: Duration, heardNothing: Bool)
    case handshakeFailed(reason: String)
    // key
    case hostKeyUnknown(key: PublicKey, name: String, others: [KnownHosts.Entry], files: [String])
    case hostKeyChanged(key: PublicKey, known: KnownHosts.Entry)
    case hostKeyRevoked(key: PublicKey, known: KnownHosts.Entry)
    // auth
    case noIdentity(user: String, tried: [String])
    case keyRefused(user: String, tried: [String], passedOver: [String])
    case authenticationEnded(user: String, tried: [String])
    case authenticationTimedOut(after: Duration)
    // prompt
    case channelRefused(reason: String)
    case channelTimedOut(after: Duration)
    case shellRefused(reason: String)
    case shellEnded(said: String)
    case noAnswer(question: String, after: Duration, bytes: Int)
    case channelEnded(said: String)
    case sessionEnded(reason: String)
    case serviceForbidden(target: String)
    case notOpen
    case cancelled
}

extension String {
    /// Somebody else's words for a sentence of ours: scrubbed, on one line, not too long.
    static func quoting(_ text: some StringProtocol) -> String {
        let words = ScrubbedText(scrubbing: String(text)).text.split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ")
        return line.count > 300 ? line.prefix(299) + "…" : line
    }
}

/// Where on the path something happened.
struct Site: Hashable, Sendable {
    /// `jump ops@192.0.2.1:22`, `bkk00 10.155.255.4:22`
    var place: String
    /// A hop of the path rather than the device: every fault of it is one of the path.
    var isHop: Bool

    init(device: Device) {
        let endpoint = device.endpoint
        place = "\(device.name) \(Self.address(endpoint))"
        isHop = false
    }

    init(path: AccessPath, hop: SSHEndpoint) {
        place = "\(path.name) \(hop)"
        isHop = true
    }

    static func address(_ endpoint: SSHEndpoint) -> String {
        (endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host) + ":\(endpoint.port)"
    }

    func fault(_ trouble: Trouble) -> Fault {
        let sentence = Sentences.of(trouble)
        return Fault(
            rung: isHop ? .path : sentence.rung, code: sentence.code, place: place, message: sentence.message,
            hint: sentence.hint, retries: sentence.retries)
    }
}
