// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One line of `nocturne doctor`.
public struct DoctorLine: Hashable, Sendable {
    public enum Verdict: String, Hashable, Sendable {
        case ok, fail
        /// Works, and something about it wants attention.
        case warn
        /// A rung below failed, so nobody knows.
        case notReached = "not-reached"
    }

    /// The rung, or what else was looked at: `rights`, `answers`, `clock`.
    public var subject: String
    public var verdict: Verdict
    /// What is so, in a sentence.
    public var sentence: String
    /// What to do; nil when there is nothing.
    public var hint: String?

    public init(subject: String, verdict: Verdict, sentence: String, hint: String? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.sentence = sentence
        self.hint = hint
    }
}

/// Explains a device rung by rung, and names each missing right with the line that grants it.
///
/// Pure: it reads what a sweep brought, and asks nothing itself.
///
/// ```
/// ok    path     way in "jump" is alive
/// ok    tcp      accepts connections, round trip 12 ms
/// …
/// fail  daemon   ops may not open BIRD's control socket on bkk06.
///                As root there: `usermod -aG bird ops` …
/// ```
public enum Doctor {
    public static func lines(for state: DeviceState) -> [DoctorLine] {
        lines(
            reach: state.reach, status: state.status?.value, peers: state.peers?.value, guests: state.guests?.value,
            anycast: state.anycast?.value ?? [], refused: state.refused, unparsed: state.unparsed,
            offset: state.clockOffsetMilliseconds)
    }

    public static func lines(for report: SweepReport) -> [DoctorLine] {
        lines(
            reach: report.reach, status: report.status?.value, peers: report.peers?.value,
            guests: report.guests?.value, anycast: report.anycast?.value ?? [], refused: report.refused,
            unparsed: report.unparsed, offset: report.clockOffsetMilliseconds)
    }

    private static func lines(
        reach: Reach, status: DaemonStatus?, peers: [Peer]?, guests: [Guest]?, anycast: [AnycastSighting],
        refused: [String: Fault], unparsed: [String: [Unparsed]], offset: Int64?
    ) -> [DoctorLine] {
        var lines = Rung.allCases.map { rung($0, reach: reach, status: status) }
        for (query, fault) in refused.sorted(by: { $0.key < $1.key }) {
            lines.append(
                DoctorLine(subject: "rights: \(query)", verdict: .fail, sentence: fault.message, hint: fault.hint))
        }
        let partial = partsUnseen(anycast, apartFrom: reach.fault)
        lines += partial
        let seen = [peers.map { "\($0.count) BGP sessions" }, guests.map { "\($0.count) guests" }].compactMap { $0 }
        if reach.complete, refused.isEmpty, partial.isEmpty, !seen.isEmpty {
            lines.append(
                DoctorLine(
                    subject: "answers", verdict: .ok,
                    sentence: "every question was answered; \(seen.joined(separator: ", "))"))
        }
        for (query, rest) in unparsed.sorted(by: { $0.key < $1.key }) {
            let first = rest.first.map { ", the first is line \($0.line): \($0.text)" } ?? ""
            lines.append(
                DoctorLine(
                    subject: "answers: \(query)", verdict: .warn,
                    sentence: "\(rest.count) lines of the answer were not understood\(first)",
                    hint: "Please report them with the daemon's version; the rows shown do not depend on them."))
        }
        if let offset, reach.complete { lines.append(clock(offset)) }
        return lines
    }

    /// What of anycast could not be seen: each reason once, since one missing right hides it for every prefix.
    private static func partsUnseen(_ sightings: [AnycastSighting], apartFrom told: Fault?) -> [DoctorLine] {
        var lines: [DoctorLine] = []
        for part in AnycastSighting.Part.allCases {
            // A daemon that does not answer stands above, on its rung.
            guard let fault = sightings.compactMap({ $0.faults[part] }).first, fault != told else { continue }
            let line = DoctorLine(
                subject: "rights: anycast", verdict: .fail, sentence: fault.message, hint: fault.hint)
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }

    private static func rung(_ rung: Rung, reach: Reach, status: DaemonStatus?) -> DoctorLine {
        if let fault = reach.fault, fault.rung == rung {
            return DoctorLine(
                subject: rung.rawValue, verdict: .fail, sentence: "\(fault.place): \(fault.message)",
                hint: fault.hint)
        }
        let stands = reach.climbed.map { rung <= $0 } ?? false
        if let fault = reach.fault, rung > fault.rung || !stands {
            return DoctorLine(
                subject: rung.rawValue, verdict: .notReached, sentence: "not reached: \(fault.rung.rawValue) fails")
        }
        guard stands else {
            return DoctorLine(subject: rung.rawValue, verdict: .notReached, sentence: "not tried yet")
        }
        return DoctorLine(
            subject: rung.rawValue, verdict: .ok, sentence: sentence(rung, reach: reach, status: status))
    }

    private static func sentence(_ rung: Rung, reach: Reach, status: DaemonStatus?) -> String {
        switch rung {
        case .path: return reach.path.map { "way in \"\($0)\" is alive" } ?? "a way in is alive"
        case .tcp:
            let trip = reach.roundTripMilliseconds.map { ", round trip \(Int($0.rounded())) ms" } ?? ""
            return "accepts connections\(trip)"
        case .algo: return reach.algorithms.map { "agreed on \($0)" } ?? "algorithms agreed"
        case .key: return "the host key is the known one"
        case .auth: return "we are let in"
        case .prompt: return "a shell answers"
        case .daemon:
            guard let status else { return "what runs there answers" }
            let name = status.platform.rawValue.uppercased() + (status.version.map { " " + $0 } ?? "")
            return name + " answers" + (status.routerId.map { ", router id \($0)" } ?? "")
                + (reach.client.map { ", asked by `\($0)`" } ?? "")
        }
    }

    private static func clock(_ offset: Int64) -> DoctorLine {
        let seconds = Double(abs(offset)) / 1000
        guard seconds >= 2 else {
            return DoctorLine(subject: "clock", verdict: .ok, sentence: "agrees with ours to within two seconds")
        }
        let shown = "\(Int(seconds)) s \(offset > 0 ? "ahead of" : "behind") ours"
        return DoctorLine(
            subject: "clock", verdict: .warn, sentence: "the device's clock is \(shown): its times are off by that",
            hint: "Start a time service there, such as chrony or systemd-timesyncd.")
    }
}
