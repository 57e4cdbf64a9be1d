// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneTransport
import Testing

@Suite struct BirdFramingTests {
    private func verdict(_ line: String) -> FramingVerdict {
        var framing = BirdFraming(mark: 4711)
        return framing.consume(line.utf8)
    }

    @Test func aQuestionIsFollowedByItsMark() {
        #expect(BirdFraming(mark: 4711).wrap("show status") == "show status\neval 4711\n")
    }

    @Test(arguments: [
        "0023 4711", "bird> 0023 4711", "bird> \r\u{1B}[K0023 4711", "0023 4711\r", "bird> bird> \r\u{1B}[K0023 4711",
    ])
    func theMarkEndsTheAnswer(_ line: String) { #expect(verdict(line) == .end(keep: false)) }

    @Test(arguments: [
        "0023 4712", "0023 47110", " 0023 4711", "1006-  Description:    0023 4711", "     ", "1006-", "",
        "0013 Daemon is up and running", "9001 syntax error", "8007 Access denied", "bird> 1020-bfd1:",
        "bird> \r\u{1B}[K2002-Name       Proto", "No such command. Press `?' for help.", "Connection closed by server",
    ])
    func whatBelongsToTheAnswerIsKept(_ line: String) { #expect(verdict(line) == .keep) }

    @Test(arguments: [
        "bird> show status", "bird> eval 4711", "bird> ", "bird> \r\u{1B}[Kbird> show bfd sessions",
        ">>> up4: State changed to stop", "bird> >>> Disabling protocol up4", "0001 BIRD 2.0.12 ready.",
        "0016 Access restricted",
    ])
    func echoesPromptsLogsAndGreetingsAreSkipped(_ line: String) { #expect(verdict(line) == .skip) }

    @Test func anyBytesAreSurvived() {
        for byte in UInt8.min...UInt8.max {
            var framing = BirdFraming(mark: 1)
            _ = framing.consume([byte])
            _ = framing.consume([0x1B, 0x5B, byte])
            _ = framing.consume([0x0D, byte, 0x0D])
            #expect(framing.consume("0023 1".utf8) == .end(keep: false))
        }
    }
}
