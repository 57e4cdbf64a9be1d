// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel
import Testing

@testable import NocturneInventory

@Suite struct SSHConfigTests {
    private static let told = """
        user noc
        hostname 192.0.2.77
        port 2022
        identitiesonly yes
        identityfile ~/.ssh/id_rsa
        identityfile ~/.ssh/keys/%h-%r
        identityagent ~/agent.sock
        userknownhostsfile /home/mai/.ssh/known_hosts /home/mai/.ssh/known_hosts2
        globalknownhostsfile /etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2
        hostkeyalias bastion
        proxyjump outer

        """
    private static let machine = NocturneInventoryTests.machine(
        ["SSH_AUTH_SOCK": "/run/agent"],
        files: ["/home/mai/.ssh/keys/192.0.2.77-noc", "/etc/ssh/ssh_known_hosts", "/home/mai/.ssh/id_ed25519"])

    @Test func sshFillsInWhatTheInventoryLeavesOut() throws {
        let ssh = EmbeddedSSH(texts: ["jump": Self.told])
        let resolved = try resolve(
            "paths: [{name: p, hops: [jump]}]\ndevices: [{name: a, platform: bird}]\n", on: Self.machine, ssh: ssh)
        let hop = resolved.inventory.paths[0].hops[0]
        #expect(hop.description == "noc@192.0.2.77:2022")
        #expect(hop.hostKeyAlias == "bastion")
        #expect(hop.identities == ["/home/mai/.ssh/keys/192.0.2.77-noc"], "only keys that are there are worth a try")
        #expect(hop.knownHosts == ["/home/mai/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"])
        #expect(hop.agent == "/home/mai/agent.sock")
        #expect(resolved.hops[0][0].user == .sshConfig(host: "jump"))
        #expect(resolved.hops[0][0].alias == "jump")
        #expect(resolved.notes.contains { $0.message.contains("by \"outer\"") && $0.line == 1 })
        #expect(resolved.notes.contains { $0.message.contains("IdentitiesOnly") })
    }

    @Test func theInventoryWinsOverSSH() throws {
        let ssh = EmbeddedSSH(texts: ["jump": Self.told])
        let resolved = try resolve(
            "defaults: {identity: /k}\npaths: [{name: p, hops: [\"ops@jump:22\"]}]\ndevices: [{name: a, platform: bird}]\n",
            on: Self.machine, ssh: ssh)
        let hop = resolved.hops[0][0]
        #expect(hop.endpoint.description == "ops@192.0.2.77:22")
        #expect(hop.endpoint.identities == ["/k"] && hop.identities == .inventory(line: 1))
        #expect(hop.user == .inventory(line: 2) && hop.knownHosts == .sshConfig(host: "jump"))
        #expect(ssh.calls.all.first == SSHConfigQuery(host: "jump", user: "ops", port: 22))
    }

    @Test func sshIsAskedOncePerLogin() throws {
        let ssh = EmbeddedSSH(texts: ["jump": "user x", "192.0.2.1": "user y"])
        _ = try resolve(
            """
            paths: [{name: p, hops: [jump]}, {name: q, hops: [jump]}]
            devices:
              - {name: a, platform: bird, address: 192.0.2.1}
              - {name: b, platform: frr, address: 192.0.2.1}
              - {name: c, platform: frr, address: 192.0.2.1, user: u, port: 22, identity: /k, known-hosts: /h}
            """, on: Self.machine, ssh: ssh)
        #expect(ssh.calls.all == [SSHConfigQuery(host: "jump"), SSHConfigQuery(host: "192.0.2.1")])
    }

    @Test func aPlaceholderIsNoUserToAskFor() throws {
        let ssh = EmbeddedSSH(texts: ["jump": "user x"])
        let resolved = try resolve(
            "paths: [{name: p, hops: [\"{device}@jump\"], via: login}]\ndevices: [{name: a, platform: bird}]\n",
            ssh: ssh)
        #expect(resolved.inventory.paths[0].hops[0].user == "{device}")
        #expect(resolved.inventory.paths[0].via == .login)
        #expect(ssh.calls.all.first == SSHConfigQuery(host: "jump"))
    }

    @Test func withoutSSHItsDefaultsAreTaken() throws {
        let resolved = try resolve("devices: [{name: a, platform: bird, address: 192.0.2.1}]\n", on: Self.machine)
        #expect(
            resolved.inventory.devices[0].endpoint
                == SSHEndpoint(
                    user: "mai", host: "192.0.2.1", port: 22, identities: ["/home/mai/.ssh/id_ed25519"],
                    knownHosts: ["/home/mai/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"], agent: "/run/agent"))
        #expect(resolved.devices[0].user == .standard)
        #expect(resolved.notes.contains { $0.message.contains("no ssh on this machine") })
    }

    @Test func aBrokenSSHConfigIsToldAtTheLineThatNeedsIt() {
        var ssh = EmbeddedSSH()
        ssh.failure = SSHConfigFailure(message: "ended with status 255: config line 3: Bad configuration option: foo")
        do {
            _ = try resolve("devices:\n  - {name: a, platform: bird}\n", ssh: ssh)
            Issue.record("the failure was swallowed")
        } catch {
            #expect(error.first.line == 2)
            #expect(error.message.contains("Bad configuration option: foo"))
            #expect(error.message.contains("`ssh -G a`"))
        }
    }

    @Test func agentOfTheConfig() {
        #expect(SSHConfig(parsing: "identityagent none").agent == .none)
        #expect(SSHConfig(parsing: "identityagent $OTHER").agent == .variable("OTHER"))
        #expect(SSHConfig(parsing: "identityagent ${OTHER}").agent == .variable("OTHER"))
        #expect(SSHConfig(parsing: "identityagent SSH_AUTH_SOCK").agent == .environment)
        #expect(SSHConfig(parsing: "user x").agent == .environment)
    }

    @Test func aHostCannotBecomeAnOption() {
        #expect(
            SSHConfigQuery(host: "h", user: "u", port: 1).arguments == ["-G", "-T", "-l", "u", "-p", "1", "--", "h"])
    }
}

/// With real child processes.
@Suite struct SSHProgramTests {
    @Test func aMissingProgramIsNoFailure() throws {
        #expect(try SSHProgram(program: "no-such-ssh-anywhere").settings(for: SSHConfigQuery(host: "h")) == nil)
    }

    @Test func whatAProgramPrintsIsRead() throws {
        // `echo` prints its arguments, which happen to look like one line of a configuration.
        let config = try #require(try SSHProgram(program: "echo").settings(for: SSHConfigQuery(host: "h", user: "u")))
        #expect(config == SSHConfig(parsing: "-G -T -l u -- h\n"))
    }

    @Test func aFailingProgramIsAFailure() {
        #expect(throws: SSHConfigFailure(message: "ended with status 1: it said nothing")) {
            try SSHProgram(program: "false").settings(for: SSHConfigQuery(host: "h"))
        }
    }

    @Test func aProgramThatHangsIsEnded() throws {
        let script = try Script("#!/bin/sh\nexec sleep 600\n")
        #expect(throws: SSHConfigFailure(message: "did not answer within 200 ms and was ended")) {
            try SSHProgram(program: script.path, deadline: .milliseconds(200)).settings(for: SSHConfigQuery(host: "h"))
        }
    }

    @Test func whatAFailingProgramSaysIsTold() throws {
        let script = try Script("#!/bin/sh\necho 'config line 3: Bad configuration option' >&2\nexit 255\n")
        #expect(throws: SSHConfigFailure(message: "ended with status 255: config line 3: Bad configuration option")) {
            try SSHProgram(program: script.path).settings(for: SSHConfigQuery(host: "h"))
        }
    }

    @Test func moreThanAPipeHoldsIsRead() throws {
        let script = try Script(
            "#!/bin/sh\nyes noise | head -c 300000 >&2\necho user filled\nyes x y | head -c 300000\n")
        #expect(try SSHProgram(program: script.path).settings(for: SSHConfigQuery(host: "h"))?.user == "filled")
    }

    /// An executable file that is gone with the test.
    private final class Script {
        let path: String
        init(_ text: String) throws {
            var template = Array("/tmp/nocturne-test-XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            try #require(descriptor >= 0)
            path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let bytes = Array(text.utf8)
            try #require(write(descriptor, bytes, bytes.count) == bytes.count)
            try #require(fchmod(descriptor, 0o700) == 0)
            close(descriptor)
        }
        deinit { unlink(path) }
    }
}
