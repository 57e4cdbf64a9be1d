// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// The files a change session keeps on the operator's machine: the draft, and what was there before, off the device.
///
/// Readable by their owner only (0600, folders 0700), since configurations hold secrets. A third, empty file marks a
/// session whose end was written down, so that the next start knows what a killed console left open.
///
/// ```
///  STATE/drafts/ID.conf      to be edited
///  STATE/snapshots/ID.conf   as before
///  STATE/snapshots/ID.end    its end is in the journal
/// ```
public struct ChangeFiles: Sendable {
    /// Why a file could not be written or read.
    public struct Problem: Error, Sendable { public var message: String }

    private let state: String

    /// - Parameter state: the folder for everything that is kept between runs.
    public init(state: String) { self.state = state }

    func draft(_ session: String) -> String { "\(state)/drafts/\(session).conf" }
    func snapshot(_ session: String) -> String { "\(state)/snapshots/\(session).conf" }
    private func mark(_ session: String) -> String { "\(state)/snapshots/\(session).end" }

    /// Off the network's thread: a slow disk delays nobody else.
    private static func away<Value: Sendable>(
        _ body: @escaping @Sendable () -> Result<Value, Problem>
    ) async throws(Problem) -> Value {
        let result = await withCheckedContinuation { done in
            DispatchQueue.global().async { done.resume(returning: body()) }
        }
        return try result.get()
    }

    func write(_ text: String, to file: String) async throws(Problem) {
        try await Self.away { Self.put(text, file) }
    }

    func read(_ file: String) async throws(Problem) -> String {
        try await Self.away { Self.get(file) }
    }

    func end(_ session: String) async {
        // The worst that comes of a failure is that the end is reported twice.
        try? await write("", to: mark(session))
    }

    /// Begun from here, by this user, and nobody has written down how it ended.
    func isOpenEnded(_ session: String) async -> Bool {
        let (begun, ended) = (snapshot(session), mark(session))
        let open = try? await Self.away { .success(access(begun, F_OK) == 0 && access(ended, F_OK) != 0) }
        return open ?? false
    }

    private static func put(_ text: String, _ file: String) -> Result<Void, Problem> {
        var at = file.index(after: file.startIndex)
        while let slash = file[at...].firstIndex(of: "/") {
            mkdir(String(file[..<slash]), 0o700)
            at = file.index(after: slash)
        }
        let fd = Glibc.open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard fd >= 0 else { return .failure(problem("cannot write", file)) }
        defer { close(fd) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(fd, $0.baseAddress, $0.count) }
            if count < 0 { return .failure(problem("cannot write", file)) }
            rest = rest.dropFirst(count)
        }
        // Before anything is sent: a copy that a crash takes along is none.
        return fsync(fd) == 0 ? .success(()) : .failure(problem("cannot write", file))
    }

    private static func get(_ file: String) -> Result<String, Problem> {
        let fd = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return .failure(problem("cannot read", file)) }
        defer { close(fd) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(fd, &buffer, buffer.count)
            if count < 0 { return .failure(problem("cannot read", file)) }
            if count == 0 { break }
            bytes += buffer.prefix(count)
            if bytes.count > 16 << 20 { return .failure(Problem(message: "\(file) is larger than 16 MiB")) }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard Array(text.utf8) == bytes, !bytes.contains(0) else {
            return .failure(Problem(message: "\(file) is not UTF-8 text"))
        }
        return .success(text)
    }

    private static func problem(_ what: String, _ file: String) -> Problem {
        Problem(message: "\(what) \(file): \(String(cString: strerror(errno)))")
    }
}
