// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

@testable import NocturneConsole

/// A console without a terminal, a network or a clock: keys in, screen out.
final class ConsoleDriver: SnapshotSource {
    final class Clock { var now = SampleNetwork.now }
    final class Calls { var retried: [DeviceName] = [] }

    let screen: EmbeddedScreen
    let clock = Clock()
    let calls = Calls()
    var snapshot: Snapshot
    private(set) var loop: ConsoleLoop?

    init(
        _ snapshot: Snapshot = SampleNetwork.broken(), size: Size = Size(rows: 24, columns: 80), unicode: Bool = true,
        replay: (any ReplayControl)? = nil, start: Place = .overview
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
                retry: { calls.retried.append($0) }, replay: replay, start: start))
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
