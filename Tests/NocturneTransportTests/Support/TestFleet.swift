// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel
import Testing

@testable import NocturneTransport

/// Real sshd processes on 127.0.0.1 with keys, configuration and home of their own, gone with the fleet.
///
/// ```swift
/// let fleet = try TestFleet()
/// let jump = try await fleet.server("jump")
/// ```
final class TestFleet {
    static let sshd = "/usr/sbin/sshd"
    static let isPresent = access(sshd, X_OK) == 0 && geteuid() == 0

    let directory: String
    private var children: [pid_t] = []

    init() throws {
        var template = Array("/tmp/nocturne-test-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let base = buffer.baseAddress, let path = mkdtemp(base) else { return nil }
            return String(cString: path)
        }
        directory = try #require(made)
        // Where sshd's unprivileged half is put; absent until a first sshd was started by the system.
        mkdir("/run/sshd", 0o755)
        try TestFleet.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory + "/user")
        try write(try read("user.pub"), to: "authorized_keys")
    }

    deinit {
        for child in children {
            kill(child, SIGTERM)
            var status: Int32 = 0
            waitpid(child, &status, 0)
        }
        _ = try? TestFleet.run("/bin/rm", "-rf", directory)
    }

    struct Server {
        var port: Int
        var process: pid_t
        var log: String
        /// Type and base 64 of its host key.
        var hostKey: String
    }

    /// The user the tests run as.
    static var user: String { getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "root" }

    func server(_ name: String, keyType: String = "ed25519", port: Int? = nil, _ options: [String] = []) async throws
        -> Server
    {
        let key = "\(directory)/\(name).key"
        if access(key, F_OK) != 0 {
            try TestFleet.run("/usr/bin/ssh-keygen", "-q", "-t", keyType, "-N", "", "-f", key)
        }
        let port = try port ?? TestFleet.freePort()
        let log = "\(directory)/\(name).log"
        // sshd takes the first value of an option: what a test sets comes first.
        let configuration =
            options + [
                "Port \(port)", "ListenAddress 127.0.0.1", "HostKey \(key)", "PidFile none", "UsePAM no",
                "AuthorizedKeysFile \(directory)/authorized_keys", "StrictModes no", "PermitRootLogin yes",
                "PasswordAuthentication no", "KbdInteractiveAuthentication no", "LogLevel VERBOSE",
                "MaxStartups 200", "SetEnv HOME=\(directory)", "PrintMotd no", "PrintLastLog no",
            ]
        try write(configuration.joined(separator: "\n") + "\n", to: "\(name).conf")
        let child = try TestFleet.spawn([TestFleet.sshd, "-D", "-f", "\(directory)/\(name).conf", "-E", log])
        children.append(child)
        try await eventually("\(name) listens") {
            guard access(log, F_OK) == 0 else { return false }
            return try self.read("\(name).log").contains("Server listening")
        }
        let fields = try read("\(name).key.pub").split(separator: " ")
        return Server(port: port, process: child, log: log, hostKey: "\(fields[0]) \(fields[1])")
    }

    func stop(_ server: Server) {
        kill(server.process, SIGTERM)
        var status: Int32 = 0
        waitpid(server.process, &status, 0)
        children.removeAll { $0 == server.process }
    }

    /// The processes of the server's present connections.
    func children(of server: Server) -> [pid_t] {
        guard
            case .success(let bytes) = FileBytes.read(
                "/proc/\(server.process)/task/\(server.process)/children", limit: 65_536)
        else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    }

    /// Writes the host keys of `servers`, each under its port, and returns the file's path.
    @discardableResult
    func knownHosts(_ servers: Server..., hashed: Bool = false, file: String = "known_hosts") throws -> String {
        let lines = servers.map { "[127.0.0.1]:\($0.port) \($0.hostKey)\n" }
        try write(lines.joined(), to: file)
        if hashed { try TestFleet.run("/usr/bin/ssh-keygen", "-q", "-H", "-f", "\(directory)/\(file)") }
        return "\(directory)/\(file)"
    }

    func endpoint(_ port: Int, user: String = TestFleet.user, agent: String? = nil, identities: [String]? = nil)
        -> SSHEndpoint
    {
        SSHEndpoint(
            user: user, host: "127.0.0.1", port: port, identities: identities ?? ["\(directory)/user"],
            knownHosts: ["\(directory)/known_hosts"], agent: agent)
    }

    func device(_ name: DeviceName, _ port: Int) -> Device {
        Device(name: name, platform: .linux, endpoint: endpoint(port))
    }

    func path(via server: Server) -> AccessPath { AccessPath(name: "jump", hops: [endpoint(server.port)]) }

    func startAgent() async throws -> String {
        let socket = "\(directory)/agent"
        children.append(try TestFleet.spawn(["/usr/bin/ssh-agent", "-D", "-a", socket]))
        try await eventually("the agent listens") { access(socket, F_OK) == 0 }
        return socket
    }

    /// How often the server's log has `text`.
    func count(_ text: String, in server: Server) throws -> Int {
        try read(String(server.log.dropFirst(directory.count + 1))).split(whereSeparator: \.isNewline).count {
            $0.contains(text)
        }
    }

    // MARK: Files and processes

    func read(_ name: String) throws -> String {
        let file = try #require(fopen("\(directory)/\(name)", "r"))
        defer { fclose(file) }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer.prefix(count) }
        return String(decoding: text, as: UTF8.self)
    }

    func write(_ text: String, to name: String) throws {
        let file = try #require(fopen("\(directory)/\(name)", "w"))
        defer { fclose(file) }
        fputs(text, file)
        fchmod(fileno(file), 0o600)
    }

    static func spawn(_ command: [String], environment: [String] = ["PATH=/usr/bin:/bin"]) throws -> pid_t {
        var child = pid_t()
        var arguments = command.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for pointer in arguments + variables { free(pointer) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for fd: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0) }
        let code = posix_spawn(&child, command[0], &actions, nil, &arguments, &variables)
        try #require(code == 0, "cannot start \(command[0]): \(code)")
        return child
    }

    static func run(_ command: String..., environment: [String] = ["PATH=/usr/bin:/bin"]) throws {
        let child = try spawn(command, environment: environment)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        try #require(status == 0, "\(command) failed")
    }

    /// A port nobody listens on just now.
    static func freePort() throws -> Int {
        let listener = try Listener(backlog: 1)
        return listener.port
    }
}

/// A listening socket that does nothing by itself.
final class Listener {
    let fd: Int32
    let port: Int

    init(backlog: Int32) throws {
        fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let fd = fd
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, length) == 0 && listen(fd, backlog) == 0 && getsockname(fd, $0, &length) == 0
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        try #require(isListening)
    }

    deinit { close(fd) }
}

/// Waits until `condition` holds; fails the test when it never does.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while !(try await condition()) {
        try #require(ContinuousClock.now < end, "never happened: \(what)")
        try await NetworkActor.sleep(for: .milliseconds(10))
    }
}
