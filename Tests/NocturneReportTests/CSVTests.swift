// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@testable import NocturneReport

@Suite struct CSVTests {
    private func record(_ value: JSONValue) -> String {
        let text = CSV.text(columns: ["k"], rows: [.object([("k", value)])])
        return String(text.dropFirst("k\r\n".count).dropLast())
    }

    @Test func fields() {
        #expect(record("plain") == "plain")
        #expect(record(.null) == "")
        #expect(record("") == "\"\"")
        #expect(record("a,b") == "\"a,b\"")
        #expect(record("a \"b\"") == "\"a \"\"b\"\"\"")
        #expect(record("a\r\nb") == "\"a\r\nb\"")
        #expect(record(" a") == "\" a\"")
        #expect(record(.bool(false)) == "false")
        #expect(record(.int(-12)) == "-12")
        #expect(record(.array(["ipv4", "ipv6"])) == "ipv4 ipv6")
        #expect(record(.array([])) == "")
    }

    @Test func aQuoteWithACombiningMarkIsStillDoubled() {
        #expect(Array(record("a\"\u{301}").unicodeScalars) == Array("\"a\"\"\u{301}\"".unicodeScalars))
    }

    @Test(arguments: ["=1+1", "+1", "-x", "@SUM(A1)"])
    func formulasAreQuotedAndKept(_ text: String) { #expect(record(.string(text)) == "\"\(text)\"") }

    @Test func headerAndRecordsEndWithCRLFAndHaveTheSameWidth() {
        let text = PeerRows.csv(
            snapshot(observedDevice("a", peers: [fullPeer, barePeer]), darkDevice("b")), now: rowsNow)
        let records = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(records.count == 5 && records[4].isEmpty)
        #expect(records[0].hasPrefix("device,platform,name,vrf,") && records[0].hasSuffix(",path,reason,rung,hint"))
        #expect(records[1].contains("\"Transit \"\"A\"\"\""))
        // None of these values holds a comma, so commas are the separators.
        #expect(Set(records.prefix(4).map { $0.count { $0 == "," } }).count == 1)
        #expect(records[3].hasPrefix("b,linux,,,,,,,unknown,"))
    }
}
