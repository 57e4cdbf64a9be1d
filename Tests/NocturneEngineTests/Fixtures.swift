// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneEngine
import NocturneJournal
import NocturneModel
import Synchronization

/// 2026-11-21T02:00:00Z plus so many seconds.
func at(_ seconds: Double) -> UTC {
    UTC(milliseconds: 1_795_226_400_000 + Int64(seconds * 1000))
}

func inventory(_ names: [String], paths: [String] = ["jump"]) -> Inventory {
    Inventory(
        site: "lab",
        paths: paths.map { AccessPath(name: $0, hops: [SSHEndpoint(user: "ops", host: "192.0.2.1")]) },
        devices: names.map {
            Device(name: DeviceName($0), platform: .bird, endpoint: SSHEndpoint(user: "ops", host: "198.51.100.7"))
        })
}

func peer(_ name: String, _ state: PeerState, since: UTC? = nil, up: Int? = nil, error: String? = nil) -> Peer {
    Peer(
        platform: .bird, name: name, remoteAddress: "203.0.113.1", remoteAS: 64500, state: state, since: since,
        uptimeSeconds: up, lastError: error)
}

func observed<Value>(_ value: Value, _ time: UTC, path: String = "jump") -> Observed<Value> {
    Observed(value, at: time, path: path, question: "show protocols all", tookMilliseconds: 3)
}

let standing = Reach(climbed: .daemon, path: "jump", carrier: "libssh2")

func report(
    _ device: String, _ time: UTC, peers: [Peer]? = [], reach: Reach = standing, path: String = "jump"
) -> SweepReport {
    SweepReport(
        device: DeviceName(device), reach: reach, began: time - .milliseconds(20), ended: time,
        peers: peers.map { observed($0, time, path: path) })
}

func report(_ time: UTC, peers: [Peer]? = [], reach: Reach = standing) -> SweepReport {
    report("bkk00", time, peers: peers, reach: reach)
}

func fault(_ rung: Rung, _ code: String = "tcp-timeout", retries: Bool = true) -> Fault {
    Fault(
        rung: rung, code: code, place: rung == .path ? "jump ops@192.0.2.1:22" : "198.51.100.7:22",
        message: "the device did not answer", hint: nil, retries: retries)
}

func failing(_ rung: Rung, retryAt: UTC? = nil, retries: Bool = true) -> Reach {
    Reach(
        climbed: rung == .path ? nil : .path, fault: fault(rung, retries: retries), path: rung == .path ? nil : "jump",
        retryAt: retryAt, attempts: 1)
}

/// A device that answers what it is told to, or not at all until it is let go.
final class FakeDriver: DeviceDriver {
    enum Manner: Sendable {
        case answers(peers: [Peer])
        case fails(Reach)
        /// Climbs to a rung and then says nothing.
        case hangs(at: Rung?)
    }

    private struct State {
        var manner: Manner
        var sweeps = 0
        var running = 0
        var overlapped = false
        var retries = 0
        var closed = false
        var starts: [Duration] = []
        var held: [CheckedContinuation<Void, Never>] = []
    }

    let device: DeviceName
    private let clock: EmbeddedClock
    private let state: Mutex<State>

    init(_ device: String, clock: EmbeddedClock, _ manner: Manner) {
        self.device = DeviceName(device)
        self.clock = clock
        state = Mutex(State(manner: manner))
    }

    var sweeps: Int { state.withLock { $0.sweeps } }
    var starts: [Duration] { state.withLock { $0.starts } }
    var overlapped: Bool { state.withLock { $0.overlapped } }
    var closed: Bool { state.withLock { $0.closed } }
    var retries: Int { state.withLock { $0.retries } }
    func behave(_ manner: Manner) { state.withLock { $0.manner = manner } }

    /// Ends the silence of whoever hangs.
    func release() {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for one in held { one.resume() }
    }

    func sweep(progress: @escaping @Sendable (Reach) -> Void) async -> SweepReport {
        let began = clock.now
        let manner = state.withLock { state in
            state.sweeps += 1
            state.running += 1
            if state.running > 1 { state.overlapped = true }
            state.starts.append(clock.monotonic)
            return state.manner
        }
        defer { state.withLock { $0.running -= 1 } }
        switch manner {
        case .answers(let peers):
            return SweepReport(
                device: device, reach: standing, began: began, ended: clock.now, peers: observed(peers, clock.now))
        case .fails(let reach):
            return SweepReport(device: device, reach: reach, began: began, ended: clock.now)
        case .hangs(let rung):
            progress(Reach(climbed: rung, path: "jump"))
            await withCheckedContinuation { held in state.withLock { $0.held.append(held) } }
            return SweepReport(device: device, reach: standing, began: began, ended: clock.now)
        }
    }

    func retryNow() async { state.withLock { $0.retries += 1 } }
    func close() async {
        state.withLock { $0.closed = true }
        release()
    }
}

/// Waits for a published snapshot with a property; nil when publishing ended without one.
func waitFor(_ box: SnapshotBox, _ property: (Snapshot) -> Bool) async -> Snapshot? {
    for await snapshot in box.updates() where property(snapshot) { return snapshot }
    return nil
}

/// Lets time run from deadline to deadline until the condition holds.
///
/// Time goes on only when `sleepers` tasks wait for it, which is when everybody has done what they were woken for: one
/// per device that answers, one for the publisher, one for the ticker.
func run(
    _ clock: EmbeddedClock, sleepers: Int, unless busy: () async -> Bool = { false }, until condition: () -> Bool
) async {
    while true {
        await clock.sleepers(sleepers)
        if condition() { return }
        if await busy() { await Task.yield() } else { clock.advanceToNextDeadline() }
    }
}
