// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneConsole
import NocturneDemo
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneReport
import NocturneScreens

/// `nocturne replay FILE`: the console on a recording, with the recording's own clock.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "The console on a recording.",
        discussion: "Space plays and pauses, left and right step. A banner says on every screen that it is a recording."
    )

    @Argument(help: "The recording.")
    var file: String

    @Flag(help: "Stay at the end of a recording that is still being written.")
    var follow = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        try Recording.file(file).play(common, follow: follow)
    }
}

/// A recording as commands open it, with the contract's errors.
enum Recording {
    case file(String)
    /// The one that is built in.
    case demo

    /// What messages and the banner call it.
    var name: String {
        switch self {
        case .file(let file): file
        case .demo: Demo.name
        }
    }

    /// The console on it, until somebody leaves.
    func play(_ common: CommonOptions, follow: Bool = false) throws {
        let cursor = try open(asJSON: false)
        // Before the screen is taken: the devices of a recording stay the same, so a pattern is right or wrong at once.
        if let first = cursor.snapshot { _ = try common.narrow(first, of: name, asJSON: false) }
        let desk = try Desk(common)
        let tape = Tape(
            cursor, file: name, follow: follow,
            narrow: { (try? common.narrow($0, of: name, asJSON: false)) ?? $0 },
            ring: { [doorbell = desk.doorbell] in doorbell.ring() })
        desk.run(tape, ConsoleLoop.Options(theme: desk.theme, now: { SystemClock().now }, replay: tape))
        tape.stop()
    }

    private func open(asJSON: Bool) throws -> ReplayCursor {
        let reader: RecordingReader
        do {
            reader =
                switch self {
                case .file(let file): try RecordingReader(path: file)
                case .demo: try RecordingReader(name: name, bytes: Demo.recording)
                }
        } catch {
            throw Failure(.usage, error.message, where: error.place, asJSON: asJSON)
        }
        var cursor = ReplayCursor(reader)
        guard cursor.next() != nil else {
            throw Failure(
                .usage, "there is no snapshot in this recording", where: name, hint: cursor.problems.first?.message,
                asJSON: asJSON)
        }
        return cursor
    }

    /// The last look it holds; what could not be used of it is said on standard error.
    func last(asJSON: Bool) throws -> Look {
        var cursor = try open(asJSON: asJSON)
        guard let snapshot = cursor.seekToEnd() else {
            throw Failure(.usage, "there is no snapshot in this recording", where: name, asJSON: asJSON)
        }
        for problem in cursor.problems { Output.error("nocturne: \(problem.place): \(problem.message)") }
        let count = cursor.reader.count
        return Look(
            snapshot: snapshot, now: snapshot.at,
            recording: ReplayStatus(file: name, playing: false, position: count, count: count))
    }
}
