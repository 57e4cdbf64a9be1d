// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import Testing

@Suite struct TableTests {
    @Test func peersAreAlignedAndSayWhatIsDark() {
        let text = Table.peers(SampleNetwork.broken(), now: SampleNetwork.now, unicode: false)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        #expect(lines.count == 1 + 48 + 2)
        #expect(
            lines.contains { $0.hasPrefix("bkk00    X hgc_v4      9304    active  ") && $0.contains("2m41s") })
        #expect(lines.contains { $0.hasPrefix("hgc      ? ") && $0.contains("dark (was established)  ~2m") })
        #expect(
            lines.suffix(2).first?.hasPrefix("3 down, 2 degraded, 6 dark, 46 up of 57 devices and sessions") == true)
        #expect(
            lines.last?.contains("dark hgc: no answer to TCP within 5 s after the jump; 5 sessions behind it") == true)
    }

    @Test func devicesShowTheLadder() {
        let text = Table.devices(SampleNetwork.broken(), now: SampleNetwork.now, unicode: true)
        #expect(text.contains("path ▸ tcp ▸ algo ▸ key ▸ auth ▸ prompt ▸ daemon"))
        #expect(text.contains("path ▸ ✖ tcp: no answer to TCP within 5 s after the jump"))
        #expect(text.contains("? dark"))
    }

    @Test func oneCauseForAllBehindALostJump() {
        let text = Table.peers(SampleNetwork.jumpLost(), now: SampleNetwork.now, unicode: true)
        #expect(
            text.hasSuffix(
                "? dark jump ops@jump.example.net:22: the jump host does not answer; 9 devices and 48 sessions behind it\n"
            ))
        #expect(text.contains("0 down, 0 degraded, 57 dark, 0 up of 57"))
    }

    @Test func naturalOrder() {
        let names = ["bkk10", "bkk2", "BKK3", "bkk02a", "bkk", "a9", "a10"]
        #expect(names.sorted(by: NaturalOrder.precedes) == ["a9", "a10", "bkk", "bkk2", "bkk02a", "BKK3", "bkk10"])
    }

    @Test func ages() {
        #expect(AgeText.exact(.seconds(161)) == "2m41s")
        #expect(AgeText.coarse(.seconds(161)) == "2m40s")
        #expect(AgeText.coarse(.seconds(47)) == "45s")
        #expect(AgeText.exact(.seconds(5 * 3600 + 720)) == "5h12m")
        #expect(AgeText.exact(.seconds(31 * 86_400)) == "31d")
        #expect(AgeText.exact(.seconds(-5)) == "0s")
        #expect(AgeText.observed(.seconds(4)) == "<5s")
        #expect(AgeText.milliseconds(0.4) == "<1ms")
        #expect(AgeText.milliseconds(1234) == "1.2s")
        #expect(AgeText.bytes(14_200) == "14kB")
    }

    @Test func widerTerminalsGetMoreColumnsNotBiggerGaps() {
        let wanted = PeerEntry.columns.map(\.minimum)
        let narrow = ColumnLayout(PeerEntry.columns, wanted: wanted, width: 38)
        let usual = ColumnLayout(PeerEntry.columns, wanted: wanted, width: 78)
        let wide = ColumnLayout(PeerEntry.columns, wanted: wanted, width: 300)
        #expect(narrow.indexes.map { PeerEntry.columns[$0].key } == ["device", "health", "peer", "state"])
        #expect(usual.indexes.map { PeerEntry.columns[$0].key }.contains("rx"))
        #expect(wide.indexes.count == PeerEntry.columns.count)
        #expect(wide.widths == wanted)
    }
}
