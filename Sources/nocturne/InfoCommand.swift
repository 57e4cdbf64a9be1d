// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import NocturneInventory
import NocturneTerminal
import NocturneTransport
import NocturneWiring

/// `nocturne info`: what this program is made of and which files it uses; the first thing to ask a user for.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Version, every path in use, library versions.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let environment = InventoryEnvironment.current
        let file = common.inventory ?? environment.defaultFile
        let rows: [(String, String)] = [
            ("nocturne", Version.text),
            ("libssh2", Libraries.ssh2),
            ("libcrypto", Libraries.crypto),
            ("ncurses", CursesScreen.libraryVersion),
            ("inventory", file + (environment.fileExists(file) ? "" : " (not there)")),
            ("recordings", Places.recordings),
            ("agent", environment.variables["SSH_AUTH_SOCK"] ?? "none (SSH_AUTH_SOCK is not set)"),
            ("terminal", environment.variables["TERM"] ?? "none (TERM is not set)"),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        try Output.print(
            rows.map { $0.0 + String(repeating: " ", count: width - $0.0.count + 2) + $0.1 }.joined(separator: "\n"))
    }
}
