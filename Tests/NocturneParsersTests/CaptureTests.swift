// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import Testing

/// Real output of BIRD 1.5 to 3.0, where it lies beside the checkout: every file parses whole, or says why not.
@Suite struct CaptureTests {
    struct Expectation: CustomTestStringConvertible, Sendable {
        var file: String
        var query: Query
        var rows: Int
        var unparsed: Int
        init(_ file: String, _ query: Query, rows: Int, unparsed: Int = 0) {
            self.file = file
            self.query = query
            self.rows = rows
            self.unparsed = unparsed
        }
        var testDescription: String { "\(file) as \(query.rawValue)" }
    }

    @Test(arguments: [
        Expectation("bird203_show_protocols_all.txt", .bgpPeers, rows: 3),
        Expectation("bird209_show_status.txt", .status, rows: 1),
        Expectation("bird301_show_protocols.txt", .bgpPeers, rows: 19),
        Expectation("bird301_show_route_all_v4.txt", .routes, rows: 4),
        // A shell's commands and a ping's lines follow the routes.
        Expectation("lab2012_anycast_healthy_show_route_for_all.txt", .routes, rows: 4, unparsed: 9),
        Expectation("lab2012_show_bfd_sessions.txt", .bfd, rows: 2),
        Expectation("lab2012_show_ospf_neighbors.txt", .ospf, rows: 2),
        Expectation("lab2012_show_protocols.txt", .bgpPeers, rows: 9),
        Expectation("lab2012_show_route.txt", .routes, rows: 21),
        Expectation("lab2012_show_status.txt", .status, rows: 1),
        Expectation("lab2012_v_show_protocols_all_one.txt", .bgpPeers, rows: 1),
        Expectation("lab2012_v_show_status.txt", .status, rows: 1),
    ])
    func parsesWhole(_ expected: Expectation) throws {
        guard let text = Captures.bird(expected.file) else { return }
        let result = try #require(parsed(expected.query, text))
        #expect(result.rows.count == expected.rows)
        #expect(result.unparsed.count == expected.unparsed, "\(result.unparsed)")
        #expect(!result.truncated)
    }

    @Test(arguments: [
        ("bird1_show_route_count.txt", Query.routes), ("lab2012_show_route_count.txt", .routes),
        ("lab2012_show_interfaces_summary.txt", .bgpPeers), ("lab2012_v_restricted_configure.txt", .bgpPeers),
        ("lab2012_show_status.txt", .bgpPeers), ("lab2012_rt_tables_duplicate_error.txt", .bgpPeers),
    ])
    func refusesWhatIsNoAnswer(_ file: String, _ query: Query) {
        guard let text = Captures.bird(file) else { return }
        if case .parsed(let parsed) = outcome(query, text) { Issue.record("rows of \(file): \(parsed)") }
    }

    @Test func aSessionOfTheLabIsReadFieldByField() throws {
        guard let text = Captures.bird("lab2012_v_show_protocols_all_one.txt"),
            let status = Captures.bird("lab2012_v_show_status.txt")
        else { return }
        let peer = try #require(peers(status + text)?.first)
        #expect(peer.state == .established)
        #expect(peer.remoteAS == 64510)
        #expect(peer.localAS == 64500)
        #expect(peer.localAddress == "192.0.2.1")
        #expect(peer.since?.description == "2026-11-21T01:50:23Z")
        #expect(peer.uptimeSeconds == 127)
        #expect(peer.prefixesReceived == 4)
        #expect(peer.prefixesSent == 6)
        #expect(peer.families == ["ipv4"])
    }
}
