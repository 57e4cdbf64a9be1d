// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import Glibc
import NocturneEngine
import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme
import NocturneWiring

/// The read-only wallboard: a program of its own, so that nothing that could act is linked into it.
@main
struct NocturneWall: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nocturne-wall", abstract: "The state of a network in one word, to be read across the room.",
        discussion: "One key: q leaves.")

    @Option(help: ArgumentHelp("The inventory.", discussion: "Default: $XDG_CONFIG_HOME/nocturne/inventory.yaml"))
    var inventory: String?

    @Option(help: "Only these devices or groups, by name with * and ?, separated by commas.")
    var only: String?

    @Flag(help: "Nothing beyond ASCII.")
    var ascii = false

    @Flag(name: .customLong("no-color"), help: "No colours; NO_COLOR in the environment does the same.")
    var noColor = false

    @Option(help: "A theme's name or file.")
    var theme = "default"

    @Option(help: "How long a page stands, such as 15s or 1m.")
    var every = PageTime(seconds: 15)

    func run() throws {
        signal(SIGPIPE, SIG_IGN)
        do {
            try show()
        } catch let problem as Start.Problem {
            end(.configuration, problem.message, place: problem.place, hint: problem.hint)
        } catch let problem as ThemeError {
            end(.configuration, problem.problem, place: problem.place, hint: problem.hint)
        } catch let problem as TerminalError {
            end(.usage, problem.problem, place: nil, hint: problem.hint)
        }
    }

    private func show() throws {
        let network = try Start.inventory(file: inventory, only: only)
        let theme = try Theme.named(theme)
        // Before any thread exists: threads inherit the mask, and the reactor takes the signals.
        Reactor.blockSignals()
        var options = CursesScreen.Options()
        options.wishes = TerminalProfile.Wishes(ascii: ascii, noColor: noColor)
        let screen = try CursesScreen(options)
        defer { screen.close() }
        let doorbell = try Doorbell()
        let reactor = try Reactor(doorbell: doorbell)
        let watched = Watched(inventory: network, doorbell: doorbell)
        WallLoop(
            screen: screen, reactor: reactor, theme: theme, every: .seconds(every.seconds),
            latest: { watched.latest }, now: { SystemClock().now }
        ).run()
        screen.close()
        watched.stop()
    }

    private func end(_ status: ExitStatus, _ message: String, place: String?, hint: String?) -> Never {
        let report = ErrorReport(status, message: message, place: place, hint: hint)
        let line = Array("nocturne-wall: \(report.plain)\n".utf8)
        _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
        Glibc.exit(status.rawValue)
    }
}

/// `15s` or `2m` on the command line; from a second to an hour.
struct PageTime: ExpressibleByArgument {
    var seconds: Int

    init(seconds: Int) { self.seconds = seconds }

    init?(argument: String) {
        let minutes = argument.hasSuffix("m")
        guard minutes || argument.hasSuffix("s"), let number = Int(argument.dropLast()) else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: minutes ? 60 : 1)
        guard !overflow, (1...3600).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String { "\(seconds)s" }
}
