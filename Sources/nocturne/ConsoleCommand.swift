// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import NocturneConsole
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneOperations
import NocturneReport
import NocturneScreens
import NocturneTerminal
import NocturneTheme
import NocturneWiring

/// `nocturne`: the console on the live network.
struct ConsoleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "The console; what runs without a subcommand.")

    @OptionGroup var common: CommonOptions

    @Option(
        help: ArgumentHelp("Where to record.", discussion: "Default: a new file in $XDG_STATE_HOME/nocturne/recordings")
    )
    var record: String?

    @Flag(name: .customLong("no-record"), help: "Do not record.")
    var noRecord = false

    @OptionGroup var replay: ReplayOption

    func run() throws {
        if let tape = try replay.tape(common) {
            if record != nil {
                throw Failure(
                    .usage, "--record is for the live network, and \(replay.demo ? "--demo" : "--replay") is not",
                    hint: "leave one of them out")
            }
            try tape.play(common)
            return
        }
        let inventory = try common.readInventory()
        let desk = try Desk(common)
        let recorder =
            noRecord
            ? nil
            : Recorder(
                path: record ?? RecordingFiles.next(site: inventory.site, at: SystemClock().now),
                options: recordingOptions)
        let file = Places.journal(site: inventory.site)
        let journal = Journal(path: file)
        let inbox = MessageInbox { [doorbell = desk.doorbell] in doorbell.ring() }
        let changes = OfficeDoor()
        let watched = Watched(
            inventory: inventory, doorbell: desk.doorbell, sink: recorder, recorder: recorder?.initialState ?? .off,
            ledger: journal, history: history(of: file, inbox), changesBy: ChangeOffice.here,
            onLive: { await changes.open(on: $0, inventory: inventory, state: Places.state) })
        let devices = Dictionary(uniqueKeysWithValues: inventory.devices.map { ($0.name, $0) })
        desk.run(
            LiveSource(watched),
            ConsoleLoop.Options(
                theme: desk.theme, now: { SystemClock().now }, device: { devices[$0] },
                retry: { watched.retryNow($0) }, desk: changes,
                notes: JournalDesk(watched, file: file, inbox: inbox), inbox: inbox))
        watched.stop()
    }

    /// The newest events of former runs. What cannot be read is said, and is no reason not to look at the network.
    private func history(of file: String, _ inbox: MessageInbox) -> [Event] {
        guard access(file, F_OK) == 0 else { return [] }
        do {
            return try JournalReader(path: file).last(500)
        } catch {
            inbox.post(.message(Message(error.message, .bad)))
            return []
        }
    }

    private var recordingOptions: RecordingWriter.Options {
        var options = RecordingWriter.Options()
        options.program = "nocturne \(Version.text)"
        return options
    }
}

/// What every console needs before it can be drawn: terminal, theme, bell.
struct Desk {
    let screen: CursesScreen
    let theme: Theme
    let doorbell: Doorbell
    private let reactor: Reactor

    init(_ common: CommonOptions) throws {
        theme = try common.readTheme()
        // Before any thread exists: threads inherit the mask, and the reactor takes the signals.
        Reactor.blockSignals()
        do {
            var options = CursesScreen.Options()
            options.wishes = TerminalProfile.Wishes(ascii: common.ascii, noColor: common.noColor)
            screen = try CursesScreen(options)
            doorbell = try Doorbell()
            reactor = try Reactor(doorbell: doorbell)
        } catch {
            throw Failure(
                .usage, error.problem,
                hint: error.hint + "; one look without a terminal: nocturne peers, nocturne devices, nocturne screen")
        }
    }

    func run(_ source: some SnapshotSource, _ options: ConsoleLoop.Options) {
        ConsoleLoop(screen: screen, source: source, options: options).run(waiter: reactor)
    }
}

/// The newest snapshot of the live network.
final class LiveSource: SnapshotSource {
    private let watched: Watched
    init(_ watched: Watched) { self.watched = watched }
    func latest() -> Snapshot { watched.latest }
}
