// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What a device itself tells of change sessions: the folders below `/run/nocturne/changes`, printed one after the other.
///
/// The format is ours; whoever arms a change writes it, whoever looks at the device reads it.
///
/// ```
/// [change]
/// session=20261121-021310-bkk20          the file `info`: one key=value a line
/// device=bkk20
/// by=ops
/// what=bird.conf, 2 lines
/// armed=1795227190                       seconds since 1970 by the device's clock
/// deadline=1795227490
/// state=reverted 1795227491 bird reconfigured      the file `state`: WORD, when, what it said
/// alive=0                                the timer's process is there
/// now=1795227500                         last: the device's clock when it was asked
/// ```
///
/// A session without id, times or a state that we know is left out: it is not half of a promise that the device made.
public enum GuardParser {
    public static func parse(_ text: ScrubbedText) -> [DeviceGuard] {
        var sessions: [[Substring: Substring]] = []
        var now: Int64?
        for raw in text.lines {
            let line = raw[...]
            if line == "[change]" {
                sessions.append([:])
            } else if let value = line.after("now=") {
                now = Int64(value)
            } else if !sessions.isEmpty, let equals = line.utf8.firstIndex(of: 0x3D) {
                let key = line[..<equals]
                // The first value of a key counts: what follows in a free text cannot replace it.
                if sessions[sessions.count - 1][key] == nil {
                    sessions[sessions.count - 1][key] = line[line.index(after: equals)...]
                }
            }
        }
        return sessions.compactMap { deviceGuard($0, now: now) }
    }

    private static func deviceGuard(_ values: [Substring: Substring], now: Int64?) -> DeviceGuard? {
        let told = (values["state"] ?? "").split(separator: " ", maxSplits: 2)
        guard let session = values["session"], !session.isEmpty, let armed = seconds(values["armed"]),
            let deadline = seconds(values["deadline"]), let word = told.first,
            let state = DeviceGuard.State(rawValue: String(word))
        else { return nil }
        var found = DeviceGuard(
            session: String(session), by: String(values["by"] ?? ""), what: String(values["what"] ?? ""), state: state,
            armedAt: UTC(milliseconds: armed * 1000), deadline: UTC(milliseconds: deadline * 1000),
            alive: values["alive"] == "1", detail: told.count > 2 ? String(told[2]) : nil)
        if found.isOpen {
            found.remainingSeconds = now.map { Int(max(0, deadline - $0)) }
        } else if told.count > 1, let ended = seconds(told[1]) {
            found.endedAt = UTC(milliseconds: ended * 1000)
        }
        return found
    }

    /// Bounded, so that no number of the device's can overflow ours.
    private static func seconds(_ text: Substring?) -> Int64? {
        guard let text, let value = Int64(text), (0...100_000_000_000).contains(value) else { return nil }
        return value
    }
}
