// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@testable @_spi(Reading) import NocturneTransport

/// The reader of the server's half of the key exchange.
struct KeyExchangeOfferTests {
    private func packet(_ lists: [String], before: String = "SSH-2.0-Test_1\r\n") -> [UInt8] {
        let names = lists.flatMap { WireWriter.string($0.utf8) }
        let payload = [20] + [UInt8](repeating: 7, count: 16) + names + [0, 0, 0, 0, 0]
        let padding = 8
        return Array(before.utf8) + WireWriter.uint32(payload.count + padding + 1) + [UInt8(padding)] + payload
            + [UInt8](repeating: 0, count: padding)
    }

    private let lists = [
        "curve25519-sha256,kex-strict-s-v00@openssh.com", "rsa-sha2-512,rsa-sha2-256", "aes128-ctr", "aes256-ctr",
        "hmac-sha2-256-etm@openssh.com", "hmac-sha2-256", "none", "none", "", "",
    ]

    @Test func readsListsAndSaysWhatIsMissing() throws {
        let offer = try #require(KeyExchangeOffer(firstBytes: packet(lists)))
        #expect(offer.identification == "SSH-2.0-Test_1")
        #expect(offer.keyExchange == ["curve25519-sha256"])
        let missing = Algorithms().missing(in: offer)
        #expect(missing.map(\.kind) == [.hostKey, .mac])
        let sentence = Sentences.of(
            .noCommonAlgorithm(
                missing: Dictionary(uniqueKeysWithValues: missing.map { ($0.kind.rawValue, $0.offered) }),
                identification: offer.identification))
        #expect(sentence.message.contains("no common MAC and host key with SSH-2.0-Test_1"))
        #expect(sentence.message.contains("lacks RSA-SHA2, ETM"))
        #expect(sentence.hint == "let its sshd also offer MAC hmac-sha2-256, host key ssh-ed25519")
    }

    @Test func linesBeforeTheIdentificationAreSkipped() {
        let bytes = packet(lists, before: "Welcome\r\nto the jump\nSSH-2.0-Test_2\n")
        #expect(KeyExchangeOffer(firstBytes: bytes)?.identification == "SSH-2.0-Test_2")
    }

    @Test func anythingCutShortIsNil() {
        let whole = packet(lists)
        // Without its padding a packet may do; with less it may not.
        for length in 0..<(whole.count - 8 - 5) {
            #expect(KeyExchangeOffer(firstBytes: Array(whole[..<length])) == nil)
        }
    }

    @Test func garbageIsNil() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(KeyExchangeOffer(firstBytes: Array("SSH-2.0-x\n".utf8) + [255, 255, 255, 255, 255] + noise) == nil)
        }
    }
}

struct BackoffTests {
    @Test func doublesToItsCeilingWithFullJitter() {
        var backoff = Backoff()
        var generator = SystemRandomNumberGenerator()
        var ceilings: [Duration] = []
        for _ in 0..<9 {
            ceilings.append(backoff.ceiling)
            let limit = backoff.ceiling
            let wait = backoff.next(using: &generator)
            #expect(wait <= limit && wait >= .milliseconds(100))
        }
        #expect(ceilings == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        backoff.reset()
        #expect(backoff.ceiling == .seconds(1))
    }

    @Test func devicesDoNotComeBackInStep() {
        var generator = SystemRandomNumberGenerator()
        let waits = (0..<50).map { _ in
            var backoff = Backoff()
            return backoff.next(using: &generator)
        }
        #expect(Set(waits).count > 10)
    }
}

struct AnswerCollectorTests {
    private func collect(_ chunks: [String], limit: Int = 1000, nonce: String = "abcd") -> AnswerCollector? {
        var collector = AnswerCollector(framing: ShellFraming(nonce: nonce), limit: limit)
        for chunk in chunks where collector.consume(Array(chunk.utf8)[...]) { return collector }
        return nil
    }

    @Test func cutAnywhereIsTheSame() throws {
        let text = "one\ntwo\n\nabcd 0\nnext"
        for cut in 1..<text.utf8.count - 5 {
            let collector = try #require(collect([String(text.prefix(cut)), String(text.dropFirst(cut))]))
            #expect(String(decoding: collector.kept, as: UTF8.self) == "one\ntwo\n\nabcd 0\n")
            #expect(collector.bytes == 16)
        }
        #expect(collect([text]).map { Array($0.rest) } == Array("next".utf8))
    }

    @Test func whatLooksLikeTheEndIsNot() {
        for line in ["abcd", "abcd x", "abcd 0x", "xabcd 0", "ABCD 0", "abcd  0"] {
            #expect(collect([line + "\n"]) == nil)
        }
    }

    @Test func pastTheLimitWholeLinesAreCutAndTheEndIsStillFound() throws {
        let lines = (0..<1000).map { "line \($0)\n" }.joined()
        let collector = try #require(collect([lines + "\nabcd 3\n"], limit: 100))
        #expect(collector.truncated)
        #expect(collector.bytes == lines.utf8.count + 8)
        let kept = String(decoding: collector.kept, as: UTF8.self)
        #expect(kept.hasPrefix("line 0\nline 1\n"))
        #expect(kept.hasSuffix("\nabcd 3\n"))
        #expect(kept.utf8.count < 120)
    }

    @Test func resultTellsOutputFromStatus() throws {
        let framing = ShellFraming(nonce: "abcd")
        func result(_ text: String) -> ShellResult? {
            ShellResult(
                Answer(
                    text: ScrubbedText(scrubbing: text), bytes: 0, took: .zero, at: UTC(milliseconds: 0),
                    truncated: false), framing: framing)
        }
        #expect(result("out\n\nabcd 0\n").map { $0.text } == "out\n")
        // Output without a newline at its end looks the same: the newline before the mark closed its line.
        #expect(result("out\nabcd 127\n").map { $0.text } == "out\n")
        #expect(result("out\nabcd 127\n").map { $0.status } == 127)
        #expect(result("\nabcd 1\n").map { $0.text } == "")
        #expect(result("out\n") == nil)
    }

    @Test func theNonceIsNeverSentWhole() {
        let framing = ShellFraming()
        #expect(!framing.wrap("show status").contains(framing.nonce))
        #expect(framing.nonce.count == 16)
    }
}

struct KeyFileTests {
    @Test func headingsTellTheCondition() {
        func condition(_ text: String) -> KeyFile.Condition { KeyFile(path: "k", text: text).condition }
        #expect(condition("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n") == .rsa)
        #expect(condition("-----BEGIN EC PRIVATE KEY-----\nAAAA\n") == .usable)
        #expect(condition("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n") == .encrypted)
        #expect(condition("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n") == .encrypted)
        #expect(condition("ssh-ed25519 AAAA me\n") == .notAKey)
        #expect(condition("-----BEGIN OPENSSH PRIVATE KEY-----\n!!!\n-----END OPENSSH PRIVATE KEY-----\n") == .notAKey)
        #expect(condition("") == .notAKey)
    }
}

struct SentencesTests {
    /// One of each, for what must hold for all of them.
    static let all: [Trouble] = {
        let key = PublicKey(blob: WireWriter.string("ssh-ed25519".utf8))
        let entry = KnownHosts.Entry(marker: .none, hosts: "a", key: key, file: "f", line: 1)
        return [
            .unsupportedPath(what: "x"), .noPath, .nameUnknown(host: "h", reason: "r"), .refused(address: "a"),
            .timedOut(after: .seconds(3), behindJump: false), .unreachable(reason: "r"),
            .forwardingForbidden(jump: "j"), .lost(reason: "r"), .closedBeforeIdentification,
            .tooManyConnections(text: "t"), .notSSH(firstLine: "l"),
            .noCommonAlgorithm(missing: ["MAC": ["x"]], identification: "i"),
            .handshakeTimedOut(after: .seconds(8), heardNothing: true),
            .handshakeTimedOut(after: .seconds(8), heardNothing: false), .handshakeFailed(reason: "r"),
            .hostKeyUnknown(key: key, name: "n", others: [], files: []), .hostKeyChanged(key: key, known: entry),
            .hostKeyRevoked(key: key, known: entry), .noIdentity(user: "u", tried: []),
            .keyRefused(user: "u", tried: ["k"], passedOver: []), .authenticationEnded(user: "u", tried: ["k"]),
            .authenticationTimedOut(after: .seconds(8)), .channelRefused(reason: "r"),
            .channelTimedOut(after: .seconds(5)), .shellRefused(reason: "r"), .shellEnded(said: ""),
            .noAnswer(question: "q", after: .seconds(1), bytes: 0), .channelEnded(said: ""),
            .sessionEnded(reason: "r"), .notOpen, .cancelled,
        ]
    }()

    @Test func everyTroubleHasAWordAndASentenceOfItsOwn() {
        let sentences = Self.all.map(Sentences.of)
        #expect(Set(sentences.map(\.code)).count == Self.all.count)
        #expect(Set(sentences.map(\.message)).count == Self.all.count)
        for sentence in sentences {
            #expect(!sentence.message.isEmpty)
            #expect(sentence.code.allSatisfy { $0.isLowercase || $0 == "-" || $0.isNumber })
            // What waits for a person says what the person can do.
            if !sentence.retries { #expect(sentence.hint != nil, "\(sentence.code)") }
        }
    }

    @Test(arguments: [
        ("Connection refused", "tcp-refused"), ("No route to host", "tcp-unreachable"),
        ("Network is unreachable", "tcp-unreachable"), ("Connection timed out", "tcp-timeout"),
        ("Name or service not known", "dns-failure"), ("open failed", "tcp-failed"),
    ])
    func whatTheJumpSays(reason: String, code: String) {
        let sentence = Sentences.of(.behindJump(jump: "ops@jump:22", reason: reason))
        #expect(sentence.code == code)
        #expect(sentence.rung == .tcp)
    }

    @Test func everyFaultOfAHopIsOneOfThePath() {
        let hop = SSHEndpoint(user: "ops", host: "2001:db8::1", port: 22)
        let site = Site(path: AccessPath(name: "jump", hops: [hop]), hop: hop)
        for trouble in Self.all {
            let fault = site.fault(trouble)
            #expect(fault.rung == .path)
            #expect(fault.place == "jump ops@[2001:db8::1]:22")
        }
    }
}
