// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import Testing

/// The same answers in every form they come in, whole, with noise, and cut anywhere.
@Suite struct BirdFormTests {
    private var whole: [Peer]? { peers(Fixture.status + Fixture.bfd + Fixture.protocols) }

    @Test func theControlSocketsFormGivesTheSameRows() {
        let text =
            "0001 BIRD 2.0.12 ready.\n" + Fixture.socket(Fixture.status, code: 1000)
            + Fixture.socket(Fixture.bfd, code: 1020) + Fixture.socket(Fixture.protocols, code: 2002)
        #expect(peers(text) == whole)
        #expect(parsed(.bgpPeers, text)?.unparsed == [])
    }

    @Test func theVerboseClientsFormGivesTheSameRows() {
        let text =
            "0001 BIRD 2.0.12 ready.\n0016 Access restricted\n" + Fixture.verbose(Fixture.status, code: 1000)
            + Fixture.verbose(Fixture.bfd, code: 1020) + Fixture.verbose(Fixture.protocols, code: 2002)
        #expect(peers(text) == whole)
        #expect(parsed(.bgpPeers, text)?.unparsed == [])
        #expect(parsed(.bgpPeers, text)?.truncated == false)
    }

    @Test(arguments: [true, false])
    func aHeldSessionWithPromptsEchoesAndRedrawsGivesTheSameRows(_ redraws: Bool) {
        let redraw = redraws ? "bird> \r\u{1B}[K" : ""
        var text = "0001 BIRD 2.0.12 ready.\n0016 Access restricted\n"
        for (command, answer, code) in [
            ("show status", Fixture.status, 1000), ("show bfd sessions", Fixture.bfd, 1020),
            ("show protocols all", Fixture.protocols, 2002),
        ] {
            text += "bird> \(command)\n" + redraw + Fixture.verbose(answer, code: code)
            text += "bird> eval 77\n" + redraw + "0023 77\n"
        }
        text += "bird> "
        #expect(peers(text) == whole)
        #expect(parsed(.bgpPeers, text)?.unparsed == [])
        #expect(parsed(.bgpPeers, text)?.truncated == false)
    }

    @Test func aHeldSessionWithoutCodesGivesTheSameRows() {
        let text =
            "BIRD 2.0.12 ready.\nAccess restricted\nbird> show status\n" + Fixture.status
            + "bird> eval 77\n77\nbird> show bfd sessions\n" + Fixture.bfd + "bird> show protocols all\n"
            + Fixture.protocols + "bird> \n"
        #expect(peers(text) == whole)
        #expect(parsed(.bgpPeers, text)?.unparsed == [])
    }

    @Test(arguments: [
        ">>> up4: State changed to stop", "bird> >>> Disabling protocol up4",
        "2026-11-21 04:12:33.141 <INFO> up4: State changed to up", "bird: up4: Received: Bad peer AS",
        "Nov 21 04:12:33 edge1 bird[812]: up4: Error: Hold timer expired", "<30>bird: something",
    ])
    func aLogLineIsNeitherRowNorUnparsed(_ log: String) throws {
        let lines = Fixture.protocols.split(separator: "\n", omittingEmptySubsequences: false)
        let clean = peers(Fixture.protocols)
        for place in stride(from: 1, to: lines.count - 1, by: 7) {
            var noisy = lines
            noisy.insert(Substring(log), at: place)
            let text = noisy.joined(separator: "\n")
            #expect(peers(text) == clean)
            #expect(parsed(.bgpPeers, text)?.unparsed == [])
        }
    }

    @Test func controlSequencesInADescriptionChangeNothing() throws {
        let text = Fixture.protocols.replacing("Transit with", with: "Transit \u{1B}[2J\u{07}with")
        let row = try #require(peers(text)?.first { $0.name == "up4" })
        #expect(row.description?.unicodeScalars.contains("\u{1B}") == false)
        #expect(row.state == .established)
        #expect(parsed(.bgpPeers, text)?.unparsed == [])
    }

    /// Whole lines are missing at the end: it is said, unless what is left is itself a whole answer.
    @Test func aTextCutAfterAnyLineSaysSo() throws {
        let lines = Fixture.protocols.split(separator: "\n", omittingEmptySubsequences: false)
        for count in 1..<lines.count {
            let text = lines.prefix(count).joined(separator: "\n") + "\n"
            guard let result = parsed(.bgpPeers, text) else { continue }
            let last = lines[count - 1]
            let endsBlock = last.isEmpty || last.contains("IGP IPv4 table") || count <= 2
            #expect(result.truncated == !endsBlock, "cut after line \(count): \(last)")
        }
    }

    @Test func aTextCutAnywhereNeverInventsARowAndNeverPassesForWhole() throws {
        let all = Array((Fixture.status + Fixture.bfd + Fixture.protocols).utf8)
        let names = Set((whole ?? []).map(\.name) + ["range"])
        for count in stride(from: 0, to: all.count, by: 11) {
            let text = ScrubbedText(scrubbing: all.prefix(count))
            guard case .parsed(let result) = ParserEntry.parse(platform: .bird, query: .bgpPeers, text: text),
                case .peers(let rows) = result.rows
            else { continue }
            #expect(rows.allSatisfy { names.contains($0.name) })
            if all[..<count].last != 0x0A {
                let said = result.truncated
                // A heading line that ends with its date is whole in a short table: nothing shows the cut.
                let tail = String(decoding: all[..<count].suffix(60), as: UTF8.self)
                if tail.hasSuffix("up     2026-11-21") || tail.hasSuffix("up     2026-11-21 04:12:31") { continue }
                #expect(said, "\(count) of \(all.count) bytes pass for whole: …\(tail)")
            }
        }
    }

    @Test func garbageNeverCrashes() {
        var seed: UInt64 = 42
        func next(_ bound: Int) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(seed >> 33) % bound
        }
        let sources = [Fixture.protocols, Fixture.status, Fixture.bfd, Fixture.ospf, Fixture.routes, Fixture.bird3]
        for _ in 0..<100 {
            var bytes = Array(sources[next(sources.count)].utf8)
            for _ in 0..<(1 + next(12)) {
                switch next(3) {
                case 0: bytes[next(bytes.count)] = UInt8(next(256))
                case 1: bytes.remove(at: next(bytes.count))
                default: bytes.insert(contentsOf: [UInt8(next(256)), UInt8(next(256))], at: next(bytes.count))
                }
            }
            for query in Query.allCases {
                let text = ScrubbedText(scrubbing: bytes)
                let outcome = ParserEntry.parse(platform: .bird, query: query, text: text)
                if case .parsed(let parsed) = outcome {
                    #expect(parsed.unparsed.allSatisfy { (1...text.lines.count).contains($0.line) })
                }
            }
        }
    }
}
