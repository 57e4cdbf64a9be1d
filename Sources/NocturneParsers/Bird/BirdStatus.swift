// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// `show status`: version, router id, host name and the daemon's clock (1.x to 3.x; codes 1000, 1011, 0013, 0022, 0024).
struct BirdStatusReader {
    private(set) var value = DaemonStatus(platform: .bird)
    /// The text holds a status reply, not just a greeting.
    private(set) var seen = false
    /// Its last line was there.
    private(set) var ended = false

    /// Takes the version from `BIRD 2.0.12 ready.`; whether the line is that.
    @discardableResult
    mutating func greet(_ line: Substring) -> Bool {
        guard line.hasPrefix("BIRD "), line.hasSuffix(" ready.") else { return false }
        let version = line.dropFirst(5).dropLast(7)
        guard !version.isEmpty else { return false }
        if value.version == nil { value.version = String(version.trimmed) }
        return true
    }

    /// Whether the line begins or continues a status reply by its own words.
    mutating func consume(_ line: Substring) -> Bool {
        if let id = line.after("Router ID is ") {
            value.routerId = String(id.trimmed)
        } else if let name = line.after("Hostname is ") {
            value.hostname = String(name.trimmed)
        } else if let time = line.after("Current server time is ") {
            value.serverTime = BirdTime.instant(time.trimmed)
        } else if line.hasPrefix("Last reboot on ") {
            // Known and not shown: a reboot of the daemon shows as a new epoch of every session.
        } else if let time = line.after("Last reconfiguration on ") {
            value.lastReconfiguration = BirdTime.instant(time.trimmed)
        } else if let rest = line.after("BIRD "), rest.fields.count == 1, let first = rest.utf8.first,
            (0x30...0x39).contains(first) || first == 0x76
        {
            value.version = String(rest.trimmed)
        } else if Self.endings.contains(line.trimmed) {
            ended = true
        } else if let undo = line.after("Configuration unconfirmed, undo in ") {
            // `configure status` prints it with milliseconds: what is left is at least the whole seconds.
            value.undoSeconds = undo.leadingInt
        } else {
            return false
        }
        seen = true
        return true
    }

    /// Lines that only mean something inside a status reply.
    func continues(_ line: Substring) -> Bool {
        line.hasPrefix("Graceful restart recovery in progress") || line.hasPrefix("  Waiting for ")
            || line.hasPrefix("  Wait timer is ")
    }

    private static let endings: Set<Substring> = [
        "Daemon is up and running", "Shutdown in progress", "Reconfiguration in progress",
    ]
}
