// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import NocturneTransport
import Testing

/// A real sshd on 127.0.0.1, and two real BIRDs with a session between them, all on private files, sockets and ports.
/// The first BIRD is the device; what a change leaves on it lies in `base`.
final class ChangeBench {
    static let isPresent =
        ["/usr/sbin/sshd", "/usr/sbin/bird", "/usr/sbin/birdc"].allSatisfy(FileManager.default.isExecutableFile)
        && geteuid() == 0

    let folder: String
    let port: Int
    var base: String { folder + "/changes" }
    var state: String { folder + "/state" }
    var conf: String { folder + "/etc/bird.conf" }
    let original: String
    private var children: [pid_t] = []
    private var sshd: pid_t = 0

    init() throws {
        folder = "/tmp/nocturne-change-\(UUID().uuidString.prefix(8))"
        for part in ["", "/etc", "/bin", "/peer"] {
            try FileManager.default.createDirectory(atPath: folder + part, withIntermediateDirectories: true)
        }
        try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
        let ports = try (0..<3).map { _ in try Self.freePort() }
        port = ports[0]
        original = Self.configuration(own: ports[1], peer: ports[2])
        try write(original, folder + "/etc/bird.conf")
        try write(Self.peer(own: ports[2], peer: ports[1]), folder + "/peer/bird.conf")
        try write("#!/bin/sh\nexec /usr/sbin/birdc -s '\(folder)/bird.ctl' \"$@\"\n", folder + "/bin/birdc")
        chmod(folder + "/bin/birdc", 0o755)
        try startBird(folder + "/etc/bird.conf", folder + "/bird.ctl")
        try startBird(folder + "/peer/bird.conf", folder + "/peer.ctl")
        try Self.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder + "/user")
        try Self.run("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder + "/host")
        try write(read(folder + "/user.pub"), folder + "/authorized_keys")
        try write("[127.0.0.1]:\(port) \(read(folder + "/host.pub"))", folder + "/known_hosts")
        try write(
            """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder)/host
            PidFile none
            UsePAM no
            AuthorizedKeysFile \(folder)/authorized_keys
            StrictModes no
            PermitRootLogin yes
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            MaxStartups 200
            SetEnv PATH=\(folder)/bin:/usr/sbin:/usr/bin:/bin

            """, folder + "/sshd.conf")
        try startSSH()
        try wait("sshd and BIRD answer") {
            (try? self.read(self.folder + "/sshd.log").contains("Server listening")) == true
                && self.birdc("show protocols").contains("Established")
        }
    }

    deinit {
        // Timers of sessions that a test left armed.
        for session in (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] {
            if let pid = timer(of: session) { kill(pid, SIGKILL) }
        }
        for child in children + [sshd] {
            kill(child, SIGKILL)
            var status: Int32 = 0
            waitpid(child, &status, 0)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    func device(_ name: DeviceName = "edge1", become: String? = nil) -> Device {
        Device(
            name: name, platform: .bird, runs: [.bird],
            endpoint: SSHEndpoint(
                user: getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "root", host: "127.0.0.1",
                port: port, identities: [folder + "/user"], knownHosts: [folder + "/known_hosts"]),
            poll: .milliseconds(500), become: become)
    }

    // MARK: What holds, seen from outside

    /// The original with one more route.
    var changed: String {
        original.replacingOccurrences(of: "# more", with: "route 192.0.2.0/24 unreachable; # more")
    }
    /// The original without its BGP session.
    var broken: String {
        original.components(separatedBy: "protocol bgp").first ?? ""
    }

    var hasNewRoute: Bool { birdc("show route 192.0.2.0/24").contains("unreachable") }
    var isEstablished: Bool { birdc("show protocols b").contains("Established") }
    var onDisk: String { (try? read(conf)) ?? "" }
    var isUndoPending: Bool { birdc("configure status").contains("unconfirmed") }
    /// What lies beside the configuration and does not belong there.
    var litter: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/etc")) ?? []).filter { $0 != "bird.conf" }
    }
    var sessions: [String] { (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? [] }
    func word(_ session: String) -> String {
        ((try? read("\(base)/\(session)/state")) ?? "").trimmingCharacters(in: .newlines)
    }
    func timer(of session: String) -> pid_t? {
        guard let text = try? read("\(base)/\(session)/pid"),
            let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)),
            (try? read("/proc/\(pid)/cmdline"))?.contains("\(session)/guard.sh") == true
        else { return nil }
        return pid
    }

    @discardableResult
    func birdc(_ command: String) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: folder + "/bin/birdc")
        process.arguments = [command]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "" }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    /// Nobody gets in any more, and who was in is out.
    func stopSSH() {
        for child in sshChildren + [sshd] {
            kill(child, SIGKILL)
        }
        var status: Int32 = 0
        waitpid(sshd, &status, 0)
    }

    func startSSH() throws {
        sshd = try Self.spawn(["/usr/sbin/sshd", "-D", "-f", folder + "/sshd.conf", "-E", folder + "/sshd.log"])
    }

    private var sshChildren: [pid_t] {
        ((try? read("/proc/\(sshd)/task/\(sshd)/children")) ?? "").split(separator: " ").compactMap { pid_t($0) }
    }

    // MARK: Tools

    func read(_ file: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    }

    func write(_ text: String, _ file: String) throws {
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        chmod(file, 0o600)
    }

    private func startBird(_ conf: String, _ socket: String) throws {
        children.append(try Self.spawn(["/usr/sbin/bird", "-f", "-c", conf, "-s", socket, "-P", socket + ".pid"]))
    }

    private func wait(_ what: String, _ condition: () -> Bool) throws {
        let end = ContinuousClock.now + .seconds(60)
        while !condition() {
            try #require(ContinuousClock.now < end, "never happened: \(what)")
            usleep(20_000)
        }
    }

    private static func spawn(_ command: [String]) throws -> pid_t {
        var child = pid_t()
        var arguments = command.map { strdup($0) } + [nil]
        defer { for pointer in arguments { free(pointer) } }
        // The threads of Swift's tasks block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for fd: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0) }
        let code = posix_spawn(&child, command[0], &actions, &attributes, &arguments, environ)
        try #require(code == 0, "cannot start \(command[0])")
        return child
    }

    static func run(_ command: String...) throws {
        var status: Int32 = 0
        waitpid(try spawn(command), &status, 0)
        try #require(status == 0, "\(command) failed")
    }

    private static func freePort() throws -> Int {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(fd) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, length) == 0 && getsockname(fd, $0, &length) == 0
            }
        }
        try #require(bound)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static let quick = "multihop; connect delay time 1; connect retry time 1; error wait time 1, 2;"

    private static func configuration(own: Int, peer: Int) -> String {
        """
        # The device of the bench.
        router id 203.0.113.1;
        protocol device {}
        protocol static s4 {
            ipv4;
            route 198.51.100.0/24 unreachable;
            # more
        }
        protocol bgp b {
            local 127.0.0.1 port \(own) as 65001; neighbor 127.0.0.2 port \(peer) as 65002; strict bind on;
            \(quick)
            ipv4 { import all; export all; };
        }

        """
    }

    private static func peer(own: Int, peer: Int) -> String {
        """
        router id 203.0.113.2;
        protocol device {}
        protocol bgp a {
            local 127.0.0.2 port \(own) as 65002; neighbor 127.0.0.1 port \(peer) as 65001; strict bind on;
            \(quick)
            ipv4 { import all; export none; };
        }

        """
    }
}

/// Waits until `condition` holds; fails the test when it never does.
@NetworkActor
func eventually(
    _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while !(try await condition()) {
        try #require(ContinuousClock.now < end, "never happened: \(what)")
        try await NetworkActor.sleep(for: .milliseconds(20))
    }
}
