// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneConsole
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneReport
import NocturneScreens

/// `nocturne replay FILE`: the console on a recording, with the recording's own clock.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "The console on a recording.",
        discussion: "Space plays and pauses, left and right step. A banner says on every screen that it is a recording.")

    @Argument(help: "The recording.")
    var file: String

    @Flag(help: "Stay at the end of a recording that is still being written.")
    var follow = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let cursor = try Recording.open(file, asJSON: false)
        let desk = try Desk(common)
        let tape = Tape(cursor, file: file, follow: follow) { [doorbell = desk.doorbell] in doorbell.ring() }
        desk.run(tape, ConsoleLoop.Options(theme: desk.theme, now: { SystemClock().now }, replay: tape))
        tape.stop()
    }
}

/// Recordings as commands open them, with the contract's errors.
enum Recording {
    static func open(_ file: String, asJSON: Bool) throws -> ReplayCursor {
        let reader: RecordingReader
        do {
            reader = try RecordingReader(path: file)
        } catch {
            throw Failure(.usage, error.message, where: error.place, asJSON: asJSON)
        }
        var cursor = ReplayCursor(reader)
        guard cursor.next() != nil else {
            throw Failure(
                .usage, "there is no snapshot in this recording", where: file, hint: cursor.problems.first?.message,
                asJSON: asJSON)
        }
        return cursor
    }

    /// The last look a recording holds; what could not be used of the file is said on standard error.
    static func last(of file: String, asJSON: Bool) throws -> Look {
        var cursor = try open(file, asJSON: asJSON)
        guard let snapshot = cursor.seekToEnd() else {
            throw Failure(.usage, "there is no snapshot in this recording", where: file, asJSON: asJSON)
        }
        for problem in cursor.problems { Output.error("nocturne: \(problem.place): \(problem.message)") }
        let count = cursor.reader.count
        return Look(
            snapshot: snapshot, now: snapshot.at,
            recording: ReplayStatus(file: file, playing: false, position: count, count: count))
    }
}
