// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Events and incidents for programs: every member always there, null where nothing is known.
public enum TimelineRows {
    public static func row(_ event: Event) -> JSONValue {
        .object([
            ("sequence", .int(event.sequence)), ("at", .string(event.at.description)),
            ("instant", .string(event.instant.description)), ("exact", .bool(event.isExact)),
            ("notBefore", JSONValue(event.notBefore)), ("deviceTime", JSONValue(event.deviceTime)),
            ("source", .string(event.source.rawValue)), ("by", JSONValue(event.by)),
            ("kind", .string(event.subject.kind.rawValue)), ("device", JSONValue(event.subject.device?.rawValue)),
            ("name", .string(event.subject.name)), ("before", JSONValue(event.before)),
            ("after", .string(event.after)), ("severity", .string(event.severity.rawValue)),
            ("evidence", JSONValue(event.evidence)),
        ])
    }

    public static func row(_ incident: Incident) -> JSONValue {
        .object([
            ("incident", .int(incident.number)), ("start", .string(incident.start.description)),
            ("end", JSONValue(incident.end)), ("first", .string(incident.first.subject.description)),
            ("events", .int(incident.events.count)),
            (
                "lost",
                .array(
                    incident.impacts.map {
                        .object([
                            ("subject", .string($0.subject.description)),
                            ("milliseconds", .int(Int($0.lostMilliseconds))), ("back", .bool($0.isBack)),
                        ])
                    })
            ),
            (
                "dark",
                .array(
                    incident.gaps.map {
                        .object([
                            ("subject", .string($0.subject.description)), ("from", .string($0.from.description)),
                            ("to", JSONValue($0.to)),
                        ])
                    })
            ),
        ])
    }

    /// Incidents for people, newest last.
    public static func text(_ incidents: [Incident], now: UTC) -> String {
        incidents.map { incident in
            let lasted = Postmortem.seconds(((incident.end ?? now) - incident.start).milliseconds)
            let lost = incident.impacts.count == 1 ? "1 subject lost" : "\(incident.impacts.count) subjects lost"
            return "\(incident.number)  \(incident.start.date) \(incident.start.clock) UTC  "
                + (incident.isOpen ? "open for \(lasted)" : lasted) + "  \(lost), first \(incident.first.subject)"
        }.joined(separator: "\n")
    }
}
