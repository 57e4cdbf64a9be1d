// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The sample network with what it serves: two anycast prefixes and two services on three hypervisors, as in the lab.
extension SampleNetwork {
    static let global = "203.0.113.180/32"
    static let local = "203.0.113.81/32"
    static let hypervisors: [DeviceName] = ["bkk06", "bkk07", "bkk08"]

    /// Everything runs, is announced and answers.
    static func serving() -> Snapshot { serve(healthy()) }

    static func serve(_ network: Snapshot) -> Snapshot {
        var snapshot = network
        snapshot.anycast = [
            AnycastPrefix(name: "global", prefix: global, nodes: hypervisors, asksIdentity: true),
            AnycastPrefix(name: "local", prefix: local, nodes: ["bkk06", "bkk07"], asksIdentity: true),
        ]
        snapshot.services = ["haproxy", "dns"].map { name in
            Service(name: name, guests: hypervisors.map { GuestRef(device: $0, id: name) }, want: 3)
        }
        for (index, name) in hypervisors.enumerated() {
            change(&snapshot, name) { device in
                let at = device.peers?.at ?? now
                device.anycast = Observed(
                    [sighting(global, name, true), sighting(local, name, index < 2)], at: at, path: "jump",
                    question: "ip -j addr show; show route export", tookMilliseconds: 9)
                device.guests = Observed(
                    guests(index), at: at, path: "jump", question: "lxc-ls -f", tookMilliseconds: 21)
                device.transcripts["anycast"] = Transcript(
                    query: "anycast", platform: .bird, question: "show route for \(local) all", at: at,
                    tookMilliseconds: 9, text: "Table master4:\n\(local)  unicast [direct1 02:11:26] * (240)\n")
                device.transcripts["guests"] = Transcript(
                    query: "guests", platform: .lxc, question: "lxc-ls -f", at: at, tookMilliseconds: 21,
                    text: "NAME     STATE   AUTOSTART\nhaproxy  RUNNING 1\n")
            }
        }
        return snapshot
    }

    private static func sighting(_ prefix: String, _ name: DeviceName, _ deployed: Bool) -> AnycastSighting {
        guard deployed else {
            return AnycastSighting(prefix: prefix, local: false, bestPath: .unicast, exportedTo: [])
        }
        return AnycastSighting(
            prefix: prefix, local: true, interface: "lo", bestPath: .unicast, exportedTo: ["rr_bkk00", "rr_bkk20"],
            answer: .answered(by: "\(name).example.net", milliseconds: 0.41))
    }

    private static func guests(_ index: Int) -> [Guest] {
        var guests = ["haproxy", "dns"].map { name in
            Guest(
                id: name, name: name, kind: .lxc, state: .running, uptimeSeconds: 31 * 86_400, autostart: true,
                addresses: ["192.0.2.\(10 * (index + 1))"])
        }
        if index == 0 {
            guests.append(
                Guest(
                    id: "140", name: "penumbra", kind: .vm, state: .running, uptimeSeconds: 3 * 86_400 + 7200,
                    autostart: true, addresses: ["192.0.2.140", "2001:db8::140"]))
        }
        return guests
    }

    /// A black hole on bkk06, haproxy stopped on bkk07, bkk08 dark, a stray guest down, a transit session lost.
    static func troubled() -> Snapshot {
        var snapshot = serve(healthy())
        let cut = at("2026-11-21T02:11:26Z")
        breakPeer(&snapshot, "bkk00", "hgc_v4", since: cut, error: "Hold timer expired")
        change(&snapshot, "bkk06") { device in
            guard let index = device.anycast?.value.firstIndex(where: { $0.prefix == local }) else { return }
            device.anycast?.value[index].local = false
            device.anycast?.value[index].interface = nil
            device.anycast?.value[index].bestPath = .unreachable
            device.anycast?.value[index].answer = nil
            device.guests?.value[2].state = .stopped
            device.guests?.value[2].uptimeSeconds = nil
        }
        change(&snapshot, "bkk07") { device in
            device.guests?.value[0].state = .stopped
            device.guests?.value[0].uptimeSeconds = nil
        }
        darken(
            &snapshot, "bkk08",
            Fault(
                rung: .tcp, code: "tcp-timeout", place: "bkk08 10.155.108.8:22",
                message: "no answer to TCP within 5 s after the jump", hint: "see whether it is switched on",
                retries: true))
        change(&snapshot, "bkk08") { device in
            device.anycast?.at = now - .seconds(161)
            device.guests?.at = now - .seconds(161)
        }
        func event(
            _ seconds: Int, _ subject: Subject, _ before: String?, _ after: String, _ severity: Event.Severity,
            evidence: String? = nil, source: Event.Source = .observed, by: String? = nil
        ) {
            snapshot.events.append(
                Event(
                    sequence: snapshot.events.count + 1, at: cut + .seconds(seconds), subject: subject, before: before,
                    after: after, severity: severity, evidence: evidence, source: source, by: by))
        }
        event(
            -28, Subject(kind: .change, device: "bkk00", name: "20261121-021058-bkk00"), nil,
            "confirmed: hgc export filter", .info, source: .change, by: "ops")
        event(
            1, Subject(kind: .peer, device: "bkk00", name: "hgc_v4"), "established", "active", .bad,
            evidence: "Hold timer expired")
        event(
            3, Subject(kind: .anycast, device: "bkk06", name: local), "ok", "blackhole", .bad,
            evidence: "announced, not on any interface")
        event(9, Subject(kind: .service, name: "haproxy"), "up", "degraded", .warning, evidence: "2 of 3")
        event(40, Subject(kind: .note), nil, "HGC NOC on the phone, ticket 4471", .info, source: .note, by: "ops")
        snapshot.number = 3
        return snapshot
    }

    /// What bkk20 itself tells of a change somebody began there.
    static func guarded(_ state: DeviceGuard.State, alive: Bool = true, endedAgo: Int? = nil) -> Snapshot {
        var snapshot = serving()
        change(&snapshot, "bkk20") { device in
            let armed = now - .seconds(29)
            device.guards = Observed(
                [
                    DeviceGuard(
                        session: "20261121-021338-bkk20", by: "ops@laptop", what: "router id", state: state,
                        armedAt: armed, deadline: armed + .seconds(300),
                        remainingSeconds: state == .armed ? 271 : nil, alive: alive,
                        endedAt: endedAgo.map { now - .seconds($0) })
                ], at: now - .seconds(1), path: "jump", question: "cat /run/nocturne/changes/*/info",
                tookMilliseconds: 4)
        }
        return snapshot
    }
}
