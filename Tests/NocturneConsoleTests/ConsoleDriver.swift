// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal
import Synchronization

@testable import NocturneConsole

/// A console without a terminal, a network or a clock: keys in, screen out.
final class ConsoleDriver: SnapshotSource {
    final class Clock { var now = SampleNetwork.now }
    final class Calls { var retried: [DeviceName] = [] }

    let screen: EmbeddedScreen
    let clock = Clock()
    let calls = Calls()
    let desk = FakeDesk()
    let notes = FakeNotes()
    let inbox = MessageInbox()
    var snapshot: Snapshot
    private(set) var loop: ConsoleLoop?

    init(
        _ snapshot: Snapshot = SampleNetwork.broken(), size: Size = Size(rows: 24, columns: 80), unicode: Bool = true,
        replay: (any ReplayControl)? = nil, start: Place = .overview, desks: Bool = true
    ) {
        self.snapshot = snapshot
        screen = EmbeddedScreen(size: size, unicode: unicode)
        let (clock, calls) = (clock, calls)
        let endpoint = SSHEndpoint(user: "ops", host: "10.155.255.4")
        loop = ConsoleLoop(
            screen: screen, source: self,
            options: .init(
                now: { clock.now },
                device: { $0 == "bkk00" ? Device(name: $0, platform: .bird, endpoint: endpoint) : nil },
                retry: { calls.retried.append($0) }, replay: replay, desk: desks ? desk : nil,
                notes: desks ? notes : nil, inbox: inbox, editor: ["vi"], start: start))
        loop?.draw()
    }

    func latest() -> Snapshot { snapshot }

    /// Handles what was typed, draws, and returns the screen.
    @discardableResult
    func run() -> Frame {
        _ = loop?.handleInput()
        loop?.draw()
        return screen.lastFrame ?? Frame(size: screen.size)
    }

    @discardableResult func type(_ text: String) -> Frame {
        screen.type(text)
        return run()
    }

    @discardableResult func press(_ keys: Key...) -> Frame {
        for key in keys { screen.press(key) }
        return run()
    }

    var state: ViewState { loop?.state ?? ViewState() }
    var foot: String { screen.lastFrame.map { $0.line($0.size.rows - 1) } ?? "" }
    /// The row under the cursor, as it stands on the screen.
    var cursorLine: String? {
        guard let frame = screen.lastFrame else { return nil }
        return (4..<frame.size.rows).map(frame.line).first { $0.hasPrefix("▸") || $0.hasPrefix(">") }
    }
    func lineNumber(of text: String) -> Int? {
        guard let frame = screen.lastFrame else { return nil }
        return (0..<frame.size.rows).first { frame.line($0).contains(text) }
    }
}

/// A recording of three steps.
final class ThreeSteps: ReplayControl {
    var playing = false
    var position = 1
    var status: ReplayStatus { ReplayStatus(file: "bkk.jsonl", playing: playing, position: position, count: 3) }
    func togglePlaying() { playing.toggle() }
    func step(by steps: Int) { position = max(1, min(3, position + steps)) }
}

/// A desk that only remembers what it was asked for.
final class FakeDesk: ChangeDesk {
    private let asked = Mutex<[String]>([])
    var calls: [String] { asked.withLock { $0 } }
    private func note(_ call: String) { asked.withLock { $0.append(call) } }

    func open(_ request: ChangeRequest) {
        note(
            "open \(request.device) \(request.file ?? "-") \(request.confirmWithinSeconds) \(request.holdSeconds)")
    }
    func planned(_ session: String) { note("planned \(session)") }
    func apply(_ session: String) { note("apply \(session)") }
    func confirm(_ session: String) { note("confirm \(session)") }
    func rollBack(_ session: String?) { note("rollBack \(session ?? "open")") }
    func cancel(_ session: String) { note("cancel \(session)") }
}

/// A journal that only remembers what it was given.
final class FakeNotes: NoteDesk {
    private let taken = Mutex<(notes: [NoteRequest], exports: [ExportRequest])>(([], []))
    var notes: [NoteRequest] { taken.withLock { $0.notes } }
    var exports: [ExportRequest] { taken.withLock { $0.exports } }
    func write(_ note: NoteRequest) { taken.withLock { $0.notes.append(note) } }
    func export(_ request: ExportRequest) { taken.withLock { $0.exports.append(request) } }
}
