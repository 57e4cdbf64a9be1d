// SPDX-License-Identifier: Apache-2.0

import NocturneModel
@_spi(Reading) import NocturneTransport

/// Asks whoever answers at an address for its name: `id.server.` TXT CH over TCP, port 53 (RFC 4892).
///
/// The device itself connects, through a channel it forwards for us, so an anycast address is answered by what stands
/// behind *that* node and by nobody else. It tells apart the node that announces and answers from the one that
/// announces only.
///
/// ```swift
/// let answer = try await IdentityProbe(link: link).ask("198.51.100.81")   // .answered(by: "bkk06-dns", …)
/// ```
@NetworkActor
public struct IdentityProbe {
    private let link: any Link
    private let deadline: Duration

    public init(link: any Link, deadline: Duration = .seconds(2)) {
        self.link = link
        self.deadline = deadline
    }

    /// Throws when the device could not be made to ask, such as by a right that is missing.
    public func ask(_ address: String) async throws(Fault) -> ProbeAnswer {
        let id = UInt16.random(in: 1...UInt16.max)
        let answer = try await link.exchange(
            with: address, port: 53, sending: DNSMessage.query(id: id), deadline: deadline, limit: 4096
        ) { DNSMessage.isComplete($0) }
        switch answer {
        case .silent(let reason): return .silent(reason: reason)
        case .bytes(let bytes, let took):
            switch DNSMessage.parse(bytes, id: id) {
            case .identity(let name):
                // A stranger's words, on their way to a screen.
                let words = ScrubbedText(scrubbing: name).text.split(whereSeparator: \.isWhitespace)
                let by = words.joined(separator: " ").prefix(100)
                return .answered(by: String(by), milliseconds: took / .milliseconds(1))
            case .declined(let why): return .silent(reason: why)
            case .malformed(let why): return .silent(reason: why)
            }
        }
    }
}
