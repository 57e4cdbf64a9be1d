// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Light and dark: the events of devices and paths, one for each cause.
///
/// ```
///            first answer                no answer: its own fault
///  unseen ───────────────▶ observed ──────────────────────────────▶ dark(device)
///     │                    ▲      │                                     │
///     │                    │      │ no answer: the path is lost         │ the path is lost too
///     └─ no answer ─▶ …    └──────┴──────────────▶ dark(path) ◀─────────┘
///                              no event either way: the path's own event says it
/// ```
extension World {
    /// Brings the condition of one device in line with its state. `began` is when the sweep behind it began, if one is;
    /// `fresh` says that it brought an answer to the main question.
    mutating func settle(_ at: Int, now: UTC, began: UTC?, fresh: Bool) -> [Event] {
        let device = devices[at]
        let before = conditions[at]
        var events: [Event] = []
        // Without a fault and without a new answer a device stays as it was, unless it has grown stale.
        let dark = device.isDark(at: now) || (before != .observed && !fresh)
        if dark {
            if let fault = device.reach.fault, fault.rung == .path {
                events += path(pathName(of: device), alive: false, fault: fault, at: now)
            }
            conditions[at] = .dark(cause(of: device))
        } else {
            // A sweep that was under way when the path was lost does not prove that it is back.
            if let name = device.reach.path, let began, pathChanged[name].map({ began > $0 }) ?? true {
                events += path(name, alive: true, fault: nil, at: now)
            }
            conditions[at] = .observed
        }
        defer { if dark { lastDark[at] = now } else { everObserved[at] = true } }
        let subject = Subject(kind: .device, device: device.name)
        // How a former run left it; of use until this one has seen it.
        let last = before == .unseen && !everObserved[at] ? former[subject] : nil
        switch (before, conditions[at]) {
        case (.unseen, .observed) where last?.after == "observed",
            (.unseen, .dark(.device)) where last?.after == "dark":
            break
        case (.unseen, .observed) where last?.after == "dark":
            events.append(
                Event(
                    sequence: 0, at: now, notBefore: last?.at, subject: subject, before: "dark", after: "observed",
                    severity: .good))
        case (.unseen, .observed) where !everObserved[at], (.dark(.path), .observed) where !everObserved[at]:
            events.append(
                Event(sequence: 0, at: now, subject: subject, after: "observed", severity: .info))
        case (.dark(.device), .observed):
            events.append(
                Event(
                    sequence: 0, at: now, notBefore: lastDark[at], subject: subject, before: "dark",
                    after: "observed", severity: .good))
        case (.unseen, .dark(.device)), (.observed, .dark(.device)), (.dark(.path), .dark(.device)):
            events.append(
                Event(
                    sequence: 0, at: now, notBefore: device.seenAt ?? last?.at, subject: subject,
                    before: everObserved[at] ? "observed" : last?.after, after: "dark", severity: .warning,
                    evidence: device.whyDark(at: now)))
        default: break
        }
        return events
    }

    /// Notes how a path is; an event when that is news.
    mutating func path(_ name: String, alive: Bool, fault: Fault?, at now: UTC) -> [Event] {
        let subject = Subject(kind: .path, name: name)
        let last = pathAlive[name] == nil ? former[subject] : nil
        let before = pathAlive[name] ?? last.map { $0.after == "alive" }
        defer { pathAlive[name] = alive }
        guard before != alive else { return [] }
        let lastLost = pathChanged[name] ?? last?.at
        pathAlive[name] = alive
        pathChanged[name] = now
        if !alive {
            // Whoever went dark a moment ago for want of this path is not a cause of its own.
            for at in devices.indices where conditions[at] == .observed && devices[at].isDark(at: now) {
                if cause(of: devices[at]) == .path(name) { conditions[at] = .dark(.path(name)) }
            }
        }
        return [
            Event(
                sequence: 0, at: now,
                notBefore: before == nil ? nil : alive ? lastLost : lastSeen(over: name) ?? last?.at,
                subject: subject,
                before: before.map { $0 ? "alive" : "lost" }, after: alive ? "alive" : "lost",
                severity: alive ? (before == nil ? .info : .good) : .bad,
                evidence: fault.map { "\($0.place): \($0.message)" })
        ]
    }

    /// The last sign of life that came by a path.
    private func lastSeen(over name: String) -> UTC? {
        devices.compactMap { $0.answeredBy == name ? $0.seenAt : nil }.max()
    }

    /// What a dark device is dark for. Silence without a fault belongs to the path when that is lost.
    private func cause(of device: DeviceState) -> Condition.Cause {
        if let fault = device.reach.fault { return fault.rung == .path ? .path(pathName(of: device)) : .device }
        let name = pathName(of: device)
        return pathAlive[name] == false ? .path(name) : .device
    }

    /// The path a device is on, or was on, or would be on.
    func pathName(of device: DeviceState) -> String {
        if let name = device.reach.path ?? device.answeredBy { return name }
        if let place = device.reach.fault?.place,
            let named = paths.first(where: { path in path.hops.contains { place.contains($0) } })
        {
            return named.name
        }
        return paths.first?.name ?? "direct"
    }
}

extension DeviceState {
    /// The path the latest answers came by.
    var answeredBy: String? { peers?.path ?? guests?.path ?? guards?.path }

    /// Why nothing is seen of it at `now`, in a sentence.
    func whyDark(at now: UTC) -> String {
        if let fault = reach.fault { return fault.message }
        guard let seen = answeredAt else {
            return refused.min { $0.key < $1.key }?.value.message ?? "nothing of it has been seen yet"
        }
        return "no answer for \(Int((now - seen).seconds)) s"
    }
}
