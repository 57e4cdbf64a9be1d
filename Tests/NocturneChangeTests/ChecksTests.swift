// SPDX-License-Identifier: Apache-2.0

import NocturneChange
import NocturneModel
import Testing

struct ChecksTests {
    private let now = UTC(milliseconds: 1_795_000_000_000)
    private static let file = "router id 203.0.113.1;\nprotocol device {}\nprotocol static { ipv4; }\n"

    private func state(_ name: DeviceName, peers: [PeerState] = [.established], seen: Duration = .seconds(1))
        -> DeviceState
    {
        let rows = peers.enumerated().map { Peer(platform: .bird, name: "p\($0.offset)", state: $0.element) }
        return DeviceState(
            name: name, platform: .bird, address: "192.0.2.1", group: "edges",
            peers: Observed(rows, at: now - seen, path: "jump", question: "show protocols all", tookMilliseconds: 5))
    }

    private func findings(
        _ devices: [DeviceState], after: String = file + "# more\n", protected: Bool = false, within: Int = 300,
        open: [ChangeState] = []
    ) -> [ChangeState.Finding] {
        Checks(
            plan: Plan(before: Self.file, after: after), session: "mine", device: "bkk20",
            confirmWithinSeconds: within, holdSeconds: 180, open: open
        ).findings(Snapshot(at: now, site: "bkk", protected: protected, devices: devices), at: now)
    }

    private func blocking(_ findings: [ChangeState.Finding]) -> [String] {
        findings.filter { $0.weight == .blocking }.map(\.text)
    }

    private func held(_ session: String, _ state: DeviceGuard.State) -> Observed<[DeviceGuard]> {
        let held = DeviceGuard(
            session: session, by: "eve@desk", what: "bird.conf +1 -0", state: state, armedAt: now,
            deadline: now + .seconds(300), alive: true)
        return Observed([held], at: now, path: "jump", question: "", tookMilliseconds: 1)
    }

    @Test func aSoundPlanOnASoundDevice() {
        let found = findings([state("bkk20"), state("bkk00")])
        #expect(found.map(\.weight) == [.good, .good])
        #expect(found[1].text == "partner bkk00 healthy, no open change")
    }

    @Test(arguments: [
        (file, "nothing to do"), (" \n", "empty"), ("# x\n", "cut short"),
    ])
    func plansThatAreRefused(_ after: String, _ reason: String) {
        #expect(blocking(findings([state("bkk20")], after: after)).contains { $0.contains(reason) })
    }

    @Test func tooLittleTime() {
        #expect(blocking(findings([state("bkk20")], within: 239)).count == 1)
        #expect(blocking(findings([state("bkk20")], within: 240)).isEmpty)
    }

    @Test func theRouterIDIsNamedWithWhatItCosts() {
        let after = Self.file.replacing("203.0.113.1", with: "203.0.113.2") + "# router id 1;\n"
        let found = findings([state("bkk20", peers: [.established, .idle])], after: after)
        #expect(
            found.contains { $0.weight == .warning && $0.text == "touches router id: all 2 sessions on bkk20 reset" })
        #expect(
            !findings([state("bkk20")], after: Self.file + "# router id 1;\n").contains {
                $0.text.contains("router id")
            })
    }

    @Test func aDarkDeviceIsNotTouched() {
        #expect(blocking(findings([state("bkk20", seen: .seconds(60))])).first?.contains("dark") == true)
        #expect(blocking(findings([])).first?.contains("inventory") == true)
    }

    @Test func openGuardsOnItAndOnItsPartnerBlock() {
        var (own, partner) = (state("bkk20"), state("bkk00"))
        own.guards = held("other", .armed)
        #expect(blocking(findings([own])).first?.contains("eve@desk") == true)
        own.guards = held("mine", .armed)
        #expect(blocking(findings([own])).isEmpty)
        own.guards = held("other", .reverted)
        #expect(blocking(findings([own])).isEmpty)
        partner.guards = held("other", .reverting)
        #expect(blocking(findings([state("bkk20"), partner])).first?.contains("partner bkk00") == true)
        let change = ChangeState(id: "theirs", device: "bkk00", by: "me", startedAt: now)
        #expect(blocking(findings([state("bkk20"), state("bkk00")], open: [change])).count == 1)
    }

    @Test func aPartnerThatCannotCarryIsAWarning() {
        for partner in [state("bkk00", seen: .seconds(60)), state("bkk00", peers: [.idle])] {
            let found = findings([state("bkk20"), partner])
            #expect(blocking(found).isEmpty)
            #expect(found.contains { $0.weight == .warning && $0.text.hasPrefix("partner bkk00") })
        }
    }

    @Test func aProtectedSiteIsSaid() {
        #expect(findings([state("bkk20")], protected: true).contains { $0.text == "bkk is a protected site" })
    }
}
