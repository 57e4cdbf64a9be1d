// SPDX-License-Identifier: Apache-2.0

import NocturneJournal
import NocturneModel

/// A replay cursor that expectations can move: macros cannot call what mutates a value.
final class Player {
    private var cursor: ReplayCursor

    init(_ reader: RecordingReader) { cursor = ReplayCursor(reader) }

    var reader: RecordingReader { cursor.reader }
    var problems: [RecordingProblem] { cursor.problems }
    var time: UTC? { cursor.time }
    var atEnd: Bool { cursor.atEnd }

    func next() -> Snapshot? { cursor.next() }
    func previous() -> Snapshot? { cursor.previous() }
    func seek(to time: UTC) -> Snapshot? { cursor.seek(to: time) }
    func seekToEnd() -> Snapshot? { cursor.seekToEnd() }
    func advance(by duration: Duration) -> Snapshot? { cursor.advance(by: duration) }
    func refresh() throws -> Bool { try cursor.refresh() }
}

extension Snapshot {
    func isRecorded(as replayed: Snapshot?) -> Bool { replayed.map { isRecorded(as: $0) } ?? false }
}
