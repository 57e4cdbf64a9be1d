// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// The program: without a subcommand the console, with one a look that ends.
@main
struct Nocturne: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nocturne",
        abstract: "Live BGP of your own routers, through a jump host, in the terminal.",
        discussion: """
            Without a subcommand: the console (needs a terminal). With one: a single look, for scripts and for \
            terminals that cannot show a console.

            Exit status: 0 all observed and healthy, 1 something observed is unhealthy, 2 something could not be \
            observed, 64 usage, 65 not that platform's answer, 74 could not write, 78 configuration.
            """,
        version: Version.text,
        subcommands: [
            ConsoleCommand.self, PeersCommand.self, AnycastCommand.self, GuestsCommand.self, ServicesCommand.self,
            DevicesCommand.self, DoctorCommand.self, ParseCommand.self, InventoryCommand.self, ScreenCommand.self,
            ReplayCommand.self, TimelineCommand.self, InfoCommand.self,
        ],
        defaultSubcommand: ConsoleCommand.self)

    static func main() {
        // A reader that went away is an answer to a write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as Failure {
            failure.exit()
        } catch {
            exit(withError: error)
        }
    }
}
