// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import NocturneModel
import Testing

@testable import NocturneJournal

private func event(_ number: Int, evidence: String? = nil) -> Event {
    Event(
        sequence: number, at: at(Int64(number) * 1000), notBefore: number % 2 == 0 ? at(Int64(number) * 1000 - 500) : nil,
        deviceTime: number % 3 == 0 ? at(Int64(number) * 1000 - 100) : nil,
        subject: Subject(kind: .peer, device: number % 5 == 0 ? nil : "bkk00", name: "peer ü漢\(number)"),
        before: number % 2 == 0 ? "established" : nil, after: "active", severity: .bad, evidence: evidence,
        source: number % 4 == 0 ? .note : .observed, by: number % 4 == 0 ? "anna@noc1" : nil)
}

/// A folder of its own for one test, gone afterwards with everything in it.
private struct Folder: ~Copyable {
    let path = NSTemporaryDirectory() + "nocturne-journal-" + UUID().uuidString
    deinit { try? FileManager.default.removeItem(atPath: path) }
    var file: String { path + "/state/lab.journal" }
}

/// Changes a journal as somebody would who wants to hide something.
private func tamper(_ path: String, _ sql: String) throws {
    let database = try DatabaseQueue(path: path)
    try database.write {
        try $0.execute(sql: "DROP TRIGGER event_stays; DROP TRIGGER event_unchanged;")
        try $0.execute(sql: sql)
    }
}

/// The verdict of the checker written in another language: its exit status and what it printed.
private func oracle(_ path: String) throws -> (status: Int32, text: String) {
    let process = Process()
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("e2e/journal_oracle.py")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
}

@Suite struct JournalTests {
    @Test func whatIsReadIsWhatWasWritten() async throws {
        let folder = Folder()
        let journal = Journal(path: folder.file, writer: "anna@noc1 1")
        let events = (1...20).map { event($0, evidence: $0 % 2 == 0 ? "Hold timer\nexpired" : nil) }
        try await journal.append(Array(events[..<7]))
        try await journal.append(Array(events[7...]))
        let reader = try JournalReader(path: folder.file)
        #expect(try reader.all() == events)
        #expect(try reader.last(3) == Array(events[17...]))
        #expect(try reader.events(from: at(5000), to: at(7000)) == Array(events[4...6]))
        #expect(journal.state == .recording(file: folder.file))
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func aCommitIsOnDiskAndRowsStay() async throws {
        let folder = Folder()
        let journal = Journal(path: folder.file)
        try await journal.append([event(1)])
        #expect(try await journal.durability == ["wal", "2"])
        let database = try DatabaseQueue(path: folder.file)
        for sql in ["UPDATE event SET after = 'established'", "DELETE FROM event"] {
            let refused = #expect(throws: DatabaseError.self) { try database.write { try $0.execute(sql: sql) } }
            #expect(refused?.message == "the journal is append-only")
        }
        #expect(try JournalReader(path: folder.file).all().count == 1)
    }

    @Test func consolesThatBeginAndWriteAtOnceLoseNothing() async throws {
        let folder = Folder()
        let path = folder.file
        try await withThrowingTaskGroup(of: Void.self) { group in
            for console in 0..<6 {
                group.addTask {
                    let journal = Journal(path: path, writer: "console \(console)")
                    for number in 0..<10 { try await journal.append([event(number), event(number)]) }
                }
            }
            try await group.waitForAll()
        }
        let reports = try JournalReader(path: path).verify()
        #expect(reports.count == 6)
        #expect(reports.allSatisfy { $0.isWhole && $0.count == 20 })
        #expect(try oracle(path).status == 0)
    }

    @Test func anotherLanguageComesToTheSameHashes() async throws {
        let folder = Folder()
        let journal = Journal(path: folder.file, writer: "anna@noc1 1")
        try await journal.append((1...12).map { event($0, evidence: "é\u{0}|") })
        #expect(try JournalReader(path: folder.file).verify().map(\.isWhole) == [true])
        let verdict = try oracle(folder.file)
        #expect(verdict.status == 0, "\(verdict.text)")
        #expect(verdict.text == "anna@noc1 1: ok\n")
    }

    @Test(arguments: [
        ("UPDATE event SET after = 'established' WHERE id = 4", ChainReport.Break.Wrong.content, Int64(4)),
        ("UPDATE event SET evidence = '' WHERE id = 4", .content, 4),
        ("DELETE FROM event WHERE id IN (4, 5)", .missing(from: 3), 6),
        ("UPDATE event SET hash = x'00' WHERE id = 4", .content, 4),
        ("UPDATE event SET id = 100 - id; UPDATE event SET sequence = 100 WHERE id = 96", .missing(from: 3), 95),
    ])
    func whatIsTamperedWithIsNamed(sql: String, wrong: ChainReport.Break.Wrong, row: Int64) async throws {
        let folder = Folder()
        let journal = Journal(path: folder.file)
        try await journal.append((1...8).map { event($0) })
        await journal.close()
        try tamper(folder.file, sql)
        let report = try #require(try JournalReader(path: folder.file).verify().first)
        #expect(report.broken?.wrong == wrong)
        #expect(report.broken?.row == row)
        #expect(report.broken?.message.isEmpty == false)
        #expect(try oracle(folder.file).status == 1)
    }

    @Test func aRowThatWasMadeAnewWithARightHashDoesNotFit() async throws {
        let folder = Folder()
        let journal = Journal(path: folder.file, writer: "anna@noc1 1")
        try await journal.append((1...4).map { event($0) })
        await journal.close()
        var forged = ChainedEvent(
            event(2), writer: "anna@noc1 1", sequence: 1, previous: ChainedEvent.origin, monotonic: 1)
        forged.after = "established"
        let hash = forged.hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        try tamper(
            folder.file,
            "UPDATE event SET after = 'established', monotonic = 1, previous = zeroblob(32), hash = x'\(hash)' WHERE id = 2")
        #expect(try JournalReader(path: folder.file).verify().first?.broken?.wrong == .predecessor)
        #expect(try oracle(folder.file).status == 1)
    }

    @Test func aTailOfTheChainGoesOnWithinARun() async throws {
        let folder = Folder()
        let journal = Journal(path: folder.file, writer: "w")
        try await journal.append([event(1)])
        await journal.close()
        try await journal.append([event(2)])
        let report = try #require(try JournalReader(path: folder.file).verify().first)
        #expect(report.isWhole && report.count == 2)
    }

    @Test func whatIsNoJournalIsLeftAloneAndNamed() async throws {
        let folder = Folder()
        let path = folder.file
        try FileManager.default.createDirectory(
            atPath: folder.path + "/state", withIntermediateDirectories: true)
        try Data(String(repeating: "not a database ", count: 100).utf8).write(to: URL(fileURLWithPath: path))
        let before = contents(path)
        let refused = await #expect(throws: LedgerError.self) { try await Journal(path: path).append([event(1)]) }
        #expect(refused?.message.contains(path) == true)
        #expect(contents(path) == before)
        let unread = #expect(throws: LedgerError.self) { try JournalReader(path: path) }
        #expect(unread?.message.contains(path) == true)
    }

    @Test func anotherProgramsDatabaseIsLeftAlone() async throws {
        let folder = Folder()
        let path = folder.file
        try JournalPlace.prepare(path)
        let foreign = try DatabaseQueue(path: path)
        try await foreign.write { try $0.execute(sql: "CREATE TABLE other (id INTEGER)") }
        let refused = await #expect(throws: LedgerError.self) { try await Journal(path: path).append([event(1)]) }
        #expect(refused?.message.contains("another program's") == true)
        #expect(try await foreign.read { try !$0.tableExists("event") })
    }

    @Test func aNewerSchemaIsLeftAlone() async throws {
        let folder = Folder()
        let path = folder.file
        let journal = Journal(path: path)
        try await journal.append([event(1)])
        await journal.close()
        let database = try DatabaseQueue(path: path)
        try await database.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v9')") }
        let refused = await #expect(throws: LedgerError.self) { try await journal.append([event(2)]) }
        #expect(refused?.message.contains("newer version") == true)
        let unread = #expect(throws: LedgerError.self) { try JournalReader(path: path) }
        #expect(unread?.message.contains("newer version") == true)
    }

    @Test func aDiskThatWasFullIsUsedAgain() async throws {
        let folder = Folder()
        let journal = Journal(path: folder.file, writer: "w")
        try await journal.append([event(1)])
        try await journal.limit(pages: 1)
        let refused = await #expect(throws: LedgerError.self) {
            try await journal.append((2...400).map { event($0, evidence: String(repeating: "x", count: 500)) })
        }
        #expect(refused?.message == "cannot write to the journal \(folder.file): the disk is full")
        try await journal.append([event(2)])
        #expect(try JournalReader(path: folder.file).all().map(\.subject.name) == ["peer ü漢1", "peer ü漢2"])
        #expect(try JournalReader(path: folder.file).verify().map(\.isWhole) == [true])
    }

    @Test func aFolderThatCannotBeMadeIsASentence() async throws {
        let refused = await #expect(throws: LedgerError.self) {
            try await Journal(path: "/proc/nocturne/lab.journal").append([event(1)])
        }
        #expect(refused?.message.contains("/proc/nocturne") == true)
    }

    @Test func aSitesNameStaysInItsFolder() {
        #expect(JournalPlace.file(site: "lab", in: "/s") == "/s/lab.journal")
        #expect(JournalPlace.file(site: "../a b", in: "/s") == "/s/site..-a-b.journal")
        #expect(JournalPlace.file(site: "", in: "/s") == "/s/site.journal")
    }
}
