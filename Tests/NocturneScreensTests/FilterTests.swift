// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import Testing

@testable import NocturneScreens

@Suite struct FilterTests {
    private let now = SampleNetwork.now

    private func names(_ filter: String) -> [String] {
        Filter(filter).select(PeerEntry.entries(of: SampleNetwork.broken(), at: now), at: now)
            .map { "\($0.device)/\($0.peer.name)" }
    }

    @Test(arguments: [
        ("", 48), ("hgc", 10), ("HGC", 10), ("bkk00 hgc", 4), ("state:active", 3), ("state:act", 3), ("down", 3),
        ("dark", 5), ("state:dark", 5), ("up", 39), ("degraded", 1), ("as:9304", 5), ("as:AS9304", 5),
        ("device:bkk0*", 22),
        ("device:bkk00", 10), ("device:hgc", 5), ("name:*_v6", 12), ("name:hgc*_v4 device:bkk20", 1),
        ("addr:10.9.0.1", 6),
        ("addr:2001:db8", 12), ("family:ipv6", 12), ("group:edge", 26), ("age:<10m", 3), ("age:>10m", 45),
        ("age:<10m age:>200d", 0), ("/^bkk00 hgc_v[46]", 2), ("/!hgc", 38), ("/HGC_V4", 3),
        ("/(hgc_v[46] *)+nowhere$", 0), ("/as\\d+ est", 44), ("/_v\\d{1,2} ", 48), ("2001:db8::7", 4),
        ("nosuchthing", 0),
        ("description-less", 0),
    ]) func selects(_ text: String, _ count: Int) {
        #expect(Filter(text).problem == nil)
        #expect(names(text).count == count, "\(text): \(names(text))")
    }

    @Test(arguments: [
        "as:x", "as:99999999999", "age:10m", "age:>tenm", "age:>99999999999h", "state:broken", "colour:red", "/(", "/[",
        "/!*", "/a{1000}", "/a{20}{20}", "/(a)\\1", "/x\\", "/" + String(repeating: "a", count: 300),
    ]) func saysWhatIsWrongAndHidesNothing(_ text: String) {
        let filter = Filter(text)
        #expect(filter.problem != nil)
        #expect(names(text).count == 48)
    }

    @Test func whatIsHalfTypedHidesNothing() {
        for text in ["state:", "as:", "age:", "age:>", "/", "/!", "name:", " "] {
            #expect(Filter(text).problem == nil)
            #expect(names(text).count == 48)
        }
    }

    /// Typing asks only rows that are left; the rows must be those that the whole filter selects.
    @Test func typingNarrowsToWhatTheWholeFilterSelects() {
        let lists = Lists()
        let snapshot = SampleNetwork.broken()
        var state = ViewState(.peers)
        for whole in ["bkk00 hgc", "bkk0 down", "downx", "/hgc_v4", "hgc up", "state:active", "hgc age:<10m"] {
            for length in Array(1...whole.count) + [2, 1, 0] {
                state.filter = Filter(String(whole.prefix(length)))
                let shown = lists.peers(snapshot, state, at: now).rows.map { "\($0.device)/\($0.peer.name)" }
                #expect(shown == names(state.filter.text), "\(state.filter.text)")
            }
        }
    }

    @Test func darkRowsAreInNoStateOfTheirOwn() {
        #expect(names("state:established device:hgc").isEmpty)
        #expect(names("dark device:hgc").count == 5)
    }

    @Test func devicesHaveTheSameGrammar() {
        let entries = DeviceEntry.entries(of: SampleNetwork.broken(), at: now)
        func names(_ text: String) -> [String] { Filter(text).select(entries, at: now).map(\.state.name.rawValue) }
        #expect(names("dark") == ["hgc"])
        #expect(names("degraded") == ["bkk06"])
        #expect(names("group:edge") == ["bkk00", "bkk10", "bkk20"])
        #expect(names("tcp-timeout") == ["hgc"])
    }
}

@Suite struct ListsTests {
    @Test func sortIsTypedAndStable() {
        let lists = Lists()
        var state = ViewState(.peers)
        state.list.sort = "remote"
        let rows = lists.peers(SampleNetwork.healthy(), state, at: SampleNetwork.now).rows
        let remotes = rows.compactMap(\.peer.remoteAddress)
        #expect(remotes.first == "10.9.0.1")
        #expect(
            remotes.firstIndex(of: "10.155.106.6").map { $0 < (remotes.firstIndex(of: "10.155.255.2") ?? 0) } == true)
        #expect(remotes.last?.hasPrefix("2001:db8::") == true)
        state.list.reversed = true
        #expect(
            lists.peers(SampleNetwork.healthy(), state, at: SampleNetwork.now).rows.first?.peer.remoteAddress
                == "2001:db8::8")
    }

    @Test func whatIsMissingComesLastEitherWay() {
        var state = ViewState(.peers)
        state.list.sort = "rx"
        for reversed in [false, true] {
            state.list.reversed = reversed
            let rows = Lists().peers(SampleNetwork.broken(), state, at: SampleNetwork.now).rows
            #expect(rows.suffix(3).allSatisfy { $0.peer.prefixesReceived == nil })
        }
    }

    @Test func followedRowPassesTheFilter() {
        var state = ViewState(.peers)
        state.filter = Filter("down")
        let entry = PeerEntry.entries(of: SampleNetwork.broken(), at: SampleNetwork.now)[0]
        #expect(entry.health == .up)
        state.followed = entry.id
        let rows = Lists().peers(SampleNetwork.broken(), state, at: SampleNetwork.now)
        #expect(rows.rows.count == 4)
        #expect(rows.position(of: entry.id) != nil)
    }

    @Test func aNewSnapshotIsSeenAndAnOldListIsNot() {
        let lists = Lists()
        let state = ViewState(.peers)
        var snapshot = SampleNetwork.healthy()
        #expect(lists.peers(snapshot, state, at: SampleNetwork.now).rows.allSatisfy { $0.health == .up })
        SampleNetwork.breakPeer(&snapshot, "bkk00", "hgc_v4", since: SampleNetwork.now, error: "x")
        #expect(lists.peers(snapshot, state, at: SampleNetwork.now).rows.count { $0.health == .down } == 1)
        #expect(lists.counts(snapshot, at: SampleNetwork.now).down == 1)
        let later = SampleNetwork.now + .seconds(60)
        #expect(lists.peers(snapshot, state, at: later).rows.allSatisfy { $0.health == .dark })
        #expect(lists.counts(snapshot, at: later).dark == 57)
    }
}
