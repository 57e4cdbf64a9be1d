// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import Testing

@testable import NocturneInventory

@Suite struct PrinterTests {
    private let text = """
        site: tst
        paths: [{name: jump, hops: [jump]}]
        defaults: {identity: /k/ed}
        devices:
          - {name: a, platform: bird, address: 192.0.2.1, user: ops, port: 22, known-hosts: [/h1, /h2], poll: 500ms}

        """
    private let ssh = EmbeddedSSH(texts: [
        "jump": "user noc\nhostname 198.51.100.1\nport 2022\nuserknownhostsfile ~/.ssh/known_hosts\n"
    ])

    @Test func showsWhereEachValueCameFrom() throws {
        let resolved = try resolve(text, on: machine(["SSH_AUTH_SOCK": "/run/agent"]), ssh: ssh)
        #expect(
            InventoryPrinter.text(resolved) == """
                site tst
                inventory /etc/net/inv.yaml

                paths, in order of preference
                  jump  libssh2
                    hop 1  noc@198.51.100.1:2022
                      host         198.51.100.1  (jump in the inventory)  ssh config for jump
                      user         noc                                    ssh config for jump
                      port         2022                                   ssh config for jump
                      keys         agent /run/agent                       $SSH_AUTH_SOCK
                                   /k/ed                                  line 3
                      known hosts  /home/mai/.ssh/known_hosts             ssh config for jump

                devices
                  a  linux running bird
                    reached by jump, asked every 500ms
                    login  ops@192.0.2.1:22
                      host         192.0.2.1         line 5
                      user         ops               line 5
                      port         22                line 5
                      keys         agent /run/agent  $SSH_AUTH_SOCK
                                   /k/ed             line 3
                      known hosts  /h1               line 5
                                   /h2               line 5

                """)
    }

    @Test func jsonIsReadByAnotherParser() throws {
        let resolved = try resolve(text, ssh: ssh)
        let parsed = try JSONSerialization.jsonObject(with: Data(InventoryPrinter.json(resolved).text.utf8))
        let document = try #require(parsed as? [String: Any])
        let device = try #require((document["devices"] as? [[String: Any]])?.first)
        let login = try #require(device["login"] as? [String: Any])
        #expect(login["address"] as? String == "ops@192.0.2.1:22")
        #expect((login["user"] as? [String: Any])?["from"] as? String == "line 5")
        #expect((login["agent"] as? [String: Any])?["value"] is NSNull)
        #expect(device["runs"] as? [String] == ["bird"])
    }

    @Test func missingKeysAreSaid() throws {
        let resolved = try resolve("devices: [{name: a, platform: bird}]\n")
        #expect(InventoryPrinter.text(resolved).contains("none: there is neither an agent nor a key file"))
    }

    @Test func checkOfAGoodInventoryCountsAndNotes() throws {
        let resolved = try resolve(complete + "drained: [h6]\n")
        let text = InventoryPrinter.check(resolved)
        #expect(text.hasSuffix("\nok: 4 devices, 2 paths\n"))
        #expect(text.contains("note: /etc/net/inv.yaml:13:1: checked for form, not used by this version: drained\n"))
        #expect(text.contains("note: /etc/net/inv.yaml:10:"))
        let one = try resolve("devices: [{name: a, platform: bird}]\n", ssh: EmbeddedSSH(texts: ["a": "user x"]))
        #expect(InventoryPrinter.check(one) == "ok: 1 device, 1 path\n")
    }

    @Test func checkOfABadInventoryListsEverything() {
        do {
            _ = try resolve("siet: x\ndevices: [{name: a, platform: brd}]\n")
            Issue.record("a wrong inventory was read")
        } catch {
            #expect(
                InventoryPrinter.check(error) == """
                    /etc/net/inv.yaml:1:1: unknown key "siet" in the inventory; the nearest known key is "site"
                    /etc/net/inv.yaml:2:31: `platform` in device "a" cannot be "brd"; the nearest is "bird"
                      Known: bird, frr, openbgpd, routeros, linux, auto.
                    2 problems

                    """)
        }
    }

}
