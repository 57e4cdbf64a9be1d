// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import NocturneParsers
import Testing

/// Guests of plain LXC, from the table and from the records, whole, empty, refused and cut.
@Suite struct LXCTests {
    private func outcome(_ text: String) -> ParseOutcome {
        ParserEntry.parse(platform: .lxc, query: .guests, text: ScrubbedText(scrubbing: text))
    }

    private func parsed(_ text: String) throws -> (guests: [Guest], rest: Parsed) {
        guard case .parsed(let parsed) = outcome(text), case .guests(let guests) = parsed.rows else {
            throw Fault(rung: .daemon, code: "x", place: "", message: "\(outcome(text))", retries: false)
        }
        return (guests, parsed)
    }

    private static let table = """
        NAME     STATE   AUTOSTART PID  IPV4               IPV6
        dns-1    RUNNING 1         4477 10.0.3.5, 10.0.4.5 2001:db8::5
        rpc-1    STOPPED 1         -    -                  -
        rpc-2    FROZEN  0         812  10.0.3.7           -

        """

    @Test func theTableOfOurQuestion() throws {
        let (guests, rest) = try parsed(Self.table)
        #expect(
            guests == [
                Guest(
                    id: "dns-1", name: "dns-1", kind: .lxc, state: .running, autostart: true,
                    addresses: ["10.0.3.5", "10.0.4.5", "2001:db8::5"]),
                Guest(id: "rpc-1", name: "rpc-1", kind: .lxc, state: .stopped, autostart: true),
                Guest(
                    id: "rpc-2", name: "rpc-2", kind: .lxc, state: .paused, autostart: false, addresses: ["10.0.3.7"]),
            ])
        #expect(rest.unparsed == [])
        #expect(!rest.truncated)
        #expect(GuestQuestions.inits(in: ScrubbedText(scrubbing: Self.table)) == [4477, 812])
    }

    @Test func agesFollowInTheSameText() throws {
        let text =
            "$ sudo -n lxc-ls -f -F NAME,STATE\n" + Self.table
            + "$ ps -o pid=,etimes= -p 4477,812\n 4477   86400\n  812      61\n"
        let (guests, rest) = try parsed(text)
        #expect(guests.map(\.uptimeSeconds) == [86_400, nil, 61])
        #expect(rest.unparsed == [])
    }

    @Test func columnsInAnyOrderAndThoseOfPlainLxcLs() throws {
        let plain = """
            NAME     STATE   AUTOSTART GROUPS     IPV4      IPV6 UNPRIVILEGED
            dns-1    RUNNING 0         -          10.0.3.5  -    false
            rpc-1    STOPPED 1         onboot,rpc -         -    true

            """
        let (guests, rest) = try parsed(plain)
        #expect(guests.map(\.state) == [.running, .stopped])
        #expect(guests.map(\.autostart) == [false, true])
        #expect(guests.map(\.addresses) == [["10.0.3.5"], []])
        #expect(rest.unparsed == [])
        let turned = try parsed("STATE   NAME\nRUNNING dns-1\n").guests
        #expect(turned.map(\.name) == ["dns-1"])
        #expect(turned.map(\.autostart) == [nil])
    }

    @Test(arguments: [
        ("RUNNING", Guest.State.running), ("STOPPED", .stopped), ("FROZEN", .paused), ("STARTING", .stopped),
        ("STOPPING", .running), ("ABORTING", .running), ("FREEZING", .running), ("THAWED", .paused), ("WHAT", .unknown),
    ])
    func states(_ word: String, _ state: Guest.State) throws {
        let guest = try #require(try parsed("NAME STATE\na \(word)\n").guests.first)
        #expect(guest.state == state)
        #expect(guest.partial == (state == .unknown))
    }

    @Test func recordsOneAfterTheOther() throws {
        let text = """
            Name:           dns-1
            State:          RUNNING
            PID:            4477
            IP:             10.0.3.5
            IP:             2001:db8::5
            CPU use:        1.20 seconds
            Memory use:     12.00 MiB
            Link:           vethA
             TX bytes:      110 bytes
             RX bytes:      90 bytes
             Total bytes:   200 bytes
            Name:           rpc-1
            State:          STOPPED
            4477 12

            """
        let (guests, rest) = try parsed(text)
        #expect(guests.map(\.name) == ["dns-1", "rpc-1"])
        #expect(guests.map(\.state) == [.running, .stopped])
        #expect(guests[0].addresses == ["10.0.3.5", "2001:db8::5"])
        #expect(guests[0].uptimeSeconds == 12)
        #expect(guests[0].autostart == nil)
        #expect(rest.unparsed == [])
    }

    @Test(arguments: ["", "\n", "NAME STATE AUTOSTART PID IPV4 IPV6\n", "$ lxc-ls -f\n"])
    func nothingThereIsNoRows(_ text: String) throws {
        let (guests, rest) = try parsed(text)
        #expect(guests == [])
        #expect(rest.unparsed == [])
        #expect(!rest.truncated)
    }

    @Test(arguments: [
        "sh: 1: lxc-ls: not found\n", "bash: lxc-ls: command not found\n", "sudo: a password is required\n",
        "sudo: lxc-ls: command not found\n", "Sorry, user ops is not allowed to execute 'lxc-ls' as root on h6.\n",
        "ops is not in the sudoers file.\n", "lxc-ls: /var/lib/lxc: Permission denied\n",
        "dns-9 doesn't exist\n",
    ])
    func aRefusalIsNoEmptyList(_ text: String) {
        guard case .cannotAnswer(let reason) = outcome(text) else {
            Issue.record("\(outcome(text))")
            return
        }
        #expect(text.contains(reason))
    }

    @Test func anotherProgramsOutputIsNotThisPlatforms() {
        guard case .notThisPlatform = outcome("Name  Proto  Table  State\nhgc BGP --- up\n") else {
            Issue.record("\(outcome("x"))")
            return
        }
    }

    @Test func logLinesAreNeitherRowsNorUnparsed() throws {
        let lines = Self.table.split(separator: "\n").map(String.init)
        let log = "Nov 21 04:12:33 h6 kernel: veth0: link is up"
        let (guests, rest) = try parsed(lines.flatMap { [$0, log] }.joined(separator: "\n") + "\n")
        #expect(guests.count == 3)
        #expect(rest.unparsed == [])
    }

    @Test func whatNobodyKnowsIsSaid() throws {
        let (guests, rest) = try parsed(Self.table + "?? what is this\n")
        #expect(guests.count == 3)
        #expect(rest.unparsed == [Unparsed(line: 5, text: "?? what is this")])
    }

    @Test func aCutTableSaysSo() throws {
        let whole = String(Self.table.dropLast())
        for count in [70, 120, 150] {
            let (guests, rest) = try parsed(String(whole.prefix(count)))
            #expect(rest.truncated)
            #expect(guests.count < 3)
        }
    }

    @Test func realOutput() throws {
        for (name, count) in [("lab_ls_f.txt", 3), ("lab_info_running.txt", 1), ("lab_info_stopped.txt", 1)] {
            guard let text = Captures.file("lxc/\(name)") else { continue }
            let (guests, rest) = try parsed(text)
            #expect(guests.count == count)
            #expect(rest.unparsed == [])
            #expect(guests.allSatisfy { $0.state != .unknown && !$0.partial })
        }
    }
}
