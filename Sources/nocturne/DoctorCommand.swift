// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneDrivers
import NocturneEngine
import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme
import NocturneWiring

/// `nocturne doctor [DEVICE...]`: each rung of the ladder of each device, and each missing right.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Each rung of the way to each device, and the line that grants a missing right.")

    @Argument(help: "Devices or groups; all when left out.")
    var devices: [String] = []

    @OptionGroup var common: CommonOptions
    @OptionGroup var replay: ReplayOption

    func run() throws {
        var common = common
        if !devices.isEmpty { common.only = devices.joined(separator: ",") }
        let look = try Look.take(common, replay: replay, asJSON: false)
        let glyphs = Glyphs(unicode: !common.ascii && Locale.isUnicode)
        var failed = false
        for device in look.snapshot.devices {
            try Output.print("\(device.name)  \(device.platform.rawValue)  \(device.address)")
            for line in Doctor.lines(for: device) {
                failed = failed || line.verdict == .fail
                try Output.print("  \(mark(line.verdict, glyphs)) \(pad(line.subject))  \(line.sentence)")
                if let hint = line.hint { try Output.print("    \(pad(""))  \(hint)") }
            }
        }
        if failed { throw Failure(.unknown) }
        let status = ExitStatus.of(look.snapshot, now: look.now, failOn: .unknown)
        if status != .healthy { throw Failure(status) }
    }

    private func pad(_ text: String) -> String { text + String(repeating: " ", count: max(0, 8 - text.count)) }

    private func mark(_ verdict: DoctorLine.Verdict, _ glyphs: Glyphs) -> String {
        switch verdict {
        case .ok: glyphs.up
        case .fail: glyphs.down
        case .warn: glyphs.degraded
        case .notReached: glyphs.dark
        }
    }
}
