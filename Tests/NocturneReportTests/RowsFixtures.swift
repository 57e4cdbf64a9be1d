// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// 2026-11-21T02:14:07.100Z
let rowsNow = UTC(milliseconds: 1_795_227_247_100)

let fullPeer = Peer(
    platform: .bird, name: "transit_a", vrf: "default", remoteAddress: "192.0.2.1", localAddress: "192.0.2.2",
    remoteAS: 64500, localAS: 4_200_000_000, state: .established, since: UTC(iso8601: "2026-11-21T02:11:26Z"),
    uptimeSeconds: 161, families: ["ipv4", "ipv6"], prefixesReceived: 931_221, prefixesAccepted: 931_220,
    prefixesSent: 2, flaps: 1, description: "Transit \"A\"", bfd: .up)

let barePeer = Peer(platform: .bird, name: "ix", state: .active, lastError: "Hold timer expired", disabled: false)

func observedDevice(_ name: DeviceName, peers: [Peer], secondsAgo: Int64 = 2) -> DeviceState {
    let at = rowsNow - .seconds(secondsAgo)
    return DeviceState(
        name: name, platform: .linux, address: "198.51.100.10", group: "edge",
        reach: Reach(climbed: .daemon, path: "jump", carrier: "libssh2", roundTripMilliseconds: 12.345),
        status: Observed(
            DaemonStatus(platform: .bird, version: "2.0.12", routerId: "198.51.100.10"), at: at, path: "jump",
            question: "show status", tookMilliseconds: 2),
        peers: Observed(peers, at: at, path: "jump", question: "show protocols all", tookMilliseconds: 4))
}

let timeout = Fault(
    rung: .tcp, code: "tcp-timeout", place: "bkk05 198.51.100.5:22", message: "no answer within 10 s",
    hint: "Is it switched on?", retries: true)

func darkDevice(_ name: DeviceName) -> DeviceState {
    DeviceState(
        name: name, platform: .linux, address: "198.51.100.5",
        reach: Reach(climbed: .path, fault: timeout, path: "jump", carrier: "libssh2"))
}

func snapshot(_ devices: DeviceState...) -> Snapshot { Snapshot(at: rowsNow, site: "tst", devices: devices) }
