// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
@_spi(Reading) import NocturneTransport
import Synchronization

/// A device in memory: a shell that knows what the test taught it, until `exec` puts a `birdc` in its place.
///
/// Answers go line by line through the framing the driver brought, as the real link does it.
@NetworkActor
final class ScriptedLink: Link {
    var reach = Reach(climbed: .prompt, path: "jump", carrier: "scripted")
    /// What the shell prints and its exit status, by the words a command holds.
    var shell: [(word: String, output: String, status: Int)] = []
    /// What `birdc -r -v` prints, by question.
    var birdc: [String: String] = [:]
    /// Fails `open`.
    var openFault: Fault?
    /// The channel ends at this question.
    var diesAt: String?
    /// This question waits until its deadline.
    var hangsAt: String?
    /// Everybody's time; only waiting moves it.
    let clock = TestClock()

    /// What the shell beside the client prints, by the words a command holds.
    var host: [(word: String, output: String, status: Int)] = []
    /// There is room for that shell.
    var hasShell = true
    /// A command there that waits until its deadline.
    var hostHangsAt: String?
    /// What answers on a forwarded channel.
    var service: ([UInt8]) throws(Fault) -> ForwardedAnswer = { _ throws(Fault) in
        .silent(reason: "connection refused")
    }

    private(set) var ran: [String] = []
    private(set) var exchanged: [String] = []
    private(set) var asked: [String] = []
    private(set) var opened = 0
    private(set) var retried = 0
    private var held = false
    private var inClient = false

    init() {}

    func open(progress: @escaping @Sendable (Reach) -> Void) async throws(Fault) -> OpenOutcome {
        if let openFault { throw openFault }
        if held { return .held }
        opened += 1
        held = true
        inClient = false
        progress(reach)
        return .fresh
    }

    func ask(
        _ question: String, framing: any Framing, deadline: Duration, limit: Int
    ) async throws(Fault) -> Answer {
        asked.append(question)
        if question == hangsAt { clock.now = clock.now + deadline }
        if question == hangsAt || question == diesAt {
            held = false
            throw Fault(
                rung: .prompt, code: "channel-ended", place: "test", message: "The channel ended.", retries: true)
        }
        let sent = framing.wrap(question)
        var framing = framing
        var text = ""
        var bytes = 0
        var truncated = false
        for line in reply(to: sent, question, framing) {
            bytes += line.utf8.count + 1
            let verdict = framing.consume(line.utf8)
            if verdict == .keep || verdict == .end(keep: true) {
                if text.utf8.count + line.utf8.count > limit { truncated = true } else { text += line + "\n" }
            }
            if case .end = verdict {
                clock.now = clock.now + .milliseconds(4)
                return Answer(
                    text: ScrubbedText(scrubbing: text), bytes: bytes, took: .milliseconds(4), at: clock.now,
                    truncated: truncated)
            }
        }
        held = false
        throw Fault(rung: .prompt, code: "no-end", place: "test", message: "No end in the answer.", retries: true)
    }

    private func reply(to sent: String, _ question: String, _ framing: any Framing) -> [String] {
        var lines: [String] = []
        func show(_ text: String) {
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        if question.hasPrefix("exec ") {
            inClient = true
            return ["0001 BIRD 2.0.12 ready.", "0016 Access restricted"]
        }
        guard inClient else {
            let known = shell.first { question.contains($0.word) }
            show(known?.output ?? "")
            let nonce = (framing as? ShellFraming)?.nonce ?? ""
            return lines + ["", "\(nonce) \(known?.status ?? 127)"]
        }
        let eval = sent.split(separator: "\n").last ?? ""
        let answer = birdc[question] ?? "9001 syntax error, unexpected CF_SYM_UNDEFINED"
        lines.append("bird> \(question)")
        let split = answer.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.append("bird> \r\u{1B}[K" + (split.first ?? ""))
        lines += split.dropFirst()
        return lines + ["bird> \(eval)", "bird> \r\u{1B}[K0023 \(eval.split(separator: " ").last ?? "")"]
    }

    func run(_ command: String, deadline: Duration, limit: Int) async throws(Fault)
        -> (result: ShellResult, answer: Answer)
    {
        ran.append(command)
        func fault(_ code: String) -> Fault {
            Fault(rung: .prompt, code: code, place: "test", message: "No \(code).", retries: true)
        }
        if !hasShell { throw fault("channel-refused") }
        if let hostHangsAt, command.contains(hostHangsAt) {
            clock.now = clock.now + deadline
            throw fault("no-answer")
        }
        let known = host.first { command.contains($0.word) } ?? ("", "sh: 1: what: not found\n", 127)
        let framing = ShellFraming()
        clock.now = clock.now + .milliseconds(4)
        let answer = Answer(
            text: ScrubbedText(scrubbing: known.output + "\n\(framing.nonce) \(known.status)\n"),
            bytes: known.output.utf8.count, took: .milliseconds(4), at: clock.now, truncated: false)
        guard let result = ShellResult(answer, framing: framing) else { throw fault("channel-ended") }
        return (result, answer)
    }

    func exchange(
        with host: String, port: Int, sending bytes: [UInt8], deadline: Duration, limit: Int,
        isComplete: @Sendable ([UInt8]) -> Bool
    ) async throws(Fault) -> ForwardedAnswer {
        exchanged.append("\(host):\(port)")
        return try service(bytes)
    }

    func dropChannel() { held = false }
    func retryNow() { retried += 1 }
    func close() async { held = false }
}

extension ScriptedLink {
    /// A device on which everything works.
    static func healthy() -> ScriptedLink {
        let link = ScriptedLink()
        link.shell = [
            ("command -v birdc", "/usr/sbin/birdc", 0), ("show status", "0013 Daemon is up and running", 0),
        ]
        link.birdc = [
            "show status": """
            1000-BIRD 2.0.12
            1011-Router ID is 203.0.113.1
                 Hostname is edge1
                 Current server time is 2026-11-21 06:00:00.500
                 Last reboot on 2026-11-21 05:00:00.000
                 Last reconfiguration on 2026-11-21 05:00:00.000
            0013 Daemon is up and running
            """,
            "show protocols all": """
            2002-Name       Proto      Table      State  Since         Info
            1002-o_one      OSPF       master4    up     2026-11-21 05:00:00  Running
            1006-  Channel ipv4
                     State:          UP
                 \u{20}
            1002-o-two      OSPF       master6    up     2026-11-21 05:00:00  Running
            1006-
            1002-hgc        BGP        ---        up     2026-11-21 05:59:00  Established
            1006-  BGP state:          Established
                     Neighbor address: 192.0.2.2
                     Neighbor AS:      9304
                     Local AS:         64500
                 \u{20}
            """,
            "show bfd sessions": """
            1020-bfd1:
                 IP address                Interface  State      Since         Interval  Timeout
                 192.0.2.2                 eth0       Up         2026-11-21 05:59:01    0.300    0.900
            """,
            "show ospf neighbors o_one": """
            1013-o_one:
                 Router ID   \tPri\t     State     \tDTime\tInterface  Router IP
                 203.0.113.2 \t  1\tFull/PtP  \t 6.383\teth0       192.0.2.2
            """,
            "show ospf neighbors 'o-two'": "1013-o-two: is not up",
            "show route for 192.0.2.1 all": """
            1007-Table master4:
                 192.0.2.0/24         unreachable [s4 2026-11-21 05:00:00] * (200)
            1008-\tType: static univ
            """,
        ]
        return link
    }
}

/// A clock that stands still until a test moves it; it begins with the daemon's own time.
final class TestClock: Sendable {
    private let value = Mutex(UTC(milliseconds: 1_795_240_800_500))

    var now: UTC {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }

    var read: @Sendable () -> UTC { { self.now } }
}
