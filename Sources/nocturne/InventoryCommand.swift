// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneInventory
import NocturneReport

/// `nocturne inventory check|show`: what is wrong with the inventory, and what it comes to.
struct InventoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "Check the inventory, or show what it comes to.",
        subcommands: [Check.self, Show.self])

    struct FileOption: ParsableArguments {
        @Option(help: ArgumentHelp("The inventory.", discussion: "Default: $XDG_CONFIG_HOME/nocturne/inventory.yaml"))
        var inventory: String?
    }

    /// Every problem of the file, not only the first.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Everything that is wrong with it, with file, line and column.")

        @OptionGroup var file: FileOption

        func run() throws {
            do {
                try Output.print(InventoryPrinter.check(try InventoryReader.resolve(file: file.inventory)))
            } catch let error as InventoryError {
                Output.error(InventoryPrinter.check(error))
                throw Failure(.configuration)
            }
        }
    }

    /// Each device: how it is reached, as whom, with which keys, and where each value comes from.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How each device is reached, and where each value comes from.")

        @OptionGroup var file: FileOption

        @Option(help: "plain or json.")
        var format = ShowFormat.plain

        func run() throws {
            do {
                let resolved = try InventoryReader.resolve(file: file.inventory)
                switch format {
                case .plain: try Output.print(InventoryPrinter.text(resolved))
                case .json: try Output.print(InventoryPrinter.json(resolved).text)
                }
            } catch let error as InventoryError {
                throw Failure(
                    .configuration, error.message, where: error.location, hint: error.hint, asJSON: format == .json)
            }
        }
    }

    enum ShowFormat: String, ExpressibleByArgument, CaseIterable { case plain, json }
}
