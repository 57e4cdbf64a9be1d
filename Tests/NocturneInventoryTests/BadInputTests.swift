// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NocturneInventory

/// One bad inventory each, and the sentence it gets.
@Suite struct BadInputTests {
    /// The line and column of the first problem with its message, as they are printed.
    private func first(_ text: String) -> String {
        problems(text).first.map { "\($0.line ?? 0):\($0.column ?? 0): \($0.message)" } ?? "nothing is wrong"
    }

    @Test func unknownKeyOfADevice() {
        #expect(
            first("devices:\n  - name: a\n    platform: bird\n    adress: 192.0.2.1\n")
                == #"4:5: unknown key "adress" in device "a"; the nearest known key is "address""#)
    }

    @Test func unknownKeyOfAFlowMapping() {
        #expect(
            first("devices: [{name: a, plattform: bird}]\n")
                == #"1:21: unknown key "plattform" in device "a"; the nearest known key is "platform""#)
    }

    @Test(arguments: [
        ("sites: x", "unknown key \"sites\" in the inventory; the nearest known key is \"site\""),
        ("defaults: {usr: x}", "unknown key \"usr\" in `defaults`; the nearest known key is \"user\""),
        ("defaults: {known_hosts: x}", "the nearest known key is \"known-hosts\""),
        ("paths: [{name: j, hops: [], carier: libssh2}]", "in path \"j\"; the nearest known key is \"carrier\""),
        ("uplinks: [{name: u, locl-pref: 1}]", "in uplink \"u\"; the nearest known key is \"local-pref\""),
        ("circuits: [{id: C, vlann: 1}]", "in circuit \"C\"; the nearest known key is \"vlan\""),
        (
            "anycast: [{name: n, prefix: 192.0.2.1/32, nods: a}]",
            "in anycast entry \"n\"; the nearest known key is \"nodes\""
        ),
        ("services: [{name: s, guests: [a/1], wnat: 1}]", "in service \"s\"; the nearest known key is \"want\""),
        ("monitoring: {promtheus: x}", "in `monitoring`; the nearest known key is \"prometheus\""),
        ("freeze: [{form: 2026-01-01}]", "the nearest known key is \"from\""),
    ])
    func unknownKeyAnywhere(_ line: String, _ message: String) {
        let found = problems(line + "\ndevices: [{name: a, platform: bird}]\n")
        #expect(found.count == 1)
        #expect(found.first?.message.contains(message) == true, "\(found)")
    }

    @Test func unknownKeyWithoutANeighbourListsTheKnownOnes() throws {
        let problem = try #require(problems("devices: [{name: a, platform: bird, xyzzy: 1}]").first)
        #expect(problem.message == #"unknown key "xyzzy" in device "a""#)
        #expect(problem.hint?.contains("address") == true)
    }

    @Test func keyThatStandsTwiceNamesBothPlaces() {
        #expect(
            first("devices:\n  - name: a\n    platform: bird\n    role: x\n    platform: frr\n")
                == #"5:5: key "platform" stands twice in device "a": here and in line 3, column 5"#)
        #expect(
            first("devices: [{name: a, platform: bird, role: x, role: y}]")
                == #"1:46: key "role" stands twice in device "a": here and in line 1, column 37"#)
        #expect(
            first("site: a\ndevices: [{name: a, platform: bird}]\n\"site\": b\n")
                == #"3:1: key "site" stands twice in the inventory: here and in line 1, column 1"#)
    }

    @Test func keyThatStandsThreeTimesIsToldTwice() {
        let found = problems("site: a\nsite: b\nsite: c\ndevices: [{name: a, platform: bird}]\n")
        #expect(found.map(\.line) == [2, 3])
    }

    @Test func keysThatStandTwiceDoNotHideOtherProblems() {
        let found = problems("site: a\nsite: b\ndevices: [{name: a, platform: brid, role: x, role: y}]\n")
        #expect(found.map(\.line) == [2, 3, 3])
        #expect(found[1].message.contains("the nearest is \"bird\""))
    }

    @Test func keyThatIsNoWordStandsTwice() {
        #expect(first("devices: [{[1]: a, [1]: b}]").contains("key stands twice"))
    }

    @Test func deviceAndPathThatStandTwiceNameBothLines() {
        #expect(
            first("devices:\n- {name: a, platform: bird}\n- {name: b, platform: bird}\n- {name: a, platform: frr}\n")
                == #"4:10: device "a" stands twice: here and in line 2"#)
        #expect(
            first("paths:\n- {name: j, hops: []}\n- {name: j, hops: []}\ndevices: [{name: a, platform: bird}]\n")
                == #"3:10: path "j" stands twice: here and in line 2"#)
    }

    @Test(arguments: [
        // A key one column too far, and one too near.
        ("devices:\n  - name: a\n     platform: bird\n", 3), ("devices:\n  - name: a\n   platform: bird\n", 3),
        // A list that begins left of its key's entries.
        ("paths:\n  - name: j\n  hops: []\n", 3),
    ])
    func wrongIndentationIsASyntaxError(_ text: String, _ line: Int) throws {
        let problem = try #require(problems(text).first)
        #expect(problem.line == line)
        #expect(problem.column != nil)
        #expect(problem.message.hasPrefix("not valid YAML: "))
        #expect(problem.hint?.contains("indentation") == true, "\(problem)")
    }

    @Test func wrongIndentationThatIsValidYAMLNamesTheRightHome() throws {
        let problem = try #require(problems("devices:\n- name: a\nplatform: bird\n").first)
        #expect(problem.message == "unknown key \"platform\" in the inventory; it is a key of a device")
        #expect(problem.hint == "Is this line indented too far, or not far enough?")
    }

    @Test func tabsAreNamed() throws {
        let problem = try #require(problems("devices:\n\t- name: a\n").first)
        #expect(problem.line == 2)
        #expect(problem.hint == "This line is indented with a tab; YAML wants spaces.")
    }

    @Test(arguments: [
        ("devices:\n  - name: a\n    platform bird\n    role: x\n", "colon"),
        ("site: \"abc\ndevices: []\n", "closing quote"),
        ("site: @x\n", "quotes"), ("devices:\n  - {name: a platform: bird}\n", "comma"),
    ])
    func syntaxErrorsHaveAHint(_ text: String, _ word: String) {
        #expect(problems(text).first?.hint?.contains(word) == true)
    }

    @Test func bracketThatIsNotClosed() throws {
        let problem = try #require(problems("devices: [{name: a, platform: bird]\n").first)
        #expect(problem.line == 1)
        #expect(problem.hint?.contains("closing") == true)
    }

    @Test(arguments: [
        ("", "the inventory is empty"), ("# nothing\n", "the inventory is empty"),
        ("- a\n", "the inventory must be keys with values, not a list"), ("word\n", "not \"word\""),
        ("site: x\n", "the inventory has no `devices`"), ("devices: []\n", "`devices` is empty"),
        ("devices:\n", "`devices` in the inventory must be a list of devices, not nothing"),
        ("devices: {a: b}\n", "must be a list of devices, not keys with values"),
        ("devices: [a]\n", "device #1 must be keys with values, not \"a\""),
        ("devices: [{platform: bird}]\n", "device has no `name`"),
        ("devices: [{name: a}]\n", "device \"a\" has no `platform`"),
        ("devices: [{name: a b, platform: bird}]\n", "device cannot be called \"a b\""),
        ("devices: [{name: , platform: bird}]\n", "`name` in device \"\" has no value"),
        ("devices: [{name: a, platform: bird, group: [x]}]\n", "`group` in device \"a\" must be a word, not a list"),
        (
            "devices: [{name: a, platform: brd}]\n",
            "`platform` in device \"a\" cannot be \"brd\"; the nearest is \"bird\""
        ),
        ("devices: [{name: a, platform: zfs}]\n", "cannot be \"zfs\": that runs on a Linux host"),
        ("devices: [{name: a, platform: linux, runs: [brid]}]\n", "`runs` in device \"a\" cannot be \"brid\""),
        ("devices: [{name: a, platform: routeros, runs: [bird]}]\n", "`runs` in device \"a\" is for Linux hosts"),
        ("devices: [{name: a, platform: bird, poll: 2}]\n", "`poll` in device \"a\" must be a duration, not \"2\""),
        ("devices: [{name: a, platform: bird, poll: 0s}]\n", "must be between 100ms and 1d, not 0s"),
        ("devices: [{name: a, platform: bird, port: 70000}]\n", "must be a number from 1 to 65535, not \"70000\""),
        ("devices: [{name: a, platform: bird, user: a b}]\n", "`user` in device \"a\" cannot be \"a b\""),
        ("devices: [{name: a, platform: bird, identity: ~joe/key}]\n", "\"~joe/key\" names somebody else's home"),
        ("devices: [{name: a, platform: bird, address: 10.0.0.256}]\n", "\"10.0.0.256\" is not an IPv4 address"),
        ("devices: [{name: a, platform: bird, address: 10.0.0.1/24}]\n", "is a prefix, not an address"),
        ("devices: [{name: a, platform: bird, address: \"10.0.0.1:22\"}]\n", "has a port in it"),
        ("devices: [{name: a, platform: bird, address: \"2001:db8:::1\"}]\n", "is not an IPv6 address"),
        ("devices: [{name: a, platform: bird, address: ops@a}]\n", "has a user in it"),
        ("devices: [{name: a, platform: bird, address: -oProxyCommand=x}]\n", "neither an address nor a host name"),
        ("devices: [{name: a, platform: bird, address: \"a\\e[2Jb\"}]\n", "holds control characters"),
        ("protected: maybe\ndevices: [{name: a, platform: bird}]\n", "must be true or false, not \"maybe\""),
        ("protected: true\ndevices: [{name: a, platform: bird}]\n", "`protected` needs a `site`"),
        ("paths: []\ndevices: [{name: a, platform: bird}]\n", "`paths` is empty"),
        ("paths: [{name: j}]\ndevices: [{name: a, platform: bird}]\n", "path \"j\" has no `hops`"),
        ("paths: [{name: j, hops: [\"a:b\"]}]\ndevices: [{name: a, platform: bird}]\n", "hop \"a:b\" has port \"b\""),
        (
            "paths: [{name: j, hops: [], via: forwrd}]\ndevices: [{name: a, platform: bird}]\n",
            "`via` in path \"j\" cannot be \"forwrd\"; the nearest is \"forward\""
        ),
        (
            "paths: [{name: jump, hops: []}]\ndevices: [{name: a, platform: bird, paths: [jmp]}]\n",
            "device \"a\" names path \"jmp\", which `paths` does not have; the nearest is \"jump\""
        ),
        ("uplinks: {}\ndevices: [{name: a, platform: bird}]\n", "`uplinks` in the inventory must be a list"),
        ("circuits: [{id: c, vlan: 5000}]\ndevices: [{name: a, platform: bird}]\n", "from 1 to 4094"),
        ("zones: yes\ndevices: [{name: a, platform: bird}]\n", "`zones` must be a list or keys with values"),
        ("devices: [{name: a, platform: bird}]\n---\nsite: b\n", "another document"),
        ("devices: [*a]\n", "undefined alias"),
    ])
    func saysWhatIsWrong(_ text: String, _ message: String) {
        let found = problems(text)
        #expect(found.contains { $0.message.contains(message) }, "\(found)")
    }

    @Test func findsEverythingInTheOrderOfTheFileAndWhatIsMissingLast() {
        let found = problems(
            "site: [x]\nsiet: y\npaths:\n  - {name: j, hops: [\"a:b\"]}\ndevices:\n  - {name: a}\n  - {name: b, platform: brd, poll: 3}\n"
        )
        #expect(found.map(\.line) == [1, 2, 4, 7, 7, 6])
    }

    @Test func noMessageCarriesAnEscapeSequence() {
        for problem in problems("\"\\e[2Jx\": 1\ndevices: [{name: \"\\e]0;t\\a\", platform: bird}]\n") {
            #expect(!problem.message.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        }
    }

    @Test func messagesAreOneLineAndBounded() throws {
        let long = String(repeating: "x", count: 100_000)
        let problem = try #require(problems("devices: [{name: \"a\\nb\", \(long): 1}]\n").first)
        #expect(!problem.message.contains("\n"))
        #expect(problem.message.count < 600)
    }

    @Test func bytesThatAreNoTextAreToldWithTheirPlace() {
        func first(_ bytes: [UInt8]) -> InventoryProblem? {
            do {
                _ = try InventoryReader.resolve(
                    bytes: bytes, file: "x", environment: machine(), sshConfig: EmbeddedSSH())
                return nil
            } catch { return error.first }
        }
        let latin = first(Array("site: a\nrole: ".utf8) + [0xE9, 0x0A])
        #expect(latin?.line == 2 && latin?.column == 7 && latin?.message == "is not UTF-8 text")
        let null = first(Array("site: a\nrole: x\0y\n".utf8))
        #expect(null?.line == 2)
        #expect(null?.message.contains("control characters are not allowed") == true, "\(String(describing: null))")
        #expect(first(Array(repeating: UInt8(ascii: "["), count: 200_000)) != nil)
    }

    @Test func messageIsTheFirstProblemWithItsPlaceAndTheNumberOfOthers() {
        do {
            _ = try resolve("sitee: x\ndevices: [{name: a}]\n")
            Issue.record("a wrong inventory was read")
        } catch {
            #expect(error.location == "/etc/net/inv.yaml:1:1")
            #expect(
                error.description == """
                    /etc/net/inv.yaml:1:1: unknown key "sitee" in the inventory; the nearest known key is "site"
                      and 1 more problem: `nocturne inventory check` lists all
                    """)
            #expect(InventoryError.exitCode == 78)
        }
    }

    @Test func missingFileSaysWhichPlaceWasTried() {
        let machine = machine(["XDG_CONFIG_HOME": "/nowhere-at-all"])
        do {
            _ = try InventoryReader.read(file: nil, environment: machine, sshConfig: EmbeddedSSH())
            Issue.record("an inventory that is not there was read")
        } catch {
            #expect(error.file == "/nowhere-at-all/nocturne/inventory.yaml")
            #expect(error.message.contains("default place"))
            #expect(error.hint?.contains("--inventory FILE") == true)
        }
        do {
            _ = try InventoryReader.read(file: "/nowhere-at-all/x.yaml", environment: machine, sshConfig: EmbeddedSSH())
            Issue.record("a file that is not there was read")
        } catch {
            #expect(error.description.hasPrefix("/nowhere-at-all/x.yaml: there is no such file\n"))
        }
        do {
            _ = try InventoryReader.read(file: "/", environment: machine, sshConfig: EmbeddedSSH())
            Issue.record("a directory was read")
        } catch {
            #expect(error.message == "is a directory")
        }
    }
}
