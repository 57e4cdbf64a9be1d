// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneJournal
import NocturneModel

/// 2026-11-21T02:00:00Z plus so many milliseconds.
func at(_ milliseconds: Int64) -> UTC { UTC(milliseconds: 1_795_226_400_000 + milliseconds) }

/// A directory of its own for one test, gone afterwards.
struct Scratch: ~Copyable {
    let path: String

    init() {
        var template = Array("/tmp/nocturne-journal-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
        }
    }

    deinit {
        for name in ["a.jsonl", "deep/er/a.jsonl"] { unlink("\(path)/\(name)") }
        for name in ["deep/er", "deep", "."] { rmdir("\(path)/\(name)") }
        rmdir(path)
    }

    func file(_ name: String = "a.jsonl") -> String { "\(path)/\(name)" }
}

func contents(_ path: String) -> [UInt8] {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = read(file, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
    return bytes
}

func lines(_ path: String) -> [String] {
    contents(path).split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
}

func append(_ text: String, to path: String) {
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
    defer { close(file) }
    _ = Array(text.utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
}

/// A small generator whose runs can be repeated: SplitMix64.
struct Dice: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A network that lives: an honest one when `quiet`, a mad one otherwise.
struct Life {
    var dice: Dice
    var snapshot: Snapshot
    var sequence = 0

    init(seed: UInt64, devices: Int, peers: Int) {
        dice = Dice(seed)
        let start = at(0)
        snapshot = Snapshot(
            number: 1, at: start, site: "lab", paths: [PathState(name: "jump", hops: ["ops@192.0.2.1"])])
        snapshot.devices = (0..<devices).map { number in
            var device = DeviceState(name: DeviceName("bkk\(number)"), platform: .bird, address: "198.51.100.\(number)")
            device.reach = Reach(climbed: .daemon, path: "jump", carrier: "libssh2", roundTripMilliseconds: 12)
            let rows = (0..<peers).map { row in
                Peer(
                    platform: .bird, name: "peer\(row)", remoteAddress: "203.0.113.\(row)",
                    remoteAS: ASN(rawValue: UInt32(64500 + row)), state: .established, since: start - .seconds(500),
                    uptimeSeconds: 500, families: ["ipv4"], prefixesReceived: 100, prefixesSent: 2)
            }
            device.peers = Observed(rows, at: start, path: "jump", question: "show protocols all", tookMilliseconds: 3)
            device.status = Observed(
                DaemonStatus(platform: .bird, version: "2.0.12", routerId: "10.0.0.1", serverTime: start),
                at: start, path: "jump", question: "show status", tookMilliseconds: 2)
            device.bfd = Observed([], at: start, path: "jump", question: "show bfd sessions", tookMilliseconds: 2)
            device.ospf = Observed([], at: start, path: "jump", question: "show ospf neighbors", tookMilliseconds: 2)
            device.anycast = Observed(
                [
                    AnycastSighting(
                        prefix: "203.0.113.53/32", local: true, interface: "lo", bestPath: .unicast,
                        exportedTo: ["peer0"], answer: .answered(by: "bkk\(number)", milliseconds: 4))
                ], at: start, path: "jump", question: "show route", tookMilliseconds: 4)
            device.guests = Observed(
                (0..<3).map {
                    Guest(id: "10\($0)", name: "web\($0)", kind: .lxc, state: .running, uptimeSeconds: 9000 + $0)
                }, at: start, path: "jump", question: "lxc-ls", tookMilliseconds: 40)
            device.guards = Observed([], at: start, path: "jump", question: "cat info", tookMilliseconds: 2)
            device.sweepMilliseconds = 12
            device.sweepBytes = 9050
            device.transcripts["bgp-peers"] = Transcript(
                query: "bgp-peers", platform: .bird, question: "show protocols all", at: start, tookMilliseconds: 3,
                text: "1002-peer0 BGP")
            return device
        }
    }

    /// A look at some devices that brings nothing but age: as a network at peace does.
    mutating func idle(milliseconds: Int64 = 2000) {
        move(milliseconds)
        for position in snapshot.devices.indices { look(position) }
    }

    /// A look at some devices, at which anything may have happened.
    mutating func step() {
        move(Int64.random(in: 20...3000, using: &dice))
        for position in snapshot.devices.indices where chance(60) {
            look(position)
            if chance(25) { happen(position) }
        }
        if chance(5) {
            snapshot.paths[0].alive.toggle()
            event(Subject(kind: .path, name: "jump"))
        }
        if chance(20) { snapshot.paths[0].roundTripMilliseconds = Double.random(in: 1...500, using: &dice) }
        operate()
        if chance(3) { snapshot.recorder = chance(50) ? .off : .recording(file: "a.jsonl") }
    }

    /// Somebody changes something, or the journal cannot be written.
    private mutating func operate() {
        if chance(10) { snapshot.journal = chance(50) ? .recording(file: "lab.journal") : .failed("the disk is full") }
        if chance(10) {
            snapshot.changes.append(
                ChangeState(
                    id: "session \(snapshot.changes.count)", device: "bkk0", by: "anna@noc1", startedAt: snapshot.at,
                    diff: [ChangeState.DiffLine(.added, "ipv4 import limit 10;")]))
        } else if chance(30), let last = snapshot.changes.indices.last {
            snapshot.changes[last].phase = ChangePhase.allCases.randomElement(using: &dice) ?? .armed
            snapshot.changes[last].steps.append(ChangeState.Step(at: snapshot.at, text: "went on"))
        }
        if chance(2) { snapshot.changes.removeAll() }
        if chance(2) { snapshot.anycast = [AnycastPrefix(name: "dns", prefix: "203.0.113.53/32", nodes: ["bkk0"])] }
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &dice) < percent }

    private mutating func move(_ milliseconds: Int64) {
        snapshot.number += Int.random(in: 1...3, using: &dice)
        snapshot.at = snapshot.at + .milliseconds(milliseconds)
    }

    private mutating func look(_ position: Int) {
        var time = snapshot.at - .milliseconds(Int64.random(in: 5...900, using: &dice))
        func next() -> UTC {
            defer { time = time + .milliseconds(Int64(dice.next() % 5)) }
            return time
        }
        var device = snapshot.devices[position]
        device.status?.at = next()
        if let at = device.status?.at {
            device.status?.value.serverTime = UTC(milliseconds: at.milliseconds / 1000 * 1000)
        }
        device.peers?.at = next()
        device.bfd?.at = next()
        device.ospf?.at = next()
        device.anycast?.at = next()
        device.anycast?.value[0].answer = .answered(by: device.name.rawValue, milliseconds: Double(3 + dice.next() % 9))
        let born = at(-9_000_000)
        device.guests?.at = next()
        for row in device.guests?.value.indices ?? 0..<0 where device.guests?.value[row].uptimeSeconds != nil {
            guard let time = device.guests?.at else { continue }
            device.guests?.value[row].uptimeSeconds = Int((time - born).milliseconds / 1000)
        }
        device.guards?.at = next()
        if let time = device.guards?.at {
            for row in device.guards?.value.indices ?? 0..<0 {
                guard let deadline = device.guards?.value[row].deadline else { continue }
                device.guards?.value[row].remainingSeconds = Int((deadline - time).milliseconds / 1000)
            }
        }
        device.peers?.tookMilliseconds = Double.random(in: 2...9, using: &dice)
        device.sweepMilliseconds = Double.random(in: 8...20, using: &dice)
        device.sweepBytes = Int.random(in: 9000...9100, using: &dice)
        device.reach.roundTripMilliseconds = Double.random(in: 10...15, using: &dice)
        if let at = device.peers?.at {
            for row in device.peers?.value.indices ?? 0..<0 {
                guard device.peers?.value[row].state == .established, let since = device.peers?.value[row].since else {
                    continue
                }
                device.peers?.value[row].uptimeSeconds = Int((at - since).milliseconds / 1000)
            }
            for row in device.bfd?.value.indices ?? 0..<0 {
                guard let since = device.bfd?.value[row].since, let at = device.bfd?.at else { continue }
                device.bfd?.value[row].uptimeSeconds = Int((at - since).milliseconds / 1000)
            }
        }
        snapshot.devices[position] = device
    }

    private mutating func happen(_ position: Int) {
        var device = snapshot.devices[position]
        let rows = device.peers?.value.count ?? 0
        let row = rows == 0 ? 0 : Int.random(in: 0..<rows, using: &dice)
        let observed = device.peers?.at ?? snapshot.at
        switch Int.random(in: 0..<18, using: &dice) {
        case 0 where rows > 0:
            device.peers?.value[row].state = .active
            device.peers?.value[row].uptimeSeconds = nil
            device.peers?.value[row].since = observed
            device.peers?.value[row].lastError = "Hold timer expired"
            event(Subject(kind: .peer, device: device.name, name: device.peers?.value[row].name ?? ""))
        case 1 where rows > 0:
            device.peers?.value[row].state = .established
            device.peers?.value[row].since = observed - .milliseconds(200)
            device.peers?.value[row].uptimeSeconds = 0
        case 2, 3, 4:
            if rows > 0 { device.peers?.value[row].prefixesReceived = Int.random(in: 0...1_000_000, using: &dice) }
        case 5: device.peers?.value.shuffle(using: &dice)
        case 6 where rows > 0: device.peers?.value.remove(at: row)
        case 7:
            device.peers?.value.append(
                Peer(platform: .bird, name: "new\(Int.random(in: 0..<3, using: &dice))", state: .idle))
        case 8:
            let since = device.bfd?.at
            device.bfd?.value = [
                BFDSession(peer: "203.0.113.1", state: .up, since: since, uptimeSeconds: 0)
            ]
        case 9: device.ospf?.value = [OSPFNeighbor(neighborId: "10.0.0.\(row)", state: "full")]
        case 10:
            device.reach.fault = Fault(
                rung: .tcp, code: "tcp-timeout", place: "x", message: "said \"nothing\"\n\\ at all", retries: true)
            event(Subject(kind: .device, device: device.name))
        case 11: device.reach.fault = nil
        case 12:
            device.unparsed = ["bgp-peers": [Unparsed(line: 3, text: "\u{FFFD}é漢")]]
            device.refused = [:]
            device.clockOffsetMilliseconds = Int64.random(in: -9000...9000, using: &dice)
            let path = device.peers?.path == "jump" ? "wg-oob" : "jump"
            device.peers?.path = path
        case 13:
            device.anycast?.value[0].local?.toggle()
            device.anycast?.value[0].exportedTo = chance(50) ? [] : ["peer0", "peer1"]
        case 14:
            device.guests?.value[0].state = .stopped
            device.guests?.value[0].uptimeSeconds = nil
        case 15:
            device.guards?.value = [
                DeviceGuard(
                    session: "s\(row)", by: "anna", what: "import limit", state: .armed, armedAt: observed,
                    deadline: observed + .seconds(300), remainingSeconds: 300, alive: true)
            ]
            if let time = device.guards?.at, let armed = device.guards?.value[0].deadline {
                device.guards?.value[0].remainingSeconds = Int((armed - time).milliseconds / 1000)
            }
        case 16: device.guests = chance(50) ? nil : device.guests
        default:
            device.sweepMilliseconds = Double.random(in: 0...9000, using: &dice)
            device.peers?.tookMilliseconds = Double.random(in: 0...9000, using: &dice)
            device.status?.value.routerId = "10.0.0.\(row)"
        }
        snapshot.devices[position] = device
    }

    private mutating func event(_ subject: Subject) {
        sequence += 1
        snapshot.events.append(
            Event(sequence: sequence, at: snapshot.at, subject: subject, after: "changed", severity: .info))
        // The tail drops from its beginning, and a flapping subject from the middle.
        if snapshot.events.count > 12 { snapshot.events.remove(at: Int.random(in: 0...2, using: &dice)) }
    }
}
