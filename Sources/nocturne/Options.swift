// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneInventory
import NocturneModel
import NocturneReport
import NocturneTheme
import NocturneWiring

/// What every view takes.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The inventory.", discussion: "Default: $XDG_CONFIG_HOME/nocturne/inventory.yaml"))
    var inventory: String?

    @Option(help: "Only these devices or groups, by name with * and ?, separated by commas.")
    var only: String?

    @Option(help: "Longest wait for a look, such as 20s.")
    var timeout = Seconds(duration: .seconds(20))

    @Flag(help: "Nothing beyond ASCII.")
    var ascii = false

    @Flag(name: .customLong("no-color"), help: "No colours; NO_COLOR in the environment does the same.")
    var noColor = false

    @Option(help: "A theme's name or file.")
    var theme = "default"

    /// The inventory, read and narrowed by `--only`.
    func readInventory(asJSON: Bool = false) throws -> Inventory {
        do {
            return try Start.inventory(file: inventory, only: only)
        } catch {
            throw Failure(.configuration, error.message, where: error.place, hint: error.hint, asJSON: asJSON)
        }
    }

    func readTheme() throws -> Theme {
        do {
            return try Theme.named(theme)
        } catch {
            throw Failure(.configuration, error.problem, where: error.place, hint: error.hint)
        }
    }
}

/// A recording in place of the live network.
struct ReplayOption: ParsableArguments {
    @Option(help: "A recording in place of the live network.")
    var replay: String?
}

/// A duration on the command line: `20s`, `500ms`, `2m`.
struct Seconds: ExpressibleByArgument {
    var duration: Duration

    init(duration: Duration) { self.duration = duration }

    init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        self.duration = duration
    }

    var defaultValueDescription: String { "\(Int(duration.seconds))s" }
}

enum Format: String, ExpressibleByArgument, CaseIterable { case plain, json, csv }

extension ExitStatus.Failure: ExpressibleByArgument {}
