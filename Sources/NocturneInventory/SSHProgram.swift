// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Asks the `ssh` of this machine, as a child process with a deadline.
///
/// `ssh -G` connects to nothing, but a `Match exec` in somebody's configuration may run anything; hence the deadline.
public struct SSHProgram: SSHConfigSource {
    private let program: String
    /// What stands before our own arguments; tests run a shell with a script.
    private let leading: [String]
    private let deadlineMilliseconds: Int64
    private static let mostBytes = 1 << 20
    private static let mostChildren = 8

    public init(program: String = "ssh", deadline: Duration = .seconds(5)) {
        self.init(program: program, leading: [], deadline: deadline)
    }

    init(program: String, leading: [String], deadline: Duration = .seconds(5)) {
        self.program = program
        self.leading = leading
        let (seconds, attoseconds) = deadline.components
        deadlineMilliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// Several children at a time, since most of their time is spent starting.
    public func outcomes(for queries: [SSHConfigQuery]) -> [SSHConfigOutcome] {
        stride(from: 0, to: queries.count, by: Self.mostChildren).flatMap { start in
            queries[start..<min(start + Self.mostChildren, queries.count)].map(begin).map(finish)
        }
    }

    private func begin(_ query: SSHConfigQuery) -> Result<Child?, SSHConfigFailure> {
        do {
            return .success(try Child(program: program, arguments: leading + query.arguments))
        } catch {
            return .failure(error)
        }
    }

    private func finish(_ started: Result<Child?, SSHConfigFailure>) -> SSHConfigOutcome {
        let child: Child
        switch started {
        case .failure(let failure): return .failed(failure)
        case .success(nil): return .noSSH
        case .success(let begun?): child = begun
        }
        let output = child.read(deadlineMilliseconds: deadlineMilliseconds, limit: Self.mostBytes)
        let status = child.reap(killing: output == nil)
        guard let output else {
            return .failed(
                SSHConfigFailure(message: "did not answer within \(deadlineMilliseconds) ms and was ended"))
        }
        // 127 is how a shell and posix_spawn of older systems say "no such program".
        if status == 127 { return .noSSH }
        guard status == 0 else {
            let said = output.errors.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("Pseudo-terminal") }
            return .failed(SSHConfigFailure(message: "ended with status \(status): \(said ?? "it said nothing")"))
        }
        return .told(SSHConfig(parsing: output.text))
    }
}

/// A started program with its two outputs.
private struct Child {
    private let pid: pid_t
    private let output: Int32
    private let errors: Int32
    private let started = ContinuousClock.now

    /// Nil when there is no such program.
    init?(program: String, arguments: [String]) throws(SSHConfigFailure) {
        guard let out = Self.pipe() else { throw Self.failure("pipe", errno) }
        guard let err = Self.pipe() else {
            close(out.read)
            close(out.write)
            throw Self.failure("pipe", errno)
        }
        defer {
            close(out.write)
            close(err.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out.write, 1)
        posix_spawn_file_actions_adddup2(&actions, err.write, 2)

        var pid: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        let failed = posix_spawnp(&pid, program, &actions, nil, words, environ)
        guard failed == 0 else {
            close(out.read)
            close(err.read)
            if failed == ENOENT || failed == EACCES { return nil }
            throw Self.failure("starting it", failed)
        }
        self.pid = pid
        output = out.read
        errors = err.read
    }

    /// Both outputs to their end; nil when the deadline passed first. Closes them.
    func read(deadlineMilliseconds: Int64, limit: Int) -> (text: String, errors: String)? {
        defer {
            close(output)
            close(errors)
        }
        var open = [
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        ]
        var bytes: [[UInt8]] = [[], []]
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while open.contains(where: { $0.fd >= 0 }) {
            let left = Duration.milliseconds(deadlineMilliseconds) - (ContinuousClock.now - started)
            guard left > .zero else { return nil }
            let wait = Int32(
                clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
            guard poll(&open, nfds_t(open.count), wait) >= 0 || errno == EINTR else { return nil }
            for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
                let count = Glibc.read(open[index].fd, &buffer, buffer.count)
                if count > 0 {
                    if bytes[index].count < limit { bytes[index] += buffer[..<count] }
                } else if count == 0 || errno != EINTR {
                    // poll skips negative descriptors.
                    open[index].fd = -1
                }
            }
        }
        return (String(decoding: bytes[0], as: UTF8.self), String(decoding: bytes[1], as: UTF8.self))
    }

    /// Its exit status; 128 and the signal when a signal ended it.
    func reap(killing: Bool) -> Int32 {
        if killing { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 {
            guard errno == EINTR else { return 255 }
        }
        // WIFEXITED and WEXITSTATUS are macros, which Swift does not import.
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// A pipe that no other child inherits.
    private static func pipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func failure(_ what: String, _ code: Int32) -> SSHConfigFailure {
        SSHConfigFailure(message: "could not be run: \(what): \(String(cString: strerror(code)))")
    }
}
