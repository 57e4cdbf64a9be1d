// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB
import Glibc
import NocturneModel

/// Reads a journal, also while somebody writes it; changes nothing in it.
///
/// Events come in the order they were written and are numbered by their row, since each run counts its own from 1.
public struct JournalReader: Sendable {
    public let path: String
    private let database: DatabaseQueue

    /// - Throws: a sentence, when there is no such file or it is no journal.
    public init(path: String) throws(LedgerError) {
        self.path = path
        guard access(path, R_OK) == 0 else {
            throw LedgerError(message: "cannot read the journal \(path): \(String(cString: strerror(errno)))")
        }
        var configuration = Configuration()
        configuration.label = "nocturne.journal.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(3)
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            let (newer, there) = try database.read { db in
                (try JournalSchema.migrator.hasBeenSuperseded(db), try db.tableExists("event"))
            }
            if newer { throw LedgerError.newer(path) }
            guard there else { throw LedgerError(message: "\(path) is not a journal: it has no events in it") }
        } catch {
            throw LedgerError(error, doing: "read", path: path)
        }
    }

    public func all() throws(LedgerError) -> [Event] { try fetch("SELECT * FROM event ORDER BY id") }

    /// The newest so many, oldest first.
    public func last(_ count: Int) throws(LedgerError) -> [Event] {
        try fetch("SELECT * FROM (SELECT * FROM event ORDER BY id DESC LIMIT ?) ORDER BY id", [count])
    }

    /// Those seen within these bounds, both included.
    public func events(from: UTC, to: UTC) throws(LedgerError) -> [Event] {
        try fetch(
            "SELECT * FROM event WHERE utc BETWEEN ? AND ? ORDER BY id", [from.milliseconds, to.milliseconds])
    }

    private func fetch(_ sql: String, _ arguments: StatementArguments = []) throws(LedgerError) -> [Event] {
        do {
            return try database.read { db in
                var events: [Event] = []
                let rows = try Row.fetchCursor(db, sql: sql, arguments: arguments)
                while let row = try rows.next() {
                    let id: Int64 = try row.decode(forColumn: "id")
                    guard let event = try ChainedEvent(row: row).event(row: id) else {
                        throw LedgerError(
                            message: "cannot read the journal \(path): row \(id) is of a kind this version does not "
                                + "know; use the version of nocturne that wrote it")
                    }
                    events.append(event)
                }
                return events
            }
        } catch {
            throw LedgerError(error, doing: "read", path: path)
        }
    }

    /// Recomputes every chain, in the order in which the writers began.
    public func verify() throws(LedgerError) -> [ChainReport] {
        do {
            return try database.read { db in
                let writers = try String.fetchAll(
                    db, sql: "SELECT writer FROM event GROUP BY writer ORDER BY min(id)")
                return try writers.map { try verify($0, in: db) }
            }
        } catch {
            throw LedgerError(error, doing: "read", path: path)
        }
    }

    private func verify(_ writer: String, in db: Database) throws -> ChainReport {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM event WHERE writer = ? ORDER BY sequence", arguments: [writer])
        var report: ChainReport?
        var next: Int64 = 0
        var previous = ChainedEvent.origin
        while let row = try rows.next() {
            let link = try ChainedEvent(row: row)
            let utc = UTC(milliseconds: link.utc)
            var now = report ?? ChainReport(writer: writer, count: 0, first: utc, last: utc)
            now.count += 1
            now.last = utc
            if now.broken == nil {
                let stored = Array(try row.decode(Data.self, forColumn: "hash"))
                let wrong: ChainReport.Break.Wrong? =
                    if link.sequence != next { .missing(from: next) } else if link.hash != stored { .content } else if
                        link.previous != previous
                    { .predecessor } else { nil }
                let id: Int64 = try row.decode(forColumn: "id")
                now.broken = wrong.map { ChainReport.Break(row: id, sequence: link.sequence, wrong: $0) }
                previous = stored
                next += 1
            }
            report = now
        }
        guard let report else { throw LedgerError(message: "the writer \(writer) has no events any more") }
        return report
    }
}
