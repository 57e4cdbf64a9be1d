// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
@_spi(Reading) import NocturneTransport

/// A BIRD of the machine's own package on a private socket and loopback addresses, and a shell in which `birdc` is
/// the client of that socket. Nil where BIRD is not installed.
final class RealBird {
    let folder: URL
    private let daemon: Process

    init?() throws {
        let program = "/usr/sbin/bird"
        guard FileManager.default.isExecutableFile(atPath: program),
            FileManager.default.isExecutableFile(atPath: "/usr/sbin/birdc")
        else {
            print("BIRD is not installed: the test with a real daemon is skipped")
            return nil
        }
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("nocturne-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let socket = folder.appendingPathComponent("bird.ctl").path
        let configuration = folder.appendingPathComponent("bird.conf")
        try Self.configuration.write(to: configuration, atomically: true, encoding: .utf8)
        let client = folder.appendingPathComponent("birdc")
        try "#!/bin/sh\nexec /usr/sbin/birdc -s '\(socket)' \"$@\"\n"
            .write(to: client, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: client.path)
        daemon = Process()
        daemon.executableURL = URL(fileURLWithPath: program)
        daemon.arguments = [
            "-f", "-c", configuration.path, "-s", socket, "-P", folder.appendingPathComponent("bird.pid").path,
        ]
        daemon.standardOutput = FileHandle.nullDevice
        daemon.standardError = FileHandle.nullDevice
        try daemon.run()
        // The socket's file is there before the daemon listens on it: wait for an answer.
        while !Self.answers(client) {
            guard daemon.isRunning else { throw CocoaError(.executableLoad) }
            usleep(10_000)
        }
    }

    private static func answers(_ client: URL) -> Bool {
        let process = Process()
        process.executableURL = client
        process.arguments = ["show", "status"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // Another test's child, between fork and exec, may still hold the script open for writing (ETXTBSY).
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    func stop() {
        // A child of a thread that blocks signals may never hear SIGTERM.
        kill(daemon.processIdentifier, SIGKILL)
        daemon.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Sessions that stay down, one that is off, names and words that are awkward; no port of the machine is opened.
    private static let configuration = """
        router id 203.0.113.1;
        hostname "edge1";
        timeformat protocol iso long;
        protocol device {}
        protocol static s4 { ipv4; route 198.51.100.0/24 unreachable; route 198.51.100.1/32 blackhole; }
        protocol bfd bfd1 { accept ipv4 direct; }
        protocol ospf v2 o_one { ipv4 {}; area 0 { interface "nocturne-none*"; }; }
        protocol ospf v3 'o-two' { ipv6 {}; area 0 { interface "nocturne-none*"; }; }
        template bgp t { local 127.0.0.1 port 17901 as 64500; multihop; ipv4 { import all; export none; }; }
        protocol bgp adm from t { disabled; neighbor 127.0.0.7 as 64511; description "0023 1 | bird> 8007"; }
        protocol bgp 'odd-name.with:a_long_tail_1' from t { passive; neighbor 127.0.0.8 as 4200000000; }
        protocol bgp quiet from t { passive; neighbor 127.0.0.9 as 64512; ipv6 { import all; export none; }; }
        """
}

/// A shell on a pipe, as the far end of a held channel is.
@NetworkActor
final class ShellLink: Link {
    var reach = Reach(climbed: .prompt, path: "pipe")
    private let path: String
    private var shell: Process?
    private var input: FileHandle?
    private var output: FileHandle?
    private var pending: [UInt8] = []

    /// - Parameter path: put before the shell's own `PATH`.
    init(path: String) { self.path = path }

    func open(progress: @escaping @Sendable (Reach) -> Void) async throws(Fault) -> OpenOutcome {
        if let shell, shell.isRunning { return .held }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.environment = ["PATH": "\(path):/usr/bin:/bin"]
        let (toShell, fromShell) = (Pipe(), Pipe())
        process.standardInput = toShell
        process.standardOutput = fromShell
        do { try process.run() } catch {
            throw Fault(rung: .prompt, code: "no-shell", place: "pipe", message: "\(error)", retries: false)
        }
        shell = process
        input = toShell.fileHandleForWriting
        output = fromShell.fileHandleForReading
        pending = []
        return .fresh
    }

    func ask(
        _ question: String, framing: any Framing, deadline: Duration, limit: Int
    ) async throws(Fault) -> Answer {
        var framing = framing
        let clock = ContinuousClock()
        let began = clock.now
        input?.write(Data(framing.wrap(question).utf8))
        var kept: [UInt8] = []
        var bytes = 0
        while true {
            guard let line = nextLine(until: began + deadline, clock) else {
                dropChannel()
                throw Fault(rung: .prompt, code: "channel-ended", place: "pipe", message: "No end.", retries: true)
            }
            bytes += line.count + 1
            let verdict = framing.consume(line)
            if verdict == .keep || verdict == .end(keep: true) { kept += line + [0x0A] }
            guard case .end = verdict else { continue }
            return Answer(
                text: ScrubbedText(scrubbing: kept), bytes: bytes, took: clock.now - began, at: Self.now(),
                truncated: false)
        }
    }

    private func nextLine(until deadline: ContinuousClock.Instant, _ clock: ContinuousClock) -> [UInt8]? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                return line
            }
            let left = (deadline - clock.now).milliseconds
            guard left > 0, let output else { return nil }
            var wait = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, Int32(left)) > 0 else { return nil }
            let data = output.availableData
            guard !data.isEmpty else { return nil }
            pending += data
        }
    }

    nonisolated static func now() -> UTC {
        UTC(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    func run(_ command: String, deadline: Duration, limit: Int) async throws(Fault)
        -> (result: ShellResult, answer: Answer)
    {
        throw Fault(rung: .prompt, code: "no-shell", place: "pipe", message: "One shell only.", retries: true)
    }

    func exchange(
        with host: String, port: Int, sending bytes: [UInt8], deadline: Duration, limit: Int,
        isComplete: @Sendable ([UInt8]) -> Bool
    ) async throws(Fault) -> ForwardedAnswer { .silent(reason: "connection refused") }

    func dropChannel() {
        try? input?.close()
        if let shell { kill(shell.processIdentifier, SIGKILL) }
        shell = nil
    }

    func retryNow() {}
    func close() async { dropChannel() }
}
