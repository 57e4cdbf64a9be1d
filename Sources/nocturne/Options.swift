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

    /// What of a recording `--only` lets through; as with the inventory, a pattern that means nothing is an error.
    func narrow(_ snapshot: Snapshot, of place: String, asJSON: Bool) throws -> Snapshot {
        guard let only else { return snapshot }
        let patterns = only.split(separator: ",").map { String($0.drop { $0 == " " }) }
        func matches(_ device: DeviceState, _ pattern: String) -> Bool {
            Selector.matches(device.name, group: device.group, pattern)
        }
        for pattern in patterns where !snapshot.devices.contains(where: { matches($0, pattern) }) {
            throw Failure(
                .configuration, "--only: no device or group matches \"\(pattern)\"", where: place,
                hint: "there are: " + snapshot.devices.map(\.name.rawValue).joined(separator: ", "), asJSON: asJSON)
        }
        var narrowed = snapshot
        narrowed.devices.removeAll { device in !patterns.contains { matches(device, $0) } }
        return narrowed
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

    @Flag(help: "The recording that is built in, in place of the live network.")
    var demo = false

    /// Which recording is asked for; nil is the live network. Nothing falls back to a recording by itself.
    ///
    /// - Throws: the contract's usage error for what contradicts it.
    func tape(_ common: CommonOptions, asJSON: Bool = false) throws -> Recording? {
        if demo, replay != nil || common.inventory != nil {
            throw Failure(
                .usage,
                "--demo shows the recording that is built in, and \(replay != nil ? "--replay" : "--inventory") asks for "
                    + "something else",
                hint: "leave one of them out", asJSON: asJSON)
        }
        return demo ? .demo : replay.map { .file($0) }
    }
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
