// SPDX-License-Identifier: Apache-2.0

import NocturneJournal
import NocturneModel

/// The engine and its ledger: on disk before it is on the screen.
///
/// - What was observed is handed over before the snapshot that shows it is published, and waited for within the same
///   half second as the recording: an old screen would be the bigger lie. What the ledger could not take is kept in
///   order and handed over again once a second, and the snapshot says that it waits.
/// - What a person did is on disk, after everything before it, or it is refused and nobody hears of it.
/// - A ledger that has not answered for five seconds is called failed; whoever waits for it is told so.
extension Engine {
    /// Writes what a person did or said: on disk first, then known to everybody.
    ///
    /// Returns once it is in the journal. Throws when it could not be written; then nobody has heard of it. Without a
    /// journal there is nothing to wait for.
    public func write(_ event: Event) async throws(LedgerError) {
        guard ledger != nil else {
            _ = world.keep([event])
            changed(.transition)
            return
        }
        let result = await withCheckedContinuation { answer in
            queue.add(act: event, answer)
            handOver()
        }
        try result.get()
    }

    /// Writes what somebody noted, about a subject or about the night as a whole.
    public func note(_ text: String, by: String, about: Subject? = nil) async throws(LedgerError) {
        let name = about.map { $0.kind == .device ? "" : "\($0.kind.rawValue) \($0.name)" } ?? ""
        try await write(
            Event(
                sequence: 0, at: clock.now, subject: Subject(kind: .note, device: about?.device, name: name),
                after: text, severity: .info, source: .note, by: by))
    }

    /// Puts what was observed in line for the ledger.
    func observed(_ events: [Event]) {
        guard ledger != nil, !events.isEmpty else { return }
        queue.add(events)
        handOver()
    }

    /// Hands the next batch over, unless one is under way.
    func handOver() {
        guard let ledger, let batch = queue.begin(at: clock.monotonic) else { return }
        Task { await self.append(batch, to: ledger) }
    }

    private func append(_ batch: [Event], to ledger: any EventLedger) async {
        do throws(LedgerError) {
            try await ledger.append(batch)
            taken()
        } catch {
            refused(error)
        }
    }

    private func taken() {
        let (acts, answers) = queue.taken()
        refusal = nil
        if !acts.isEmpty {
            _ = world.keep(acts)
            changed(.transition)
        }
        for answer in answers { answer.resume(returning: .success(())) }
        say(journalState)
        naps.wake(.ledger)
        handOver()
    }

    private func refused(_ error: LedgerError) {
        refusal = error.message
        for answer in queue.refused() { answer.resume(returning: .failure(error)) }
        say(journalState)
        naps.wake(.ledger)
    }

    /// Once a second: tries again, and says when a write takes too long.
    func tendLedger() {
        guard ledger != nil else { return }
        guard queue.isBusy else { return handOver() }
        guard clock.monotonic - queue.since >= .seconds(5) else { return }
        let error = LedgerError(message: "the disk has not taken the last write for 5 s")
        refusal = error.message
        say(journalState)
        for answer in queue.giveUpWaiting() { answer.resume(returning: .failure(error)) }
    }

    /// Waits until everything entered so far is on disk; not for a ledger that refuses, nor beyond `patience`, counted
    /// from when the write under way began.
    func journalled(within patience: Duration) async {
        guard ledger != nil else { return }
        let wanted = queue.entered
        let deadline = (queue.isBusy ? queue.since : clock.monotonic) + patience
        while queue.done < wanted, refusal == nil, clock.monotonic < deadline {
            naps.forget(.ledger)
            await nap(.ledger, until: deadline)
        }
    }

    private var journalState: RecorderState {
        let lost = queue.lost > 0 ? "; \(queue.lost) events are lost" : ""
        if let refusal {
            let waiting = queue.items.count
            return .failed("\(refusal); \(waiting == 1 ? "1 event waits" : "\(waiting) events wait")\(lost)")
        }
        return queue.lost > 0 ? .failed("the journal has a gap\(lost)") : ledger?.state ?? .off
    }

    private func say(_ state: RecorderState) {
        guard state != journal else { return }
        journal = state
        changed(.content)
    }
}
