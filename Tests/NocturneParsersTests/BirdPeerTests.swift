// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import Testing

@Suite struct BirdPeerTests {
    private func peer(_ name: String, _ text: String = Fixture.protocols) throws -> Peer {
        try #require(peers(text)?.first { $0.name == name })
    }

    @Test func everySessionIsARowAndNothingIsLeft() throws {
        let result = try #require(parsed(.bgpPeers, Fixture.protocols))
        #expect(result.rows.count == 6)
        #expect(result.unparsed == [])
        #expect(!result.truncated)
    }

    @Test(arguments: [
        ("up4", PeerState.established, "Established"), ("ll6", .connect, "Connect"), ("adm", .disabled, "Down"),
        ("pass", .active, "Passive"), ("limited", .idle, "Down"),
        ("weird-name.with:a_very_long_tail", .active, "Active"),
    ])
    func statesAreTranslated(_ name: String, _ state: PeerState, _ word: String) throws {
        let row = try peer(name)
        #expect(row.state == state)
        #expect(row.detail.stateWord == word)
        #expect(row.disabled == (state == .disabled))
    }

    @Test(arguments: ["Idle", "Start", "Close", "Flush"])
    func closedStatesAreIdle(_ word: String) throws {
        let text = Fixture.protocols.replacing("BGP state:          Connect", with: "BGP state:          \(word)")
        #expect(try peer("ll6", text).state == .idle)
    }

    @Test func countsAreSummedOverFamilies() throws {
        let row = try peer("up4")
        #expect(row.families == ["ipv4", "ipv6"])
        #expect(row.prefixesReceived == 10)
        #expect(row.prefixesAccepted == 7)
        #expect(row.prefixesSent == 16)
    }

    @Test func receivedIsUnknownWhereFilteredIsNotTold() throws {
        let text = Fixture.protocols.replacing("3 imported, 2 filtered,", with: "3 imported,")
        let row = try peer("up4", text)
        #expect(row.prefixesReceived == nil)
        #expect(row.prefixesAccepted == 7)
    }

    @Test func whatIsNotToldIsNil() throws {
        let row = try peer("adm")
        #expect(row.prefixesReceived == nil)
        #expect(row.prefixesAccepted == nil)
        #expect(row.prefixesSent == nil)
        #expect(row.localAddress == nil)
        #expect(row.lastError == nil)
        #expect(row.flaps == nil)
        #expect(row.bfd == nil)
        #expect(row.uptimeSeconds == nil)
    }

    @Test func detailKeepsTheDevicesWords() throws {
        let detail = try peer("up4").detail
        #expect(
            detail.localCapabilities == [
                "Multiprotocol — AF announced: ipv4 ipv6", "Route refresh", "ADD-PATH — RX: ipv4",
            ])
        #expect(detail.holdSeconds == 30)
        #expect(detail.keepaliveSeconds == 10)
        #expect(detail.session == "external AS4")
        let channel = try #require(detail.channels.first)
        #expect(channel.importLimit == 1000)
        #expect(channel.importLimitAction == "block")
        #expect(channel.importFilter == "(unnamed)")
        #expect(channel.nextHop == "192.0.2.1")
        #expect(try peer("adm").detail.message == "planned work")
    }

    @Test func aDescriptionIsNeverReadAsSomethingElse() throws {
        let row = try peer("up4")
        #expect(row.description == "Transit with 'quotes' | BGP state: Down")
        #expect(row.state == .established)
    }

    @Test func aRowMayEndLikeAShellsComplaint() throws {
        let table =
            "Name       Proto      Table      State  Since         Info\n"
            + "x          BGP        ---        start  04:12:31.573  Active        Socket: Permission denied\n"
        #expect(try peer("x", table).lastError == "Socket: Permission denied")
    }

    @Test func aTimeWithoutADateIsNoInstant() throws {
        #expect(try peer("weird-name.with:a_very_long_tail").since == nil)
        #expect(try peer("up4").since == UTC(iso8601: "2026-11-21T04:12:33Z"))
    }

    @Test func uptimeNeedsTheDaemonsClock() throws {
        #expect(try peer("up4").uptimeSeconds == nil)
        #expect(try peer("up4", Fixture.status + Fixture.protocols).uptimeSeconds == 447)
        #expect(try peer("ll6", Fixture.status + Fixture.protocols).uptimeSeconds == nil)
    }

    @Test func bfdIsMatchedByAddressAndInterface() throws {
        let text = Fixture.bfd + Fixture.protocols
        #expect(try peer("up4", text).bfd == .up)
        #expect(try peer("ll6", text).bfd == .up)
        #expect(try peer("weird-name.with:a_very_long_tail", text).bfd == .down)
        #expect(try peer("pass", text).bfd == nil)
        let elsewhere = text.replacing("fe80::1                   eth0", with: "fe80::1                   eth9")
        #expect(try peer("ll6", elsewhere).bfd == nil)
    }

    @Test func anUnknownLineIsSaidWithItsNumber() throws {
        let text = Fixture.protocols.replacing(
            "    Neighbor AS:      64511\n", with: "    Neighbor AS:      64511\n    Frobnication:     on\n")
        let result = try #require(parsed(.bgpPeers, text))
        #expect(result.unparsed.map(\.text) == ["    Frobnication:     on"])
        let number = text.split(separator: "\n", omittingEmptySubsequences: false)
            .firstIndex { $0.contains("Frobnication") }.map { $0 + 1 }
        #expect(result.unparsed.first?.line == number)
        #expect(result.rows.count == 6)
    }

    @Test func anUnknownStateIsUnknownAndSaid() throws {
        let text = Fixture.protocols.replacing("BGP state:          Connect", with: "BGP state:          Dreaming")
        #expect(try peer("ll6", text).state == .unknown)
        #expect(parsed(.bgpPeers, text)?.unparsed.count == 1)
        let table =
            "Name       Proto      Table      State  Since         Info\n"
            + "x          BGP        ---        start  04:12:31.573  Dreaming\n"
        #expect(try peer("x", table).state == .unknown)
        #expect(parsed(.bgpPeers, table)?.unparsed.map(\.line) == [2])
    }

    @Test func bird1HasOneTableAndItsCountsInTheProtocol() throws {
        let result = try #require(parsed(.bgpPeers, Fixture.bird1))
        #expect(result.unparsed == [])
        let row = try peer("R192_175", Fixture.bird1)
        #expect(row.families == ["ipv6"])
        #expect(row.prefixesReceived == 75)
        #expect(row.prefixesSent == 62300)
        #expect(row.detail.neighborCapabilities == ["refresh", "restart-aware", "AS4"])
        #expect(row.detail.channels.first?.importLimitAction == "restart")
        #expect(row.detail.channels.first?.table == "T192_175")
        #expect(row.detail.holdSeconds == 180)
    }

    @Test func bird3TellsMoreAndAllOfItIsKnown() throws {
        let result = try #require(parsed(.bgpPeers, Fixture.bird3))
        #expect(result.unparsed == [])
        #expect(!result.truncated)
        let row = try peer("hgc", Fixture.bird3)
        #expect(row.vrf == "blue")
        #expect(row.remoteAddress == "192.0.2.2")
        #expect(row.flaps == 3)
        #expect(row.prefixesReceived == nil)
        #expect(row.prefixesAccepted == 1)
    }
}
