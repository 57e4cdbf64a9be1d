// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Takes every snapshot before anybody sees it.
///
/// The engine hands a snapshot over, waits for the answer within reason, and only then publishes it. A sink never
/// throws: a recording that fails must not stop the observation, so failure is a state that the screen shows.
public protocol SnapshotSink: Sendable {
    /// Takes the snapshot in and tells how the recording is, this snapshot included.
    func record(_ snapshot: Snapshot) async -> RecorderState
    /// Puts everything on disk and lets go.
    func close() async
}
