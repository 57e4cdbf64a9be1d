// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The rows of `nocturne anycast`: one object for each prefix on each node that takes part in anycast.
///
/// `verdict` is ok, blackhole, mute, withdrawn, stray, not deployed or unknown; with unknown, `reason` says why. What
/// could not be observed now is null: what was seen before a node went dark is history, and not in a row.
public enum AnycastRows {
    public static let keys = [
        "name", "prefix", "device", "platform", "wanted", "verdict", "local", "interface", "bestPath", "announced",
        "exportedTo", "answers", "answeredBy", "answerMilliseconds", "reason", "observedAt", "ageSeconds", "path",
    ]

    public static func rows(_ snapshot: Snapshot, now: UTC) -> [JSONValue] {
        AnycastEntry.entries(of: snapshot, at: now).map { row($0, snapshot, now: now) }
    }

    /// An array with one object on each line.
    public static func json(_ snapshot: Snapshot, now: UTC) -> String {
        JSONValue.array(rows(snapshot, now: now)).lines
    }

    public static func csv(_ snapshot: Snapshot, now: UTC) -> String {
        CSV.text(columns: keys, rows: rows(snapshot, now: now))
    }

    private static func row(_ entry: AnycastEntry, _ snapshot: Snapshot, now: UTC) -> JSONValue {
        let row = entry.row
        let seen = entry.present
        let device = snapshot[row.device]
        var (answers, by, took): (Bool?, String?, Double?)
        switch seen?.answer {
        case .answered(let name, let milliseconds): (answers, by, took) = (true, name, milliseconds)
        case .silent: answers = false
        case nil: break
        }
        // A reason that is not of the sighting is why there is none.
        let reason = entry.isHistory && row.verdict == .unknown ? device?.whyDark(at: now).reason : nil
        return .object([
            ("name", .string(row.name)), ("prefix", .string(row.prefix)), ("device", .string(row.device.rawValue)),
            ("platform", .string((device?.answeringPlatform ?? row.platform).rawValue)), ("wanted", .bool(row.wanted)),
            ("verdict", .string(row.verdict.rawValue)), ("local", JSONValue(seen?.local)),
            ("interface", JSONValue(seen?.interface)), ("bestPath", JSONValue(seen?.bestPath?.rawValue)),
            ("announced", JSONValue(seen?.exportedTo.map { !$0.isEmpty })),
            ("exportedTo", seen?.exportedTo.map { .array($0.map { .string($0) }) } ?? .null),
            ("answers", JSONValue(answers)), ("answeredBy", JSONValue(by)),
            ("answerMilliseconds", JSONValue(took, decimals: 3)), ("reason", JSONValue(reason ?? row.reason)),
            ("observedAt", JSONValue(row.observed?.at)), ("ageSeconds", PeerRows.age(of: row.observed?.at, now: now)),
            ("path", JSONValue(row.observed?.path ?? device?.reach.path)),
        ])
    }
}
