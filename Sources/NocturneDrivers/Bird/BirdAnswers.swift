// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import NocturneTransport

/// A question as it is typed, and the query it belongs to.
struct BirdQuestionLine: Hashable, Sendable {
    var query: Query
    var text: String
}

/// A question with what came back.
struct BirdAnswer: Sendable {
    var question: BirdQuestionLine
    var answer: Answer
}

/// The answers of one sweep, and what they say together.
///
/// Transcripts look like the held session they are from: prompt and command, the answer, and a last prompt when it was
/// complete, so that a reader and a parser see where one answer ends.
struct BirdAnswers: Sendable {
    let device: Device
    let place: String
    private var answers: [BirdAnswer] = []

    init(device: Device, place: String) {
        self.device = device
        self.place = place
    }

    static let first = [
        BirdQuestionLine(query: .status, text: "show status"),
        BirdQuestionLine(query: .bgpPeers, text: "show protocols all"),
        BirdQuestionLine(query: .bfd, text: "show bfd sessions"),
    ]

    mutating func add(_ answer: BirdAnswer) { answers.append(answer) }

    /// One question per instance; without any, the daemon is left to say so itself.
    @concurrent func ospfQuestions() async -> [BirdQuestionLine] {
        let names = answers(.bgpPeers).flatMap { BirdInstances.ospf(in: $0.answer.text) }
        guard !names.isEmpty else { return [BirdQuestionLine(query: .ospf, text: "show ospf neighbors")] }
        return names.map { BirdQuestionLine(query: .ospf, text: "show ospf neighbors \(BirdInstances.quoted($0))") }
    }

    /// `show route` takes a prefix for exactly that, and `for` an address for its longest match (BIRD manual).
    static func routeQuestion(_ target: String) -> BirdQuestionLine? {
        let isAddress = target.utf8.allSatisfy { byte in
            switch byte {
            case 0x2E, 0x2F, 0x30...0x3A, 0x41...0x46, 0x61...0x66: true
            default: false
            }
        }
        guard isAddress, (2...43).contains(target.utf8.count), target.contains(where: { $0 == "." || $0 == ":" }) else {
            return nil
        }
        let form = target.contains("/") ? "show route \(target) all" : "show route for \(target) all"
        return BirdQuestionLine(query: .routes, text: form)
    }

    private func answers(_ query: Query) -> [BirdAnswer] { answers.filter { $0.question.query == query } }

    /// The texts a query is parsed from, in the order they stand in its transcript.
    private func sources(_ query: Query) -> [BirdAnswer] {
        switch query {
        case .bgpPeers: answers(.status) + answers(.bfd) + answers(.bgpPeers)
        case .bfd: answers(.status) + answers(.bfd)
        default: answers(query)
        }
    }

    static func transcript(_ query: Query, _ parts: [BirdAnswer]) -> Transcript {
        var text = ""
        for part in parts {
            text += "bird> \(part.question.text)\n" + part.answer.text.text
            if !text.hasSuffix("\n") { text += "\n" }
        }
        let own = parts.filter { $0.question.query == query }
        let cut = parts.contains { $0.answer.truncated }
        if !cut { text += "bird> \n" }
        return Transcript(
            query: query.rawValue, platform: .bird, question: own.map(\.question.text).joined(separator: "; "),
            at: own.map(\.answer.at).max() ?? UTC(milliseconds: 0),
            tookMilliseconds: own.reduce(0) { $0 + Double($1.answer.took.milliseconds) }, text: text, truncated: cut)
    }
}

extension BirdAnswers {
    /// Puts everything the answers tell into the report, away from the network thread: a long answer takes as long to
    /// read as many short ones, and the other devices' packets do not wait for it.
    @concurrent func filled(into report: SweepReport, path: String) async -> SweepReport {
        var report = report
        report.bytes += answers.reduce(0) { $0 + $1.answer.bytes }
        var clock: DeviceClock?
        for query in [Query.status, .bgpPeers, .bfd, .ospf] where !answers(query).isEmpty {
            let transcript = Self.transcript(query, sources(query))
            report.transcripts[query.rawValue] = transcript
            let outcome = ParserEntry.parse(
                platform: .bird, query: query, text: ScrubbedText(scrubbing: transcript.text))
            guard case .parsed(let parsed) = outcome else {
                report.refused[query.rawValue] = refusal(outcome, transcript.question)
                continue
            }
            if parsed.truncated || transcript.truncated {
                report.refused[query.rawValue] = cut(transcript.question)
            }
            if !parsed.unparsed.isEmpty { report.unparsed[query.rawValue] = parsed.unparsed }
            func observed<Value>(_ value: Value) -> Observed<Value> {
                Observed(
                    value, at: transcript.at, path: path, question: transcript.question,
                    tookMilliseconds: transcript.tookMilliseconds)
            }
            switch parsed.rows {
            case .status(let rows):
                guard var status = rows.first else { continue }
                clock = deviceClock(status)
                report.clockOffsetMilliseconds = clock?.offset.milliseconds
                if let clock { status.lastReconfiguration = clock.utc(status.lastReconfiguration) }
                report.status = observed(status)
            case .peers(var rows):
                if let clock { for index in rows.indices { rows[index].since = clock.utc(rows[index].since) } }
                report.peers = observed(rows)
            case .bfd(var rows):
                if let clock { for index in rows.indices { rows[index].since = clock.utc(rows[index].since) } }
                report.bfd = observed(rows)
            case .ospf(let rows): report.ospf = observed(rows)
            case .routes, .guests, .addresses: continue
            }
        }
        return report
    }

    private func deviceClock(_ status: DaemonStatus) -> DeviceClock? {
        guard let told = status.serverTime, let answer = answers(.status).first?.answer else { return nil }
        return DeviceClock(told: told, asked: answer.at - answer.took / 2)
    }

    private func refusal(_ outcome: ParseOutcome, _ question: String) -> Fault {
        let reason =
            switch outcome {
            case .cannotAnswer(let reason), .notThisPlatform(let reason): reason
            case .parsed: ""
            }
        return Fault(
            rung: .daemon, code: "refused", place: place,
            message: "BIRD on \(device.name) did not answer `\(question)`: \(reason).",
            hint: "Ask it by hand: birdc -r '\(question)'.", retries: true)
    }

    private func cut(_ question: String) -> Fault {
        Fault(
            rung: .daemon, code: "answer-cut", place: place,
            message: "The answer of \(device.name) to `\(question)` is longer than we read; what is shown is its "
                + "beginning.",
            hint: "Rows behind the cut are not seen, neither up nor down.", retries: true)
    }
}
