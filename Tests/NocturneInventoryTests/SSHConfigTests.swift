// SPDX-License-Identifier: Apache-2.0

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
    private let query = SSHConfigQuery(host: "h", user: "u")

    private func shell(_ script: String, deadline: Duration = .seconds(60)) -> SSHProgram {
        SSHProgram(program: "sh", leading: ["-c", script], deadline: deadline)
    }

    private func failure(_ message: String) -> [SSHConfigOutcome] { [.failed(SSHConfigFailure(message: message))] }

    @Test func aMissingProgramIsNoFailure() {
        #expect(SSHProgram(program: "no-such-ssh-anywhere").outcomes(for: [query]) == [.noSSH])
    }

    @Test func whatAProgramPrintsIsRead() {
        // `echo` prints its arguments, which happen to look like one line of a configuration.
        #expect(
            SSHProgram(program: "echo").outcomes(for: [query]) == [.told(SSHConfig(parsing: "-G -T -l u -- h\n"))])
    }

    @Test func manyAreAnsweredInTheirOrder() {
        let hosts = (0..<21).map { "h\($0)" }
        let told = SSHProgram(program: "echo").outcomes(for: hosts.map { SSHConfigQuery(host: $0) })
        #expect(told == hosts.map { .told(SSHConfig(parsing: "-G -T -- \($0)\n")) })
    }

    @Test func aProgramThatHangsIsEnded() {
        #expect(
            shell("exec sleep 600", deadline: .milliseconds(200)).outcomes(for: [query])
                == failure("did not answer within 200 ms and was ended"))
    }

    @Test func whatAFailingProgramSaysIsTold() {
        #expect(
            shell("echo 'line 3: Bad configuration option' >&2; exit 255").outcomes(for: [query])
                == failure("ended with status 255: line 3: Bad configuration option"))
        #expect(SSHProgram(program: "false").outcomes(for: [query]) == failure("ended with status 1: it said nothing"))
    }

    @Test func aProgramEndedByASignalIsAFailure() {
        #expect(shell("kill -9 $$").outcomes(for: [query]) == failure("ended with status 137: it said nothing"))
    }

    @Test func moreThanAPipeHoldsIsRead() {
        let noise = "yes noise | head -c 300000 >&2; echo user filled; yes x y | head -c 300000"
        guard case .told(let config) = shell(noise).outcomes(for: [query]).first else {
            Issue.record("nothing was told")
            return
        }
        #expect(config.user == "filled")
    }
}
