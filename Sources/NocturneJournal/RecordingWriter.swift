// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import NocturneModel

/// Appends snapshots to a recording (``RecordingLine`` has the format).
///
/// What is promised, and what is not:
/// - When ``write(_:)`` returns, the line has been handed to the kernel by one `write(2)`: it survives the death of
///   this process, not a power cut. After each full line (at least every 60 s) `fsync(2)` makes everything so far
///   survive that too.
/// - Nothing that goes wrong here stops anybody. A disk that is full or read-only becomes a ``RecorderState/failed(_:)``
///   with the reason; half a line is taken back; a full snapshot is tried again after 60 s.
/// - A recording does not grow beyond its limit: it stops there and says so.
///
/// Not for sharing: ``Recorder`` puts it on a thread of its own.
public final class RecordingWriter {
    public struct Options: Sendable {
        /// Snapshot time between full lines, and between attempts after a failure.
        public var fullEvery: Duration
        /// The size at which the recording stops, in bytes.
        public var limit: Int
        /// Whether full lines carry the raw answers.
        public var transcripts: Bool
        /// Name and version of the program, for the header.
        public var program: String

        public init(
            fullEvery: Duration = .seconds(60), limit: Int = 512 << 20, transcripts: Bool = true,
            program: String = "nocturne"
        ) {
            self.fullEvery = fullEvery
            self.limit = limit
            self.transcripts = transcripts
            self.program = program
        }
    }

    public let path: String
    public private(set) var state: RecorderState
    private let options: Options
    private let encoder = JSONEncoder()
    private var file: Int32 = -1
    /// The end of the last whole line.
    private var end = 0
    /// Something that is not a whole line lies at the end of the file and could not be taken back.
    private var torn = false
    private var headed = false
    private var full = false
    private var mirror: RecordedState?
    private var lastFull: UTC?
    private var retryAt: UTC?
    /// The latest snapshot, while only its changes are in the file.
    private var unfull: Snapshot?

    /// Nothing is opened before the first snapshot.
    public init(path: String, options: Options = Options()) {
        self.path = path
        self.options = options
        state = .recording(file: path)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    deinit { if file >= 0 { Glibc.close(file) } }

    /// Records a snapshot and says how the recording is.
    public func write(_ snapshot: Snapshot) -> RecorderState {
        if full { return state }
        if let retryAt, abs((retryAt - snapshot.at).milliseconds) <= options.fullEvery.milliseconds,
            snapshot.at < retryAt
        {
            return state
        }
        do throws(Failure) {
            try open()
            if !headed { try head(snapshot) }
            try line(for: snapshot)
            retryAt = nil
            state = .recording(file: path)
        } catch {
            state = .failed(error.reason)
            retryAt = snapshot.at + options.fullEvery
            mirror = nil
        }
        return state
    }

    /// Ends with a full line, so that a short run has its transcripts too; puts everything on disk and lets go of the
    /// file.
    public func close() {
        guard file >= 0 else { return }
        if let unfull {
            self.unfull = nil
            // A disk that is full now has the changes already; only the transcripts of the end are missing.
            do throws(Failure) { try fullLine(for: unfull) } catch { state = .failed(error.reason) }
        }
        fsync(file)
        Glibc.close(file)
        file = -1
    }

    private struct Failure: Error {
        var reason: String
    }

    private func line(for snapshot: Snapshot) throws(Failure) {
        var kept = snapshot
        for at in kept.devices.indices { kept.devices[at].transcripts = [:] }
        let due = lastFull.map { abs((snapshot.at - $0).milliseconds) >= options.fullEvery.milliseconds } ?? true
        if !due, var mirror, let change = mirror.change(to: kept) {
            try append(kind: "change", snapshot, body: change)
            // The difference was made from this very state, so it fits.
            _ = mirror.apply(change, number: snapshot.number, at: snapshot.at)
            self.mirror = mirror
            unfull = snapshot
            return
        }
        try fullLine(for: snapshot)
        mirror = RecordedState(kept)
        lastFull = snapshot.at
        unfull = nil
    }

    private func fullLine(for snapshot: Snapshot) throws(Failure) {
        var kept = snapshot
        if !options.transcripts {
            for at in kept.devices.indices { kept.devices[at].transcripts = [:] }
        }
        try append(kind: "full", snapshot, body: RecordingLine.Full(snapshot: kept))
        guard fsync(file) == 0 || errno == EINVAL || errno == EROFS else { throw failure("put on disk") }
    }

    private func head(_ snapshot: Snapshot) throws(Failure) {
        let header = RecordingLine.Header(
            version: RecordingLine.version, program: options.program, site: snapshot.site, started: snapshot.at)
        try append(prefix: "{", body: header)
        headed = true
    }

    private func append(kind: String, _ snapshot: Snapshot, body: some Encodable) throws(Failure) {
        try append(
            prefix: #"{"kind":"\#(kind)","number":\#(snapshot.number),"at":"\#(snapshot.at)","#, body: body)
    }

    /// Writes one line: the prefix with the members that come first, then the others.
    private func append(prefix: String, body: some Encodable) throws(Failure) {
        var line: [UInt8] = torn ? [UInt8(ascii: "\n")] : []
        line += prefix.utf8
        do {
            let encoded = try encoder.encode(body)
            line += encoded.dropFirst()
        } catch {
            throw Failure(reason: "cannot encode a snapshot: \(error)")
        }
        // An object without members leaves the comma of the prefix without company.
        if line.suffix(2) == [UInt8(ascii: ","), UInt8(ascii: "}")] { line.remove(at: line.count - 2) }
        line.append(UInt8(ascii: "\n"))
        guard end + line.count <= options.limit else {
            full = true
            throw Failure(
                reason: "\(path) has reached its limit of \(options.limit >> 20) MiB: recording has stopped")
        }
        var written = 0
        while written < line.count {
            let count = line[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = failure("write")
                if written > 0 { torn = ftruncate(file, off_t(end)) != 0 }
                throw failure
            }
            written += count
        }
        torn = false
        end += line.count
    }

    private func open() throws(Failure) {
        guard file < 0 else { return }
        if let slash = path.lastIndex(of: "/") { try makeDirectory(String(path[..<slash])) }
        file = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open") }
        end = max(0, Int(lseek(file, 0, SEEK_END)))
        // Whoever wrote here before may have died in the middle of a line.
        torn = end > 0 && !endsWithNewline()
    }

    private func endsWithNewline() -> Bool {
        let reader = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard reader >= 0 else { return false }
        defer { Glibc.close(reader) }
        var last: UInt8 = 0
        return pread(reader, &last, 1, off_t(end - 1)) == 1 && last == UInt8(ascii: "\n")
    }

    /// What is recorded names routers, addresses and reasons: it is the owner's alone.
    private func makeDirectory(_ directory: String) throws(Failure) {
        guard !directory.isEmpty, access(directory, F_OK) != 0 else { return }
        if let slash = directory.lastIndex(of: "/") { try makeDirectory(String(directory[..<slash])) }
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw failure("make the directory of") }
    }

    private func failure(_ what: String) -> Failure {
        let reason = String(cString: strerror(errno))
        return Failure(
            reason: "cannot \(what) \(path): \(reason); trying again every \(Int(options.fullEvery.seconds)) s")
    }
}
