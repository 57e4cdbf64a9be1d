// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NocturneInventory

/// A good inventory, damaged in every place: each damage is either read or told, with a place inside the file.
@Suite struct DamageTests {
    private let text = Array(
        """
        site: tst
        paths:
          - {name: jump, hops: ["ops@[2001:db8::5]:22"]}
        defaults: {user: ops, port: 22, identity: ~/k, known-hosts: [h], poll: 500ms}
        devices:
          - name: r1
            platform: bird
            address: 192.0.2.1
            paths: [jump]
        anycast: [{name: a, prefix: 192.0.2.9/32, nodes: [r1], probes: [{dns: {chaos: id.server}}]}]
        services: [{name: s, guests: [r1/106], want: 1}]

        """.utf8)

    /// Whether it was read; checks the place of every problem.
    private func read(_ bytes: [UInt8], _ damage: Comment) -> Bool {
        do {
            _ = try InventoryReader.resolve(
                bytes: bytes, file: "x.yaml", environment: machine(), sshConfig: EmbeddedSSH())
            return true
        } catch {
            let lines = bytes.count { $0 == 0x0A } + 1
            for problem in error.problems {
                #expect((1...lines + 1).contains(problem.line ?? 1), damage)
                #expect((problem.column ?? 1) >= 1, damage)
                #expect(!problem.message.isEmpty, damage)
            }
            return false
        }
    }

    @Test func cutAnywhere() {
        #expect(read(text, "whole"))
        for end in text.indices { _ = read(Array(text[..<end]), "cut at \(end)") }
        #expect(!read(Array(text.prefix(40)), "cut in a path"))
    }

    @Test(arguments: Array("\t\n \"'[]{}:,-&*#!|>%@`\0\u{1B}é\u{E000}"))
    func aCharacterThatDoesNotBelong(_ character: Character) {
        for at in text.indices where at % 3 == 0 {
            var damaged = text
            damaged.insert(contentsOf: String(character).utf8, at: at)
            _ = read(damaged, "\(character.debugDescription) at \(at)")
        }
    }

    @Test func aMissingCharacterAnywhere() {
        var told = 0
        for at in text.indices {
            var damaged = text
            damaged.remove(at: at)
            if !read(damaged, "without \(at)") { told += 1 }
        }
        #expect(told > text.count / 2, "most of the letters mean something")
    }

    @Test func aDoubledLineAnywhere() {
        let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
        for at in lines.indices.dropLast() {
            var doubled = lines
            doubled.insert(lines[at], at: at)
            #expect(!read(Array(doubled.joined(separator: [0x0A])), "line \(at + 1) twice"))
        }
    }
}
