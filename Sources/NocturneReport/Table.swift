// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneTerminal

/// Plain output: the screens' columns as aligned text without colour, for people, pipes and screen readers.
///
/// ```
/// DEVICE   PEER          AS    STATE   SINCE      RX     ACC   TX
/// bkk00  X iptx-hk-2519  9304  active  2m41s       -       -    -
/// 1 down, 0 degraded, 0 dark, 56 up of 57
/// ```
///
/// The state is a sign and a word. The last lines say what could not be seen, and why.
public enum Table {
    /// `nocturne peers --format plain`.
    public static func peers(_ snapshot: Snapshot, now: UTC, unicode: Bool) -> String {
        let columns = PeerEntry.columns.filter { plainPeerColumns.contains($0.key) }
        return plain(columns, PeerEntry.entries(of: snapshot, at: now), now: now, unicode: unicode)
            + summary(snapshot, now: now, unicode: unicode)
    }

    /// `nocturne devices --format plain`.
    public static func devices(_ snapshot: Snapshot, now: UTC, unicode: Bool) -> String {
        // The sentence about a fault is long and stands at the end, where it pushes nothing aside.
        let columns =
            DeviceEntry.columns.filter { $0.key != "ladder" } + DeviceEntry.columns.filter { $0.key == "ladder" }
        return plain(columns, DeviceEntry.entries(of: snapshot, at: now), now: now, unicode: unicode)
            + summary(snapshot, now: now, unicode: unicode)
    }

    private static let plainPeerColumns: Set = [
        "device", "health", "peer", "as", "state", "since", "rx", "acc", "tx", "bfd", "remote", "error",
    ]

    /// Any rows under any columns, every column as wide as its widest cell; each line ends in a newline.
    public static func plain<Row>(_ columns: [Column<Row>], _ rows: [Row], now: UTC, unicode: Bool) -> String {
        let context = CellContext(now: now, marks: Marks(unicode: unicode))
        let cells = [columns.map(\.title)] + rows.map { row in columns.map { $0.text(row, context) } }
        let widths = columns.indices.map { index in cells.map { TextWidth.of($0[index]) }.max() ?? 0 }
        return cells.map { line in
            var text = ""
            for (index, cell) in line.enumerated() {
                let padding = String(repeating: " ", count: widths[index] - TextWidth.of(cell))
                text += columns[index].alignment == .right ? padding + cell : cell + padding
                // The sign belongs to the word after it.
                if index + 1 < line.count { text += columns[index].key == "health" ? " " : "  " }
            }
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    /// Counts of everything known, then one line per cause of darkness.
    public static func summary(_ snapshot: Snapshot, now: UTC, unicode: Bool) -> String {
        let counts = snapshot.counts(at: now)
        var text = "\(counts.down) down, \(counts.degraded) degraded, \(counts.dark) dark, \(counts.up) up"
        let more =
            snapshot.anycast.isEmpty && snapshot.services.isEmpty && snapshot.devices.allSatisfy { $0.guests == nil }
        text +=
            " of \(counts.total) "
            + (more ? "devices and sessions" : "devices, sessions, prefixes, services and guests")
        if let oldest = counts.oldest { text += "; oldest \(AgeText.exact(now - oldest))" }
        text += "\n"
        for cause in DarkCause.causes(of: snapshot, at: now) {
            text += "\(Marks(unicode: unicode)(.dark)) dark \(cause.sentence)\n"
        }
        return text
    }
}

/// One reason why something is not seen, and all that stands behind it.
public struct DarkCause: Hashable, Sendable {
    /// As ``NocturneModel/DeviceState/darkCause`` files it.
    public var key: String
    /// The path's place, or the device.
    public var name: String
    /// What happened, in a sentence.
    public var reason: String
    public var hint: String?
    public var devices: [DeviceName]
    /// Sessions last known behind it.
    public var sessions: Int

    /// `1 device and 39 sessions behind it`.
    public var behind: String {
        let rows = "\(sessions) session\(sessions == 1 ? "" : "s") behind it"
        return devices.count == 1 ? rows : "\(devices.count) devices and \(rows)"
    }

    public var sentence: String { "\(name): \(reason); \(behind)" }

    /// The causes at `now`, in the order of the inventory.
    public static func causes(of snapshot: Snapshot, at now: UTC) -> [DarkCause] {
        var causes: [DarkCause] = []
        var positions: [String: Int] = [:]
        for device in snapshot.devices where device.isDark(at: now) {
            let key = device.darkCause
            let sessions = device.peers?.value.count ?? 0
            if let position = positions[key] {
                causes[position].devices.append(device.name)
                causes[position].sessions += sessions
                continue
            }
            let fault = device.reach.fault
            positions[key] = causes.count
            causes.append(
                DarkCause(
                    key: key, name: fault?.rung == .path ? fault?.place ?? device.name.rawValue : device.name.rawValue,
                    reason: reason(device, at: now), hint: fault?.hint, devices: [device.name], sessions: sessions))
        }
        return causes
    }

    private static func reason(_ device: DeviceState, at now: UTC) -> String {
        if let fault = device.reach.fault {
            var text = fault.message
            while text.last == "." { text.removeLast() }
            return text
        }
        if let seen = device.seenAt { return "no answer for \(AgeText.coarse(now - seen))" }
        guard let climbed = device.reach.climbed else { return "not reached yet" }
        return "not observed yet, \(climbed.rawValue) stands"
    }
}
