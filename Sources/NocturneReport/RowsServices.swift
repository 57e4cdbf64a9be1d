// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The rows of `nocturne services`: one object for each service of the inventory.
///
/// `state` is up, degraded, down or unknown; unknown when what is not seen decides it. A guest's state is null when its
/// device does not have it, and unknown when it could not be observed.
public enum ServiceRows {
    public static let keys = [
        "name", "state", "running", "want", "unseen", "guests", "observedAt", "ageSeconds",
    ]
    /// What the object of a service has besides that is not known to be up.
    public static let reasonKeys = ["reason"]

    public static func rows(_ snapshot: Snapshot, now: UTC) -> [JSONValue] {
        snapshot.serviceRows(at: now).map { row in
            .object(
                [
                    ("name", .string(row.service.name)),
                    ("state", .string(row.health == .dark ? "unknown" : row.health.rawValue)),
                    ("running", .int(row.running)), ("want", .int(row.service.want)), ("unseen", .int(row.unseen)),
                    ("guests", .array(row.members.map(member))), ("observedAt", JSONValue(row.observedAt)),
                    ("ageSeconds", PeerRows.age(of: row.observedAt, now: now)),
                ] + (row.reason.map { [("reason", .string($0))] } ?? []))
        }
    }

    /// An array with one object on each line.
    public static func json(_ snapshot: Snapshot, now: UTC) -> String {
        JSONValue.array(rows(snapshot, now: now)).lines
    }

    /// In one field the guests are `device/id=state`, with blanks between.
    public static func csv(_ snapshot: Snapshot, now: UTC) -> String {
        let flat = zip(snapshot.serviceRows(at: now), rows(snapshot, now: now)).map { service, row -> JSONValue in
            guard case .members(var members) = row else { return row }
            for index in members.indices where members[index].key == "guests" {
                members[index].value = .array(
                    service.members.map { .string("\($0.ref)=\(state($0) ?? "")") })
            }
            return .members(members)
        }
        return CSV.text(columns: keys + reasonKeys, rows: flat)
    }

    private static func state(_ member: ServiceRow.Member) -> String? {
        member.health == .dark ? Guest.State.unknown.rawValue : member.guest?.state.rawValue
    }

    private static func member(_ member: ServiceRow.Member) -> JSONValue {
        .object([
            ("device", .string(member.ref.device.rawValue)), ("id", .string(member.ref.id)),
            ("state", JSONValue(state(member))),
        ])
    }
}
