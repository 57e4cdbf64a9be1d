// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Nine devices and their forty-eight sessions, named as in the lab; everything is up until a test breaks it.
enum SampleNetwork {
    static let now: UTC = at("2026-11-21T02:14:07Z")
    static let names: [DeviceName] = ["bkk00", "bkk10", "bkk20", "bkk50", "bkk06", "bkk07", "bkk08", "hgc", "outside"]
    static let addresses = [
        "10.155.255.4", "10.155.255.10", "10.155.255.2", "10.155.255.50", "10.155.106.6", "10.155.107.7",
        "10.155.108.8",
        "10.9.0.1", "192.0.2.99",
    ]

    static func at(_ text: String) -> UTC { UTC(iso8601: text) ?? UTC(milliseconds: 0) }

    /// Full mesh of the nine but for `outside`, which only knows hgc; v4 for all, v6 of six pairs on top.
    static func healthy() -> Snapshot {
        var peers: [[Peer]] = Array(repeating: [], count: names.count)
        func connect(_ a: Int, _ b: Int, _ family: String) {
            let ours = family == "ipv4" ? addresses : addresses.indices.map { "2001:db8::\($0)" }
            for (here, there) in [(a, b), (b, a)] {
                peers[here].append(
                    Peer(
                        platform: .bird, name: "\(names[there])_\(family == "ipv4" ? "v4" : "v6")",
                        remoteAddress: ours[there], localAddress: ours[here], remoteAS: asn(there), localAS: asn(here),
                        state: .established, since: now - .seconds(2_678_400 + 3600 * there), uptimeSeconds: 2_678_400,
                        families: [family], prefixesReceived: 100 * there + 41, prefixesAccepted: 100 * there + 40,
                        prefixesSent: 2, description: "to \(names[there])", bfd: family == "ipv4" ? .up : nil,
                        detail: detail(family)))
            }
        }
        for a in 0..<3 { for b in (a + 1)..<7 { connect(a, b, "ipv4") } }
        for (a, b) in [(0, 7), (2, 7), (7, 8)] { connect(a, b, "ipv4") }
        for (a, b) in [(0, 2), (0, 4), (2, 5), (2, 6), (0, 7), (7, 8)] { connect(a, b, "ipv6") }
        return Snapshot(
            number: 1, at: now - .seconds(1), site: "bkk",
            paths: [
                PathState(name: "jump", hops: ["ops@jump.example.net:22"], alive: true, roundTripMilliseconds: 12.4),
                PathState(name: "wg-oob", hops: ["ops@oob.example.net:2222"], alive: true, roundTripMilliseconds: 31),
            ],
            devices: names.indices.map { device($0, peers[$0]) }, recorder: .recording(file: "bkk.jsonl"))
    }

    static func asn(_ index: Int) -> ASN { index == 7 ? 9304 : index == 8 ? 64_500 : 142_108 }

    private static func detail(_ family: String) -> PeerDetail {
        var channel = PeerDetail.Channel(family: family)
        channel.state = "UP"
        channel.table = family == "ipv4" ? "master4" : "master6"
        channel.preference = 100
        channel.importFilter = "in_peer"
        channel.exportFilter = "out_peer"
        channel.importLimit = 1_200_000
        channel.importLimitAction = "block"
        channel.imported = 440
        channel.exported = 2
        return PeerDetail(
            stateWord: "Established", neighborId: "10.155.255.2",
            localCapabilities: ["Multiprotocol", "Route refresh", "4-octet AS numbers"],
            neighborCapabilities: ["Multiprotocol", "4-octet AS numbers", "Enhanced refresh"],
            session: "external AS4", holdSeconds: 240, keepaliveSeconds: 80, channels: [channel])
    }

    private static func device(_ index: Int, _ peers: [Peer]) -> DeviceState {
        let seen = now - .seconds(1)
        func observed<T: Hashable & Sendable & Codable>(_ value: T, _ question: String) -> Observed<T> {
            Observed(value, at: seen, path: "jump", question: question, tookMilliseconds: 7)
        }
        let raw =
            "BIRD 2.0.12 ready.\nName       Proto      Table      State  Since         Info\n"
            + peers.map { "\($0.name)   BGP        ---        up     02:11:26.953  Established\n" }.joined()
        return DeviceState(
            name: names[index], platform: .bird, address: addresses[index], group: index < 3 ? "edge" : "servers",
            role: index < 3 ? "edge router" : "hypervisor",
            reach: Reach(
                climbed: .daemon, path: "jump", carrier: "libssh2", roundTripMilliseconds: 12,
                algorithms: "curve25519-sha256 ssh-ed25519 aes256-ctr hmac-sha2-256"),
            status: observed(
                DaemonStatus(
                    platform: .bird, version: "2.0.12", routerId: addresses[index], hostname: names[index].rawValue,
                    lastReconfiguration: at("2026-11-20T18:00:00Z")), "show status"),
            peers: observed(peers, "show protocols all"),
            bfd: observed(
                [BFDSession(peer: "10.9.0.1", interface: "eth0", state: .up, detectMilliseconds: 150)],
                "show bfd sessions"),
            ospf: observed(
                [
                    OSPFNeighbor(
                        neighborId: "10.155.255.2", address: "10.155.0.2", interface: "eth1", state: "full",
                        instance: "ospf1")
                ],
                "show ospf neighbors"),
            clockOffsetMilliseconds: 120, sweepMilliseconds: 14, sweepBytes: 14_200,
            transcripts: [
                "bgp-peers": Transcript(
                    query: "bgp-peers", platform: .bird, question: "show protocols all", at: seen, tookMilliseconds: 7,
                    text: raw)
            ])
    }

    /// As at 02:14:07 after transit was cut at 02:11:26: four sessions down, one device dark behind TCP.
    static func broken() -> Snapshot {
        var snapshot = healthy()
        let cut = at("2026-11-21T02:11:26Z")
        var sequence = 0
        for (device, peer) in [("bkk00", "hgc_v4"), ("bkk20", "hgc_v4"), ("bkk00", "hgc_v6")] {
            breakPeer(&snapshot, DeviceName(device), peer, since: cut + .seconds(sequence), error: "Hold timer expired")
            sequence += 1
            snapshot.events.append(
                Event(
                    sequence: sequence, at: cut + .seconds(sequence), notBefore: cut,
                    subject: Subject(kind: .peer, device: DeviceName(device), name: peer), before: "established",
                    after: "active", severity: .bad, evidence: "Hold timer expired"))
        }
        darken(
            &snapshot, "hgc",
            Fault(
                rung: .tcp, code: "tcp-timeout", place: "hgc 10.9.0.1:22",
                message: "no answer to TCP within 5 s after the jump",
                hint: "see from the jump host whether 10.9.0.1 answers at all", retries: true))
        change(&snapshot, "bkk06") { $0.unparsed = ["bgp-peers": [Unparsed(line: 7, text: "  Something: new")]] }
        change(&snapshot, "bkk07") { device in
            device.peers?.value[0].state = .disabled
            device.peers?.value[0].disabled = true
        }
        snapshot.number = 2
        return snapshot
    }

    static func change(_ snapshot: inout Snapshot, _ name: DeviceName, _ body: (inout DeviceState) -> Void) {
        guard let index = snapshot.devices.firstIndex(where: { $0.name == name }) else { return }
        body(&snapshot.devices[index])
        snapshot.number += 1
        if let seen = snapshot.devices[index].peers?.at { snapshot.devices[index].peers?.at = seen + .milliseconds(1) }
    }

    static func breakPeer(_ snapshot: inout Snapshot, _ device: DeviceName, _ peer: String, since: UTC, error: String) {
        change(&snapshot, device) { state in
            guard let index = state.peers?.value.firstIndex(where: { $0.name == peer }) else { return }
            state.peers?.value[index].state = .active
            state.peers?.value[index].since = since
            state.peers?.value[index].uptimeSeconds = nil
            state.peers?.value[index].lastError = error
            state.peers?.value[index].detail.stateWord = "Active"
            state.peers?.value[index].prefixesReceived = nil
            state.peers?.value[index].prefixesAccepted = nil
            state.peers?.value[index].prefixesSent = nil
            state.peers?.value[index].bfd = nil
        }
    }

    static func darken(_ snapshot: inout Snapshot, _ device: DeviceName, _ fault: Fault) {
        change(&snapshot, device) { state in
            state.reach = Reach(
                climbed: fault.rung == .path ? nil : .path, fault: fault, path: "jump",
                retryAt: at("2026-11-21T02:14:20Z"),
                attempts: 5)
            state.peers?.at = now - .seconds(161)
            state.status?.at = now - .seconds(161)
            state.bfd?.at = now - .seconds(161)
            state.ospf?.at = now - .seconds(161)
        }
    }

    /// The jump host is lost: everything is dark for one cause.
    static func jumpLost() -> Snapshot {
        var snapshot = healthy()
        let fault = Fault(
            rung: .path, code: "tcp-timeout", place: "jump ops@jump.example.net:22",
            message: "the jump host does not answer", hint: "try another way in", retries: true)
        for name in names { darken(&snapshot, name, fault) }
        for index in snapshot.paths.indices {
            snapshot.paths[index].alive = false
            snapshot.paths[index].fault = fault
        }
        return snapshot
    }
}
