// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import NocturneDrivers
import NocturneInventory
import NocturneJournal
import NocturneModel
import NocturneTerminal
import NocturneTheme
import NocturneTransport
import NocturneWiring

/// `nocturne info`: what this program is made of and which files it uses; the first thing to ask a user for.
///
/// It never fails: what is not there, or cannot be used, is what one wants to read here.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Version, every path in use, library versions.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Every line that observing may send to a device, as extended regular expressions.")
    var readingCommands = false

    func run() throws {
        if readingCommands { return try Output.print(ReadingCommands.all.joined(separator: "\n")) }
        let rows = versions + files(InventoryEnvironment.current) + terminal(InventoryEnvironment.current)
        let width = rows.map(\.name.count).max() ?? 0
        var lines: [String] = []
        for row in rows {
            for (index, value) in (row.values.isEmpty ? ["none"] : row.values).enumerated() {
                let name = index == 0 ? row.name : ""
                lines.append(name + String(repeating: " ", count: width - name.count + 2) + value)
            }
        }
        try Output.print(lines.joined(separator: "\n"))
    }

    private struct Row {
        var name: String
        var values: [String]

        init(_ name: String, _ values: String...) { (self.name, self.values) = (name, values) }
        init(_ name: String, _ values: [String]) { (self.name, self.values) = (name, values) }
    }

    private var versions: [Row] {
        var system = utsname()
        uname(&system)
        let words = [text(system.sysname), text(system.release), text(system.machine)]
        return [
            Row("nocturne", Version.text),
            Row("libssh2", LibraryVersions.ssh2),
            Row("libcrypto", LibraryVersions.crypto),
            Row("ncurses", TerminalProfile.libraryVersion),
            Row("sqlite", Journal.sqliteVersion),
            Row("system", words.joined(separator: " ")),
        ]
    }

    private func files(_ environment: InventoryEnvironment) -> [Row] {
        func there(_ path: String) -> String { environment.fileExists(path) ? path : path + " (not there)" }
        let file = common.inventory ?? environment.defaultFile
        let ssh = (environment.variables["PATH"] ?? "").split(separator: ":").map { $0 + "/ssh" }
            .first { environment.fileExists($0) }
        var rows = [
            Row("ssh", ssh ?? "none in PATH: ssh's own defaults are used for what the inventory leaves out"),
            Row("ssh config", there(environment.home + "/.ssh/config"), there("/etc/ssh/ssh_config")),
        ]
        guard environment.fileExists(file) else {
            return [Row("inventory", there(file))] + rows + [
                // What ssh's own defaults name; an inventory or ~/.ssh/config may name others.
                Row("known hosts", there(environment.home + "/.ssh/known_hosts"), there("/etc/ssh/ssh_known_hosts"))
            ]
        }
        do {
            let inventory = try Start.inventory(file: file, only: common.only)
            let logins = inventory.paths.flatMap(\.hops) + inventory.devices.map(\.endpoint)
            func all(_ files: (SSHEndpoint) -> [String]) -> [String] { Set(logins.flatMap(files)).sorted().map(there) }
            let count = inventory.devices.count
            rows.insert(
                Row("inventory", "\(file) (site \(inventory.site), \(count) device\(count == 1 ? "" : "s"))"), at: 0)
            rows += [
                Row("keys", all(\.identities)), Row("known hosts", all(\.knownHosts)),
                Row("agent", all { $0.agent.map { [$0] } ?? [] }),
            ]
        } catch {
            let place = error.place.map { $0 + ": " } ?? ""
            rows.insert(Row("inventory", file, "cannot be used: \(place)\(error.message)"), at: 0)
        }
        return rows
    }

    private func terminal(_ environment: InventoryEnvironment) -> [Row] {
        let theme: String
        do {
            _ = try Theme.named(common.theme)
            let builtIn = Theme.builtInNames.contains(common.theme)
            theme = common.theme + (builtIn ? " (built in)" : "")
        } catch {
            theme = "cannot be used: \(error)"
        }
        let set = ["TERM", "COLORTERM", "NO_COLOR", "LC_ALL", "LC_CTYPE", "LANG", "SSH_AUTH_SOCK"].compactMap { name in
            environment.variables[name].map { "\(name)=\($0)" }
        }
        let recordings = Places.recordings
        return [
            Row("recordings", environment.fileExists(recordings) ? recordings : recordings + " (not there yet)"),
            Row("journals", Places.state + "/SITE.journal"),
            Row("theme", theme),
            Row("environment", set),
        ]
    }

    /// A field of utsname(2): bytes up to the first zero.
    private func text(_ field: some Any) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
