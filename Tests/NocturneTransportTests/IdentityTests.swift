// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@testable @_spi(Reading) import NocturneTransport

/// Keys and host keys that work, in every form we promise.
@Suite(.serialized, .enabled(if: TestFleet.isPresent, "needs /usr/sbin/sshd and root"))
struct IdentityTests {
    @Test(arguments: ["ed25519", "ecdsa"])
    func keyFile(type: String) async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.knownHosts(target)
        try TestFleet.run("/usr/bin/ssh-keygen", "-q", "-t", type, "-N", "", "-f", fleet.directory + "/mine")
        try fleet.write(try fleet.read("mine.pub"), to: "authorized_keys")
        var device = fleet.device("bkk00", target.port)
        // One that is refused stands before it.
        device.endpoint.identities = ["user", "mine"].map { "\(fleet.directory)/\($0)" }
        try await opens(device)
    }

    @Test(arguments: ["ed25519", "ecdsa"])
    func hostKeyOfOneType(type: String) async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target", keyType: type)
        try fleet.knownHosts(target)
        try await opens(fleet.device("bkk00", target.port))
    }

    @Test func onlyTheKnownTypeIsAskedFor() async throws {
        let fleet = try TestFleet()
        try TestFleet.run("/usr/bin/ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", fleet.directory + "/second")
        // libssh2 alone would pick ecdsa and find a stranger.
        let target = try await fleet.server("target", ["HostKey \(fleet.directory)/second"])
        try fleet.knownHosts(target)
        try await opens(fleet.device("bkk00", target.port))
    }

    @Test func hashedKnownHosts() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target, hashed: true)
        #expect(try fleet.read("known_hosts").hasPrefix("|1|"))
        try await opens(fleet.device("bkk00", target.port), [fleet.path(via: jump)])
    }

    @Test func hostKeyAlias() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.write("rt-1 \(target.hostKey)\n", to: "known_hosts")
        var device = fleet.device("bkk00", target.port)
        device.endpoint.hostKeyAlias = "rt-1"
        try await opens(device)
    }

    @Test(arguments: ["ed25519", "ecdsa"])
    func agent(type: String) async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        let socket = try await fleet.startAgent()
        // A key with a passphrase can only be used through the agent; an RSA key in it is passed over by name.
        let add = "/usr/bin/ssh-add"
        let environment = ["PATH=/usr/bin:/bin", "SSH_AUTH_SOCK=\(socket)"]
        for (name, kind) in [("rsa", "rsa"), ("mine", type)] {
            try TestFleet.run("/usr/bin/ssh-keygen", "-q", "-t", kind, "-N", "", "-f", "\(fleet.directory)/\(name)")
            try TestFleet.run(add, "-q", "\(fleet.directory)/\(name)", environment: environment)
        }
        try fleet.write(try fleet.read("mine.pub"), to: "authorized_keys")
        let path = AccessPath(
            name: "jump", hops: [fleet.endpoint(jump.port, agent: socket, identities: [])])
        var device = fleet.device("bkk00", target.port)
        device.endpoint.agent = socket
        device.endpoint.identities = []
        try await opens(device, [path])

        let keys = try await AgentClient(socket: socket).keys(until: .now + .seconds(10))
        #expect(Set(keys.map(\.shortType)) == ["RSA", type.uppercased()])
        try fleet.write("", to: "authorized_keys")
        let network = await Network(paths: [])
        let link = await network.link(for: device)
        let fault = await #expect(throws: Fault.self) { _ = try await link.open { _ in } }
        #expect(fault?.code == "auth-refused")
        #expect(fault?.message.contains("(agent)") == true)
        #expect(fault?.message.contains("not tried: RSA SHA256:") == true)
        await network.close()
    }

    @Test func agentThatNeverAnswersMeetsTheDeadline() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.knownHosts(target)
        let mute = try MuteSocket(path: fleet.directory + "/mute")
        var deadlines = Deadlines()
        deadlines.authentication = .milliseconds(400)
        var device = fleet.device("bkk00", target.port)
        device.endpoint.agent = mute.path
        device.endpoint.identities = []
        let network = await Network(paths: [], deadlines: deadlines)
        let link = await network.link(for: device)
        let fault = await #expect(throws: Fault.self) { _ = try await link.open { _ in } }
        #expect(fault?.code == "no-identity")
        #expect(fault?.message.contains("did not answer in time") == true)
        await network.close()
    }

    private func opens(_ device: Device, _ paths: [AccessPath] = []) async throws {
        let network = await Network(paths: paths)
        let link = await network.link(for: device)
        #expect(try await link.open { _ in } == .fresh)
        #expect(try await shell(link, "echo in") == "in\n0")
        await network.close()
    }
}
