// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel
import Testing

@testable @_spi(Reading) import NocturneTransport

/// What goes wrong on the way, against real servers: each its own code, sentence and rung.
@Suite(.serialized, .enabled(if: TestFleet.isPresent, "needs /usr/sbin/sshd and root"))
struct FaultTests {
    /// Opens `device` over `paths`, expecting a fault.
    private func fault(
        _ paths: [AccessPath], _ device: Device, _ deadlines: Deadlines = Deadlines()
    ) async throws -> Fault {
        let network = await Network(paths: paths, deadlines: deadlines)
        let link = await network.link(for: device)
        let fault = await #expect(throws: Fault.self) { _ = try await link.open { _ in } }
        #expect(await link.reach.fault == fault)
        await network.close()
        return try #require(fault)
    }

    private let direct = [AccessPath(name: "direct", hops: [])]

    private func quick(_ change: (inout Deadlines) -> Void) -> Deadlines {
        var deadlines = Deadlines()
        change(&deadlines)
        return deadlines
    }

    // MARK: path and tcp

    @Test func nameThatDoesNotExist() async throws {
        let fleet = try TestFleet()
        var hop = fleet.endpoint(22)
        hop.host = "nowhere.invalid"
        let fault = try await fault([AccessPath(name: "jump", hops: [hop])], fleet.device("bkk00", 1))
        #expect(fault.code == "dns-failure")
        #expect(fault.rung == .path)
        #expect(fault.place == "jump \(TestFleet.user)@nowhere.invalid:22")
        #expect(fault.retries)
    }

    @Test func jumpRefusesTCP() async throws {
        let fleet = try TestFleet()
        let port = try TestFleet.freePort()
        let fault = try await fault([AccessPath(name: "jump", hops: [fleet.endpoint(port)])], fleet.device("bkk00", 1))
        #expect(fault.code == "tcp-refused")
        #expect(fault.rung == .path)
        #expect(fault.message.contains("127.0.0.1:\(port)"))
    }

    @Test func jumpSaysNothing() async throws {
        let fleet = try TestFleet()
        let listener = try Listener(backlog: 8)
        let path = AccessPath(name: "jump", hops: [fleet.endpoint(listener.port)])
        let fault = try await fault([path], fleet.device("bkk00", 1), quick { $0.handshake = .milliseconds(300) })
        #expect(fault.code == "banner-timeout")
        #expect(fault.rung == .path)
    }

    @Test func deviceBehindTheJumpRefusesTCP() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        try fleet.knownHosts(jump)
        let device = fleet.device("bkk00", try TestFleet.freePort())
        let fault = try await fault([fleet.path(via: jump)], device)
        #expect(fault.code == "tcp-refused")
        #expect(fault.rung == .tcp)
        #expect(fault.place == "bkk00 127.0.0.1:\(device.endpoint.port)")
        #expect(fault.message.contains("after jump"))
    }

    @Test func jumpCannotResolveTheDevice() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump")
        try fleet.knownHosts(jump)
        var device = fleet.device("bkk00", 22)
        device.endpoint.host = "nowhere.invalid"
        let fault = try await fault([fleet.path(via: jump)], device)
        #expect(fault.rung == .tcp)
        #expect(["dns-failure", "tcp-failed"].contains(fault.code), "\(fault)")
    }

    @Test func forwardingForbidden() async throws {
        let fleet = try TestFleet()
        let jump = try await fleet.server("jump", ["AllowTcpForwarding no"])
        let target = try await fleet.server("target")
        try fleet.knownHosts(jump, target)
        let fault = try await fault([fleet.path(via: jump)], fleet.device("bkk00", target.port))
        #expect(fault.code == "forward-forbidden")
        #expect(fault.rung == .tcp)
        #expect(!fault.retries)
        #expect(fault.hint?.contains("AllowTcpForwarding") == true)
    }

    @Test func pathsOfLaterVersionsAreNamed() async throws {
        let fleet = try TestFleet()
        var path = AccessPath(name: "oob", hops: [fleet.endpoint(22)], carrier: .openssh)
        var fault = try await fault([path], fleet.device("bkk00", 1))
        #expect(fault.code == "path-unsupported")
        #expect(fault.message.contains("`carrier: openssh`"))
        path.carrier = .libssh2
        path.via = .login
        fault = try await self.fault([path], fleet.device("bkk00", 1))
        #expect(fault.message.contains("`via: login`"))
        var device = fleet.device("bkk00", 1)
        device.paths = ["elsewhere"]
        #expect(try await self.fault(direct, device).code == "path-none")
    }

    // MARK: algo

    @Test(arguments: [
        ("MACs hmac-sha2-256-etm@openssh.com", "ETM", "no common MAC"),
        ("Ciphers aes128-gcm@openssh.com", "GCM", "no common cipher"),
        ("Ciphers chacha20-poly1305@openssh.com", "chacha20-poly1305", "no common cipher"),
        ("KexAlgorithms sntrup761x25519-sha512@openssh.com", "sntrup761", "no common key exchange"),
    ])
    func noCommonAlgorithm(option: String, lacking: String, says: String) async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target", [option])
        try fleet.knownHosts(target)
        let fault = try await fault(direct, fleet.device("bkk00", target.port))
        #expect(fault.code == "no-common-algorithm")
        #expect(fault.rung == .algo)
        #expect(!fault.retries)
        #expect(fault.message.contains("libssh2 1.10 lacks"))
        #expect(fault.message.contains(lacking))
        #expect(fault.message.hasPrefix(says))
        #expect(fault.message.contains("OpenSSH"))
    }

    @Test func rsaHostKeyOnly() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target", keyType: "rsa")
        try fleet.knownHosts(target)
        let fault = try await fault(direct, fleet.device("bkk00", target.port))
        #expect(fault.code == "no-common-algorithm")
        #expect(fault.message.contains("no common host key"))
        #expect(fault.message.contains("RSA-SHA2"))
    }

    @Test(arguments: [
        ("", "closed-before-banner"), ("HTTP/1.1 400 Bad Request\r\n\r\n", "not-ssh"),
        ("Exceeded MaxStartups\r\n", "too-many-connections"), ("Not allowed at this time\r\n", "too-many-connections"),
        ("SSH-2.0-Half\r\n", "handshake-failed"), ("SSH-2.0-Half\r\n\0\0\0\u{10}\u{6}\u{14}abc", "handshake-failed"),
        ("\u{1B}]0;owned\u{7}\u{1B}[2J\0hello\r\n", "not-ssh"),
    ])
    func serverThatSaysSomethingAndCloses(said: String, code: String) async throws {
        let fleet = try TestFleet()
        let server = try ScriptedServer(said: said)
        let fault = try await fault(direct, fleet.device("bkk00", server.port))
        #expect(fault.code == code, "\(fault)")
        #expect(fault.rung == .algo)
        #expect(fault.retries)
        #expect(!fault.message.unicodeScalars.contains { $0.value < 32 || $0.value == 127 })
        await server.stop()
    }

    // MARK: key

    @Test func unknownHostKey() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.knownHosts()
        let fault = try await fault(direct, fleet.device("bkk00", target.port))
        #expect(fault.code == "host-key-unknown")
        #expect(fault.rung == .key)
        #expect(!fault.retries)
        #expect(fault.message.contains("ED25519 SHA256:"))
        #expect(fault.hint?.contains("[127.0.0.1]:\(target.port) \(target.hostKey)") == true)
        // The line it shows is the line that helps.
        let line = try #require(fault.hint?.split(separator: ": ").last)
        try fleet.write(String(line) + "\n", to: "known_hosts")
        let network = await Network(paths: [])
        let link = await network.link(for: fleet.device("bkk00", target.port))
        #expect(try await link.open { _ in } == .fresh)
        await network.close()
    }

    @Test func changedHostKeyWaitsForAPerson() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        let other = try await fleet.server("other")
        try fleet.write("# ours\n[127.0.0.1]:\(target.port) \(other.hostKey)\n", to: "known_hosts")
        let network = await Network(paths: [])
        let link = await network.link(for: fleet.device("bkk00", target.port))
        let fault = await #expect(throws: Fault.self) { _ = try await link.open { _ in } }
        #expect(fault?.code == "host-key-changed")
        #expect(fault?.message.contains("known_hosts:2") == true)
        #expect(fault?.message.split(separator: "SHA256:").count == 3)
        let connections = try fleet.count("Connection from", in: target)
        for _ in 0..<3 { await #expect(throws: Fault.self) { _ = try await link.open { _ in } } }
        #expect(try fleet.count("Connection from", in: target) == connections, "it was tried again by itself")
        #expect(await link.reach.retryAt == nil)

        try fleet.knownHosts(target)
        await link.retryNow()
        #expect(try await link.open { _ in } == .fresh)
        #expect(await link.reach.fault == nil)
        await network.close()
    }

    @Test func revokedHostKey() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.write(
            "[127.0.0.1]:\(target.port) \(target.hostKey)\n@revoked * \(target.hostKey)\n", to: "known_hosts")
        let fault = try await fault(direct, fleet.device("bkk00", target.port))
        #expect(fault.code == "host-key-revoked")
        #expect(!fault.retries)
    }

    // MARK: auth

    @Test func refusedKeyIsNamedAndNotTriedAgain() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.knownHosts(target)
        try fleet.write("", to: "authorized_keys")
        let network = await Network(paths: [])
        let link = await network.link(for: fleet.device("bkk00", target.port))
        let fault = await #expect(throws: Fault.self) { _ = try await link.open { _ in } }
        #expect(fault?.code == "auth-refused")
        #expect(fault?.rung == .auth)
        #expect(fault?.retries == false)
        #expect(fault?.message.contains("\(TestFleet.user) in with ED25519 SHA256:") == true)
        await #expect(throws: Fault.self) { _ = try await link.open { _ in } }
        #expect(try fleet.count("Connection from", in: target) == 1)
        await network.close()
    }

    @Test func wrongUser() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.knownHosts(target)
        var device = fleet.device("bkk00", target.port)
        device.endpoint.user = "nobody-of-that-name"
        let fault = try await fault(direct, device)
        #expect(fault.code == "auth-refused")
        #expect(fault.message.contains("nobody-of-that-name"))
    }

    @Test func keysThatCannotBeUsed() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target")
        try fleet.knownHosts(target)
        let keygen = "/usr/bin/ssh-keygen"
        try TestFleet.run(keygen, "-q", "-t", "rsa", "-N", "", "-f", fleet.directory + "/rsa")
        try TestFleet.run(keygen, "-q", "-t", "ed25519", "-N", "secret", "-f", fleet.directory + "/locked")
        try fleet.write("hello\n", to: "text")
        var device = fleet.device("bkk00", target.port)
        device.endpoint.identities = ["rsa", "locked", "text", "absent"].map { "\(fleet.directory)/\($0)" }
        device.endpoint.agent = "\(fleet.directory)/no-agent"
        let fault = try await fault(direct, device)
        #expect(fault.code == "no-identity")
        for word in ["SHA-1", "passphrase", "not a private key", "no such file", "no-agent"] {
            #expect(fault.message.contains(word), "\(word) in \(fault.message)")
        }
    }

    @Test func tooManyKeys() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target", ["MaxAuthTries 2"])
        try fleet.knownHosts(target)
        try fleet.write("", to: "authorized_keys")
        var device = fleet.device("bkk00", target.port)
        for name in ["a", "b", "c", "d"] {
            try TestFleet.run(
                "/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(fleet.directory)/\(name)")
            device.endpoint.identities.append("\(fleet.directory)/\(name)")
        }
        let fault = try await fault(direct, device)
        #expect(fault.code == "auth-ended")
        #expect(fault.hint?.contains("MaxAuthTries") == true)
    }

    // MARK: prompt

    @Test func sessionsForbidden() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target", ["MaxSessions 0"])
        try fleet.knownHosts(target)
        let fault = try await fault(direct, fleet.device("bkk00", target.port))
        #expect(fault.code == "channel-refused")
        #expect(fault.rung == .prompt)
    }

    @Test func accountWithoutShell() async throws {
        let fleet = try TestFleet()
        let target = try await fleet.server("target", ["ForceCommand echo This account is closed.; exit 1"])
        try fleet.knownHosts(target)
        let fault = try await fault(direct, fleet.device("bkk00", target.port))
        #expect(fault.code == "shell-ended")
        #expect(fault.rung == .prompt)
        #expect(fault.message.contains("This account is closed."))
    }
}

/// Accepts connections, says one thing to each, and closes it once the other side has spoken.
final class ScriptedServer: Sendable {
    let port: Int
    private let task: Task<Void, Never>

    init(said: String) throws {
        let listener = try Listener(backlog: 8)
        port = listener.port
        let fd = dup(listener.fd)
        _ = fcntl(fd, F_SETFL, O_NONBLOCK)
        task = Task.detached {
            while !Task.isCancelled {
                let peer = accept(fd, nil, nil)
                if peer >= 0 {
                    var bytes = Array(said.utf8)
                    send(peer, &bytes, bytes.count, Int32(MSG_NOSIGNAL))
                    shutdown(peer, Int32(SHUT_WR))
                    // Read to the end: closing on unread bytes would reset the connection and lose ours.
                    var scrap = [UInt8](repeating: 0, count: 4096)
                    while recv(peer, &scrap, scrap.count, 0) > 0 {}
                    close(peer)
                }
                try? await NetworkActor.sleep(for: .milliseconds(5))
            }
            close(fd)
        }
    }

    func stop() async {
        task.cancel()
        await task.value
    }
}
