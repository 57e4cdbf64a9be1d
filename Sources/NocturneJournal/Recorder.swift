// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Records off the network's thread: a disk that takes its time delays no question and no key.
///
/// ```swift
/// let recorder = Recorder(path: "\(state)/\(site)-\(start).jsonl")
/// let engine = Engine(inventory: inventory, drivers: drivers, sink: recorder, recorder: recorder.initialState)
/// ```
///
/// The engine waits for ``record(_:)`` before it publishes, within reason: so what was observed has been handed to the
/// kernel before it is on the screen (``RecordingWriter`` says what that is worth).
public actor Recorder: SnapshotSink {
    private nonisolated let executor = QueueExecutor(label: "nocturne.recorder")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    public nonisolated let path: String
    private let writer: RecordingWriter

    public init(path: String, options: RecordingWriter.Options = RecordingWriter.Options()) {
        self.path = path
        writer = RecordingWriter(path: path, options: options)
    }

    /// What to call the recorder until the first snapshot was taken in.
    public nonisolated var initialState: RecorderState { .recording(file: path) }

    public func record(_ snapshot: Snapshot) -> RecorderState { writer.write(snapshot) }

    public func close() { writer.close() }
}
