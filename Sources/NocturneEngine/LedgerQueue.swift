// SPDX-License-Identifier: Apache-2.0

import NocturneJournal
import NocturneModel

/// What waits to be put on disk, in the order in which it happened.
///
/// ```
///  observed ─┐            ┌─ taken ──▶ off the queue, acts become known
///  act ──────┴▶ [ … … ] ──┤
///               one batch └─ refused ▶ observed stay for the next try, acts are told no
/// ```
///
/// What was observed is never given up for a refusal: it waits, and is handed over again. The queue is bounded only so
/// that a disk that is broken for months does not take the machine's memory; what had to go is counted and said.
struct LedgerQueue {
    enum Item {
        case observed(Event)
        /// Something a person did, and who waits to hear that it is on disk; nil once they were told otherwise.
        case act(Event, id: Int)

        var event: Event {
            switch self {
            case .observed(let event), .act(let event, _): event
            }
        }
    }

    typealias Answer = CheckedContinuation<Result<Void, LedgerError>, Never>

    static let bound = 100_000
    static let batch = 500

    private(set) var items: [Item] = []
    /// How many of the first are being written.
    private(set) var writing = 0
    /// Since when, on the monotonic clock.
    private(set) var since = Duration.zero
    /// Of all that ever were in the queue, how many are on disk or given up.
    private(set) var done = 0
    private(set) var lost = 0
    private var answers: [Int: Answer] = [:]
    private var nextID = 0

    var isBusy: Bool { writing > 0 }
    /// Counts everything that was ever put in.
    var entered: Int { done + items.count }

    mutating func add(_ events: [Event]) {
        items += events.map { .observed($0) }
        while items.count > Self.bound, let oldest = items.indices.dropFirst(writing).first {
            // Only what was observed: somebody waits for an act.
            guard case .observed = items[oldest] else { break }
            items.remove(at: oldest)
            done += 1
            lost += 1
        }
    }

    mutating func add(act: Event, _ answer: Answer) {
        nextID += 1
        answers[nextID] = answer
        items.append(.act(act, id: nextID))
    }

    /// The next batch, which is being written from now on; nil when there is none or the last one is not done.
    mutating func begin(at now: Duration) -> [Event]? {
        guard writing == 0, !items.isEmpty else { return nil }
        writing = min(items.count, Self.batch)
        since = now
        return items.prefix(writing).map(\.event)
    }

    /// The batch is on disk: takes it off and returns what people did, and who waits for it.
    mutating func taken() -> (acts: [Event], answers: [Answer]) {
        let batch = items.prefix(writing)
        items.removeFirst(writing)
        done += writing
        writing = 0
        var acts: [Event] = []
        var waiting: [Answer] = []
        for case .act(let event, let id) in batch {
            acts.append(event)
            if let answer = answers.removeValue(forKey: id) { waiting.append(answer) }
        }
        return (acts, waiting)
    }

    /// The batch was refused: what was observed stays. Every act is off, since it may not go before what stays.
    mutating func refused() -> [Answer] {
        writing = 0
        let before = items.count
        items.removeAll { if case .act = $0 { true } else { false } }
        done += before - items.count
        return giveUpWaiting()
    }

    /// Nobody waits any longer; the acts stay in the queue, since the batch may yet succeed.
    mutating func giveUpWaiting() -> [Answer] {
        defer { answers = [:] }
        return Array(answers.values)
    }
}
