// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import Glibc
import NocturneModel

/// Keeps every event of a site for good: SQLite, one file, only ever added to.
///
/// It exists so that what happened at night can be told in the morning, by what was written down then and not from
/// memory. Several consoles may write one file: each has its own chain (``ChainedEvent``), so neither waits for the
/// other's hash, and a transaction takes the write lock at its beginning.
///
/// ```swift
/// let journal = Journal(path: JournalPlace.file(site: "lab", in: folder))
/// let history = try JournalReader(path: journal.path).last(500)
/// try await journal.append([event])       // on disk when this returns: WAL, synchronous=FULL
/// ```
///
/// Nothing is opened or made before the first event. What goes wrong is thrown as a sentence, and the next call begins
/// anew, so that a disk that was full is used again once it is not.
public actor Journal: EventLedger {
    private nonisolated let executor = QueueExecutor(label: "nocturne.journal")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    public nonisolated let path: String
    /// One per run: `anna@noc1 3f9c…`.
    public nonisolated let writer: String
    private var database: DatabaseQueue?

    public init(path: String, writer: String = Journal.newWriter()) {
        self.path = path
        self.writer = writer
    }

    public nonisolated var state: RecorderState { .recording(file: path) }

    public func append(_ events: [Event]) throws(LedgerError) {
        guard !events.isEmpty else { return }
        do {
            let database = try open()
            let monotonic = Self.monotonicMilliseconds
            try database.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    // Read back, not remembered: whether a commit that failed reached the disk is known only there.
                    let last = try Row.fetchOne(
                        db, sql: "SELECT sequence, hash FROM event WHERE writer = ? ORDER BY sequence DESC LIMIT 1",
                        arguments: [writer])
                    var sequence: Int64 = try last?.decode(forColumn: "sequence") ?? -1
                    var previous = try last.map { Array(try $0.decode(Data.self, forColumn: "hash")) }
                    for event in events {
                        sequence += 1
                        let link = ChainedEvent(
                            event, writer: writer, sequence: sequence, previous: previous ?? ChainedEvent.origin,
                            monotonic: monotonic)
                        try link.insert(into: db)
                        previous = link.hash
                    }
                    return .commit
                }
            }
        } catch {
            // Whatever it was, the next attempt looks at the file afresh.
            database = nil
            throw LedgerError(error, doing: "write to", path: path)
        }
    }

    public func close() { database = nil }

    /// Journal mode and `synchronous` (2 is FULL), as SQLite has them.
    var durability: [String] {
        get throws {
            try open().writeWithoutTransaction { db in
                try ["journal_mode", "synchronous"].map { try String.fetchOne(db, sql: "PRAGMA \($0)") ?? "" }
            }
        }
    }

    /// Lets the file grow no further than it is: SQLite then says what it says on a full disk.
    func limit(pages: Int) throws {
        try open().writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }

    private func open() throws -> DatabaseQueue {
        if let database { return database }
        try JournalPlace.prepare(path)
        // Making the tables takes several steps, and going over to WAL does not wait for others: one console at a time.
        let lock = try JournalPlace.lock(path)
        defer { Glibc.close(lock) }
        var configuration = Configuration()
        configuration.label = "nocturne.journal.sqlite"
        configuration.journalMode = .wal
        // Another console's commit takes milliseconds; who holds it longer is broken, and the screen has to say so.
        configuration.busyMode = .timeout(3)
        let opened = try DatabaseQueue(path: path, configuration: configuration)
        let (newer, foreign) = try opened.read { db in
            (try JournalSchema.migrator.hasBeenSuperseded(db), try JournalSchema.isForeign(db))
        }
        if newer { throw LedgerError.newer(path) }
        if foreign { throw LedgerError(message: "\(path) is not a journal but another program's, and was left alone") }
        try JournalSchema.migrator.migrate(opened)
        // After the migrator and WAL: GRDB sets NORMAL with WAL, which a power cut may cost the last events.
        try opened.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        database = opened
        return opened
    }

    /// What holds the file.
    public static var sqliteVersion: String {
        (try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }) ?? "not usable"
    }

    /// `user@host` and four random bytes.
    public static func newWriter() -> String {
        "\(person) " + String(UInt32.random(in: 0x1000_0000...UInt32.max), radix: 16)
    }

    /// `user@host`, as notes and changes are signed.
    public static var person: String {
        let user = getpwuid(getuid()).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "uid \(getuid())"
        var names = utsname()
        let host =
            uname(&names) == 0
            ? withUnsafeBytes(of: names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            : "localhost"
        return "\(user)@\(host)"
    }

    private static var monotonicMilliseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}

/// Where the journal of a site lies.
public enum JournalPlace {
    /// `SITE.journal` in a folder; a site's name may hold anything, a file's must not leave its folder.
    public static func file(site: String, in folder: String) -> String {
        let stem = String(site.map { $0.isLetter || $0.isNumber || "._-".contains($0) ? $0 : "-" })
        return "\(folder)/\(stem.isEmpty || stem.hasPrefix(".") ? "site\(stem)" : stem).journal"
    }

    /// Makes folder and file where they are missing, for their owner alone: a journal names routers and reasons.
    static func prepare(_ path: String) throws(LedgerError) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolder(String(path[..<slash])) }
        // Only when it is new: closing a second descriptor of a file drops SQLite's locks on it (POSIX, fcntl).
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            if errno == EEXIST { return }
            throw LedgerError(message: "cannot make the journal \(path): \(String(cString: strerror(errno)))")
        }
        Glibc.close(file)
    }

    /// Waits until nobody else is opening a journal in the folder; closing the descriptor lets go.
    ///
    /// The folder and not the file: see ``prepare(_:)``.
    static func lock(_ path: String) throws(LedgerError) -> Int32 {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw LedgerError(message: "cannot open the folder \(folder): \(String(cString: strerror(errno)))")
        }
        while flock(descriptor, LOCK_EX) != 0 {
            if errno == EINTR { continue }
            let reason = String(cString: strerror(errno))
            Glibc.close(descriptor)
            throw LedgerError(message: "cannot lock the folder \(folder): \(reason)")
        }
        return descriptor
    }

    private static func makeFolder(_ folder: String) throws(LedgerError) {
        guard access(folder, F_OK) != 0 else { return }
        if let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            try makeFolder(String(folder[..<slash]))
        }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw LedgerError(message: "cannot make the folder \(folder): \(String(cString: strerror(errno)))")
        }
    }
}
