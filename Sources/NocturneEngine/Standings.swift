// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What was last known for certain of the anycast prefixes, guests and change sessions of one device.
///
/// Sessions are compared look by look. These subjects cannot be: a verdict may be unknown for a while because one of
/// its questions was not answered, and that is darkness, not a change. So the last certain word is remembered here, and
/// the next certain one is compared with it, whether it was said in this run or, by the journal, in a former one.
///
/// ```
///  ok ──▶ unknown ──▶ unknown ──▶ blackhole
///  └───────── one event ────────────┘  notBefore: when it was last seen ok
/// ```
///
/// First sight is silent unless something is lost: that is said, without a former state.
struct Standings: Sendable {
    struct Standing: Sendable {
        var word: String
        /// When the word was last true.
        var at: UTC
        var guest: Guest?
    }

    let device: DeviceName
    private var anycast: [String: Standing] = [:]
    private var guests: [String: Standing] = [:]
    private var guestsSeen = false
    var guards: [String: GuardStanding] = [:]
    var guardsSeen = false

    init(device: DeviceName) { self.device = device }

    /// Takes in what a former run wrote.
    mutating func remember(_ event: Event) {
        switch (event.subject.kind, event.source) {
        case (.anycast, .observed): anycast[event.subject.name] = Standing(word: event.after, at: event.at)
        case (.guest, .observed): guests[event.subject.name] = Standing(word: event.after, at: event.at)
        case (.change, _): rememberGuard(event)
        default: break
        }
    }

    // MARK: Anycast

    mutating func anycast(_ now: Observed<[AnycastSighting]>, of prefixes: [AnycastPrefix]) -> [Event] {
        prefixes.compactMap { prefix in
            guard let sighting = now.value.first(where: { $0.prefix == prefix.prefix }) else { return nil }
            let (verdict, reason) = AnycastVerdict.of(sighting, wanted: prefix.nodes.contains(device))
            // Not known is not a state: the last certain verdict stands, with its time.
            guard verdict != .unknown else { return nil }
            let last = anycast.updateValue(Standing(word: verdict.rawValue, at: now.at), forKey: prefix.prefix)
            guard last?.word != verdict.rawValue else { return nil }
            let severity: Event.Severity =
                switch verdict {
                case .ok, .notDeployed: .good
                case .stray: .warning
                case .blackhole, .mute, .withdrawn, .unknown: .bad
                }
            if last == nil, severity != .bad { return nil }
            return event(
                .anycast, prefix.prefix, last, verdict.rawValue, at: now.at, severity, evidence: reason)
        }
    }

    // MARK: Guests

    /// - Parameter wantedBy: the service that wants a guest, if one does.
    mutating func guests(_ now: Observed<[Guest]>, wantedBy: (Guest) -> String?) -> [Event] {
        defer { guestsSeen = true }
        var events: [Event] = []
        var present: Set<String> = []
        for guest in now.value where present.insert(guest.id).inserted {
            guard guest.state != .unknown else { continue }
            let new = Standing(word: guest.state.rawValue, at: now.at, guest: guest)
            let last = guests.updateValue(new, forKey: guest.id)
            guard last?.word != new.word else {
                if let last, restarted(last, guest, at: now.at) {
                    events.append(
                        event(
                            .guest, guest.id, last, new.word, at: now.at, .warning,
                            evidence: "\(title(guest))stopped and started again between two looks"))
                }
                continue
            }
            let why = reason(guest, wantedBy(guest))
            let severity = self.severity(from: last?.word, to: guest.state, matters: why != nil)
            if last == nil, !guestsSeen, severity != .bad { continue }
            let exit = guest.exitCode.map { "exit code \($0)" }
            events.append(
                event(
                    .guest, guest.id, last ?? Standing(word: "absent", at: now.at), new.word, at: now.at, severity,
                    known: last != nil || guestsSeen,
                    evidence: title(guest) + [why, exit].compactMap { $0 }.joined(separator: "; ")))
        }
        for (id, last) in guests.sorted(by: { $0.key < $1.key }) where !present.contains(id) && last.word != "gone" {
            guests[id] = Standing(word: "gone", at: now.at, guest: last.guest)
            let service = last.guest.flatMap(wantedBy)
            let why = last.guest.flatMap { reason($0, service) }
            let ran = last.word == Guest.State.running.rawValue
            // One that did not run and that no service wants was taken away by its owner: nothing more is lost.
            let severity: Event.Severity = service != nil || (ran && why != nil) ? .bad : ran ? .warning : .info
            events.append(
                event(
                    .guest, id, last, "gone", at: now.at, severity,
                    evidence: (last.guest.map(title) ?? "") + (why ?? "")))
        }
        return events
    }

    private func severity(from before: String?, to after: Guest.State, matters: Bool) -> Event.Severity {
        if after == .running { return before == nil ? .info : .good }
        if matters { return .bad }
        return before == Guest.State.running.rawValue ? .warning : .info
    }

    /// Why it matters that this guest runs; nil when it is where its owner put it.
    private func reason(_ guest: Guest, _ service: String?) -> String? {
        if let service { return "the service \(service) wants it" }
        return guest.autostart == true ? "it starts with its host" : nil
    }

    private func title(_ guest: Guest) -> String { guest.name == guest.id ? "" : "\(guest.name): " }

    /// Running at both looks and younger than the time between them, with two seconds of grace for rounding.
    private func restarted(_ last: Standing, _ guest: Guest, at now: UTC) -> Bool {
        guard guest.state == .running, let up = guest.uptimeSeconds, let wasUp = last.guest?.uptimeSeconds else {
            return false
        }
        return up < wasUp && Double(up) <= (now - last.at).seconds + 2
    }

    private func event(
        _ kind: Subject.Kind, _ name: String, _ last: Standing?, _ after: String, at now: UTC,
        _ severity: Event.Severity, known: Bool = true, evidence: String?
    ) -> Event {
        var text = evidence
        while let end = text?.last, end == " " || end == ":" { text?.removeLast() }
        return Event(
            sequence: 0, at: now, notBefore: known ? last?.at : nil,
            subject: Subject(kind: kind, device: device, name: name), before: known ? last?.word : nil, after: after,
            severity: severity, evidence: text?.isEmpty == true ? nil : text)
    }
}
