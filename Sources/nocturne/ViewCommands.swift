// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneModel
import NocturneReport

/// What the commands that list something share: format, watching, and what their exit status is about.
struct ViewOptions: ParsableArguments {
    @Option(help: "plain, json or csv.")
    var format = Format.plain

    @Flag(help: "Print again at every interval, until interrupted.")
    var watch = false

    @Option(name: .customLong("fail-on"), help: "Narrow the exit status to unhealthy or unknown.")
    var failOn: ExitStatus.Failure?
}

extension ViewOptions {
    /// Prints one view of one look, or of many, and ends with the contract's status.
    ///
    /// - Parameter status: the status of what the command lists; of everything observed where it is not told.
    func run(
        _ common: CommonOptions, replay: ReplayOption,
        status: @escaping @Sendable (Snapshot, UTC, ExitStatus.Failure?) -> ExitStatus = {
            ExitStatus.of($0, now: $1, failOn: $2)
        },
        plain: @escaping @Sendable (Snapshot, UTC, Bool) -> String,
        json: @escaping @Sendable (Snapshot, UTC) -> String, csv: @escaping @Sendable (Snapshot, UTC) -> String
    ) throws {
        let format = format
        let unicode = !common.ascii && Locale.isUnicode
        let show: @Sendable (Look) throws -> Void = { look in
            switch format {
            case .plain: try Output.print(plain(look.snapshot, look.now, unicode))
            case .json: try Output.print(json(look.snapshot, look.now))
            case .csv: try Output.print(csv(look.snapshot, look.now))
            }
        }
        if watch, try replay.tape(common, asJSON: format == .json) == nil {
            try Look.watch(common, asJSON: format == .json, show)
            return
        }
        let look = try Look.take(common, replay: replay, asJSON: format == .json)
        try show(look)
        let status = status(look.snapshot, look.now, failOn)
        if status != .healthy { throw Failure(status) }
    }
}

/// `nocturne peers`: every BGP session of every device, one row each.
struct PeersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers", abstract: "Every BGP session of every device, once.")

    @OptionGroup var view: ViewOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var replay: ReplayOption

    func run() throws {
        try view.run(
            common, replay: replay, plain: { Table.peers($0, now: $1, unicode: $2) }, json: PeerRows.json,
            csv: PeerRows.csv)
    }
}

/// `nocturne devices`: every device with its ladder, one row each.
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices", abstract: "Every device and how far up the ladder it is, once.")

    @OptionGroup var view: ViewOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var replay: ReplayOption

    func run() throws {
        try view.run(
            common, replay: replay, plain: { Table.devices($0, now: $1, unicode: $2) }, json: DeviceRows.json,
            csv: DeviceRows.csv)
    }
}

/// `nocturne anycast`: every anycast prefix on every node, one row each.
struct AnycastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anycast",
        abstract: "Every anycast prefix on every node: wanted, local, best path, announced, answered, once.")

    @OptionGroup var view: ViewOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var replay: ReplayOption

    func run() throws {
        try view.run(
            common, replay: replay,
            status: { snapshot, now, failOn in
                .of(snapshot.anycastRows(at: now).filter(\.isSubject).map(\.health), failOn: failOn)
            },
            plain: { Table.anycast($0, now: $1, unicode: $2) }, json: AnycastRows.json, csv: AnycastRows.csv)
    }
}

/// `nocturne guests`: every container and virtual machine, one row each.
struct GuestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guests", abstract: "Every container and virtual machine of every device, once.")

    @OptionGroup var view: ViewOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var replay: ReplayOption

    func run() throws {
        try view.run(
            common, replay: replay,
            status: { snapshot, now, failOn in
                .of(
                    snapshot.guestRows(at: now).map(\.health), hidden: !snapshot.devicesHidingGuests(at: now).isEmpty,
                    failOn: failOn)
            },
            plain: { Table.guests($0, now: $1, unicode: $2) }, json: GuestRows.json, csv: GuestRows.csv)
    }
}

/// `nocturne services`: every service and how many of its guests run, one row each.
struct ServicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "services", abstract: "Every service of the inventory and how many of its guests run, once.")

    @OptionGroup var view: ViewOptions
    @OptionGroup var common: CommonOptions
    @OptionGroup var replay: ReplayOption

    func run() throws {
        try view.run(
            common, replay: replay,
            status: { snapshot, now, failOn in .of(snapshot.serviceRows(at: now).map(\.health), failOn: failOn) },
            plain: { Table.services($0, now: $1, unicode: $2) }, json: ServiceRows.json, csv: ServiceRows.csv)
    }
}
