// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NocturneConsole
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneScreens

/// A recording being played to the console: from its beginning, or following its end.
///
/// Lives on the console's thread; only the timer that rings the bell is elsewhere, and it knows nothing of the cursor.
final class Tape: SnapshotSource, ReplayControl {
    private var cursor: ReplayCursor
    /// One for all readings: a clock counts from its own beginning.
    private let clock = SystemClock()
    private let file: String
    private let follow: Bool
    private let narrow: (Snapshot) -> Snapshot
    private var playing = true
    private var shown: Snapshot
    private var asked: Duration
    private let timer: any DispatchSourceTimer

    /// - Parameters:
    ///   - narrow: what of each snapshot is shown.
    ///   - ring: called a few times a second, so that a playing recording is looked at.
    init(
        _ cursor: ReplayCursor, file: String, follow: Bool, narrow: @escaping (Snapshot) -> Snapshot,
        ring: @escaping @Sendable () -> Void
    ) {
        self.narrow = narrow
        self.cursor = cursor
        self.file = file
        self.follow = follow
        if follow { self.cursor.seekToEnd() }
        shown = narrow(self.cursor.snapshot ?? Snapshot(at: UTC(milliseconds: 0), site: ""))
        asked = clock.monotonic
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.setEventHandler { ring() }
        timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
        timer.activate()
    }

    func stop() { timer.cancel() }

    var status: ReplayStatus {
        ReplayStatus(file: file, playing: playing, position: cursor.position, count: cursor.reader.count)
    }

    func latest() -> Snapshot {
        let now = clock.monotonic
        let elapsed = now - asked
        asked = now
        guard playing else { return shown }
        // A file that can no longer be read stays as far as it was read; the cursor keeps the problem.
        let more = follow ? (try? cursor.refresh()) ?? false : false
        if follow {
            if more { shown = cursor.seekToEnd().map(narrow) ?? shown }
        } else if let next = cursor.advance(by: elapsed) {
            shown = narrow(next)
        } else if cursor.atEnd {
            playing = false
        }
        return shown
    }

    func togglePlaying() {
        asked = clock.monotonic
        playing.toggle()
    }

    func step(by steps: Int) {
        playing = false
        for _ in 0..<abs(steps) {
            guard let next = steps > 0 ? cursor.next() : cursor.previous() else { return }
            shown = narrow(next)
        }
    }
}
