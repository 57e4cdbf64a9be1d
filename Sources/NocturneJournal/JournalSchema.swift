// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import NocturneModel

/// The table of the journal, how it comes to be, and how a row becomes an event.
///
/// Events are only ever added. The triggers hold off an accident and a careless tool; whoever goes around them meets
/// the chain (``ChainedEvent``).
enum JournalSchema {
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE event (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        writer TEXT NOT NULL, sequence INTEGER NOT NULL,
                        previous BLOB NOT NULL, hash BLOB NOT NULL,
                        utc INTEGER NOT NULL, monotonic INTEGER, clockOffset INTEGER,
                        notBefore INTEGER, deviceTime INTEGER,
                        source TEXT NOT NULL, person TEXT,
                        kind TEXT NOT NULL, device TEXT, name TEXT NOT NULL,
                        before TEXT, after TEXT NOT NULL, severity TEXT NOT NULL, evidence TEXT,
                        UNIQUE (writer, sequence)
                    ) STRICT;
                    CREATE INDEX event_utc ON event (utc);
                    CREATE TRIGGER event_stays BEFORE DELETE ON event
                        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
                    CREATE TRIGGER event_unchanged BEFORE UPDATE ON event
                        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
                    """)
        }
        return migrator
    }()

    /// A database of somebody else: it has tables, and our migrations never saw it.
    static func isForeign(_ db: Database) throws -> Bool {
        if try db.tableExists("grdb_migrations") { return false }
        return try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT * FROM sqlite_master)") ?? false
    }
}

extension ChainedEvent {
    init(row: Row) throws {
        self.init(
            writer: try row.decode(forColumn: "writer"), sequence: try row.decode(forColumn: "sequence"),
            previous: Array(try row.decode(Data.self, forColumn: "previous")),
            monotonic: try row.decode(forColumn: "monotonic"),
            clockOffset: try row.decode(forColumn: "clockOffset"), utc: try row.decode(forColumn: "utc"),
            notBefore: try row.decode(forColumn: "notBefore"), deviceTime: try row.decode(forColumn: "deviceTime"),
            source: try row.decode(forColumn: "source"), by: try row.decode(forColumn: "person"),
            kind: try row.decode(forColumn: "kind"), device: try row.decode(forColumn: "device"),
            name: try row.decode(forColumn: "name"), before: try row.decode(forColumn: "before"),
            after: try row.decode(forColumn: "after"), severity: try row.decode(forColumn: "severity"),
            evidence: try row.decode(forColumn: "evidence"))
    }

    func insert(into db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO event (writer, sequence, previous, hash, utc, monotonic, clockOffset, notBefore, deviceTime,
                    source, person, kind, device, name, before, after, severity, evidence)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                writer, sequence, Data(previous), Data(hash), utc, monotonic, clockOffset, notBefore, deviceTime,
                source, by, kind, device, name, before, after, severity, evidence,
            ])
    }
}

extension LedgerError {
    /// What SQLite said, as a sentence with the file in it.
    init(_ error: any Error, doing what: String, path: String) {
        if let known = error as? LedgerError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(message: "cannot \(what) the journal \(path): \(error)")
            return
        }
        let reason =
            switch error.resultCode.primaryResultCode {
            case .SQLITE_FULL: "the disk is full"
            case .SQLITE_READONLY, .SQLITE_PERM: "it is read-only"
            case .SQLITE_NOTADB: "the file is something else and was left alone"
            case .SQLITE_CORRUPT: "the file is damaged; `nocturne timeline verify` says more"
            case .SQLITE_BUSY: "another program has held it for too long"
            case .SQLITE_CANTOPEN: "it cannot be opened, or not be made"
            default: error.message ?? "SQLite said \(error.resultCode)"
            }
        self.init(message: "cannot \(what) the journal \(path): \(reason)")
    }

    static func newer(_ path: String) -> LedgerError {
        LedgerError(
            message: "cannot use the journal \(path): a newer version of nocturne made it; use that one, it was left alone")
    }
}
