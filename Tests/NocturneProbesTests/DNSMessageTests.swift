// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@testable import NocturneProbes
@testable @_spi(Reading) import NocturneTransport

/// The answer of a name server, whole and broken in every way.
@Suite struct DNSMessageTests {
    private static let question: [UInt8] = [
        2, 0x69, 0x64, 6, 0x73, 0x65, 0x72, 0x76, 0x65, 0x72, 0, 0, 16, 0, 3,
    ]

    static func framed(_ message: [UInt8]) -> [UInt8] {
        [UInt8(message.count >> 8), UInt8(message.count & 0xFF)] + message
    }

    /// An answer to `id` with one TXT record, whose name is a pointer to the question.
    static func answer(
        id: UInt16 = 0x1234, flags: UInt16 = 0x8400, answers: UInt8 = 1, name: [UInt8] = [0xC0, 12],
        data: [UInt8] = [5] + Array("bkk06".utf8)
    ) -> [UInt8] {
        var message: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xFF), UInt8(flags >> 8), UInt8(flags & 0xFF)]
        message += [0, 1, 0, answers, 0, 0, 0, 0] + question
        if answers > 0 {
            message += name + [0, 16, 0, 3, 0, 0, 0, 0, UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
        }
        return framed(message)
    }

    @Test func theQuestionIsAsTheStandardsWantIt() {
        #expect(
            DNSMessage.query(id: 0x1234)
                == [0, 27, 0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0] + Self.question)
    }

    @Test func theNameIsRead() {
        #expect(DNSMessage.parse(Self.answer(), id: 0x1234) == .identity("bkk06"))
        let two = Self.answer(data: [3] + Array("bkk".utf8) + [2] + Array("06".utf8))
        #expect(DNSMessage.parse(two, id: 0x1234) == .identity("bkk06"))
        // The name written out, and a pointer that points at itself: it is not followed.
        let long = Self.answer(name: Array(Self.question.dropLast(4)))
        #expect(DNSMessage.parse(long, id: 0x1234) == .identity("bkk06"))
        #expect(DNSMessage.parse(Self.answer(name: [0xC0, 27]), id: 0x1234) == .identity("bkk06"))
        #expect(DNSMessage.parse(Self.answer(data: [0]), id: 0x1234) == .identity(""))
    }

    @Test(arguments: [(UInt16(0x8405), "REFUSED"), (0x8403, "NXDOMAIN"), (0x8402, "SERVFAIL"), (0x840B, "RCODE 11")])
    func aRefusalIsNamed(_ flags: UInt16, _ name: String) {
        #expect(DNSMessage.parse(Self.answer(flags: flags, answers: 0), id: 0x1234) == .declined(name))
    }

    @Test func noRecordIsNoAnswer() {
        #expect(
            DNSMessage.parse(Self.answer(answers: 0), id: 0x1234) == .declined("no TXT record in the answer"))
    }

    @Test func somebodyElsesAnswerIsNone() {
        for bytes in [
            Self.answer(id: 0x4321), Self.answer(flags: 0x0400), Self.answer(flags: 0x8600),
            Self.answer(data: [9, 0x61]), Self.answer(data: []), Self.answer(name: [0x80, 1]), [0, 3, 1, 2, 3], [0, 0],
            [], [0],
        ] {
            guard case .malformed(let why) = DNSMessage.parse(bytes, id: 0x1234) else {
                Issue.record("\(bytes) was taken for an answer")
                continue
            }
            #expect(!why.isEmpty)
        }
    }

    /// Cut at every byte, and with every byte changed: it may be anything but a crash.
    @Test func nothingHostileBreaksIt() {
        let whole = Self.answer(name: Array(Self.question.dropLast(4)))
        for end in 0..<whole.count {
            let cut = DNSMessage.parse(Array(whole[..<end]), id: 0x1234)
            #expect(cut == .malformed("the answer is cut"))
            // The length is right and the rest is missing.
            if case .identity = DNSMessage.parse(Self.framed(Array(whole[2..<max(2, end)])), id: 0x1234) {
                Issue.record("cut at \(end), and taken for whole")
            }
        }
        var read = 0
        for index in whole.indices {
            for value in [UInt8(0), 1, 0x3F, 0x40, 0x7F, 0x80, 0xC0, 0xFF] {
                var bytes = whole
                bytes[index] = value
                if case .identity = DNSMessage.parse(bytes, id: 0x1234) { read += 1 }
            }
        }
        #expect(read < whole.count * 8)
    }
}

@NetworkActor
@Suite struct IdentityProbeTests {
    private func ask(
        _ service: @escaping @Sendable (String, [UInt8]) throws(Fault) -> ForwardedAnswer
    ) async throws -> (answer: ProbeAnswer, link: EmbeddedLink) {
        let link = EmbeddedLink { _ in .silence }
        link.service = service
        _ = try await link.open { _ in }
        return (try await IdentityProbe(link: link).ask("198.51.100.81"), link)
    }

    @Test func whoAnswersIsNamed() async throws {
        let (answer, link) = try await ask { _, sent throws(Fault) in
            let id = UInt16(sent[2]) << 8 | UInt16(sent[3])
            return .bytes(
                DNSMessageTests.answer(id: id, data: [7] + Array("a\u{1B}[2J b".utf8).prefix(7)), took: .milliseconds(4)
            )
        }
        guard case .answered(let by, let milliseconds) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(by.hasPrefix("a"))
        #expect(!by.contains("\u{1B}"))
        #expect(milliseconds == 4)
        #expect(link.exchanges == ["198.51.100.81:53"])
    }

    @Test func whoDoesNotIsSilentWithAReason() async throws {
        let refused = try await ask { _, _ throws(Fault) in .silent(reason: "connection refused") }
        #expect(refused.answer == .silent(reason: "connection refused"))
        let declined = try await ask { _, sent throws(Fault) in
            let id = UInt16(sent[2]) << 8 | UInt16(sent[3])
            return .bytes(DNSMessageTests.answer(id: id, flags: 0x8405, answers: 0), took: .zero)
        }
        #expect(declined.answer == .silent(reason: "REFUSED"))
        let web = try await ask { _, _ throws(Fault) in .bytes(Array("HTTP/1.1 400 Bad\r\n".utf8), took: .zero) }
        #expect(web.answer == .silent(reason: "the answer is cut"))
    }

    @Test func aMissingRightIsThrown() async throws {
        let right = Fault(rung: .prompt, code: "forward-forbidden", place: "x", message: "no", retries: true)
        await #expect(throws: right) { try await ask { _, _ throws(Fault) in throw right } }
    }
}
