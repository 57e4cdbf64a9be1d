// SPDX-License-Identifier: Apache-2.0

import NocturneJournal
import NocturneModel
import NocturneTerminal
import Synchronization
import Testing

@testable import NocturneWiring

/// A live network without devices: everything but the network.
@Suite(.timeLimit(.minutes(1))) struct WatchedNetwork {
    private let inventory = Inventory(site: "lab")

    private func past(_ text: String) -> Event {
        Event(
            sequence: 9, at: UTC(milliseconds: 1_000), subject: Subject(kind: .note), after: text, severity: .info,
            source: .note, by: "ann")
    }

    @Test func theFirstFrameKnowsWhatFormerRunsWrote() async throws {
        let watched = Watched(
            inventory: inventory, doorbell: try Doorbell(), ledger: KeepingLedger(), history: [past("yesterday")])
        #expect(watched.latest.events.map(\.after) == ["yesterday"])
        #expect(watched.latest.journal == .recording(file: "kept"))
        await watched.live().stop()
    }

    @Test func aNoteIsOnDiskAndThenOnTheScreen() async throws {
        let ledger = KeepingLedger()
        let watched = Watched(inventory: inventory, doorbell: try Doorbell(), ledger: ledger)
        try await watched.note("called the NOC", by: "ann")
        #expect(ledger.events.map(\.after) == ["called the NOC"])
        for await snapshot in await watched.live().engine.box.updates() {
            if snapshot.events.contains(where: { $0.after == "called the NOC" && $0.by == "ann" }) { break }
        }
        #expect(watched.latest.events.map(\.after) == ["called the NOC"])
        await watched.live().stop()
    }

    @Test func aNoteThatCannotBeKeptIsRefused() async throws {
        let watched = Watched(inventory: inventory, doorbell: try Doorbell(), ledger: KeepingLedger(refuses: true))
        await #expect(throws: LedgerError(message: "read-only file system")) {
            try await watched.note("called the NOC", by: "ann")
        }
        #expect(await watched.live().engine.events.isEmpty)
        await watched.live().stop()
    }
}

@Suite struct Selection {
    private let device = Device(
        name: "bkk06", platform: .linux, endpoint: SSHEndpoint(user: "ops", host: "192.0.2.1"), group: "hypervisor")

    @Test(arguments: [
        ("bkk06", true), ("bkk0?", true), ("*06", true), ("hyper*", true), ("bkk", false), ("bkk06?", false),
        ("", false),
    ])
    func namesAndGroups(_ pattern: String, _ matches: Bool) {
        #expect(Selector.matches(device, pattern) == matches)
    }

    @Test func onlyRecordingsOfOnesOwnAreOnesOwn() {
        #expect(RecordingFiles.isOne("lab-20261121T021310Z-77.jsonl", of: "lab"))
        for other in ["lab-notes.jsonl", "lab-20261121T021310Z-77.txt", "lab-b-20261121T021310Z-77.jsonl", "x.jsonl"] {
            #expect(!RecordingFiles.isOne(other, of: "lab"))
        }
    }
}

final class KeepingLedger: EventLedger {
    private let kept = Mutex<[Event]>([])
    private let refuses: Bool

    init(refuses: Bool = false) { self.refuses = refuses }

    var events: [Event] { kept.withLock { $0 } }
    var state: RecorderState { .recording(file: "kept") }

    func append(_ events: [Event]) async throws(LedgerError) {
        if refuses { throw LedgerError(message: "read-only file system") }
        kept.withLock { $0 += events }
    }
}
