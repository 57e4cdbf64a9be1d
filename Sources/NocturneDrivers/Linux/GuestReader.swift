// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import NocturneTransport

/// Reads the containers of plain LXC, with the rights that it takes.
///
/// ```
/// become lxc-ls ──refused──▶ lxc-ls          the one that worked is asked first from then on
///   └─▶ table ─▶ ps: ages of the running ones
/// ```
///
/// `lxc-ls` refuses nobody: who is not root is shown his own containers, most often none. So more rights are tried
/// first where the inventory has them, and an empty list seen without them proves nothing and is not reported as one.
@NetworkActor
final class GuestReader {
    private let device: Device
    private let shell: HostShell
    private let place: String
    /// Whether the table was last had with `become`.
    private var worked: Bool?
    private static let deadline: Duration = .seconds(4)
    private static let mostAges = 256

    init(device: Device, shell: HostShell, place: String) {
        self.device = device
        self.shell = shell
        self.place = place
    }

    struct Reading {
        var guests: [Guest]
        var unparsed: [Unparsed]
        var transcript: Transcript
    }

    func read() async throws(Fault) -> Reading {
        var refusal: Fault?
        for raised in ways {
            let command = HostQuestions.guests(become: raised ? device.become : nil)
            let result = try await shell.ask(command, key: "guests", deadline: Self.deadline)
            guard case .parsed(let parsed) = parse(result.text), case .guests(let found) = parsed.rows,
                result.status == 0 || !found.isEmpty
            else {
                refusal = refusal ?? fault(result, raised: raised)
                continue
            }
            if found.isEmpty, !raised, device.endpoint.user != "root" {
                refusal = refusal ?? onlyOwn
                continue
            }
            worked = raised
            return try await finished(result)
        }
        worked = nil
        throw refusal ?? onlyOwn
    }

    /// With `become` first, where there is one and it is needed.
    private var ways: [Bool] {
        guard let become = device.become, !become.isEmpty, device.endpoint.user != "root" else { return [false] }
        return worked == false ? [false, true] : [true, false]
    }

    private func parse(_ text: String) -> ParseOutcome {
        ParserEntry.parse(platform: .lxc, query: .guests, text: ScrubbedText(scrubbing: text))
    }

    /// With the ages of what runs; a host that does not tell them has told enough.
    private func finished(_ table: HostShell.Result) async throws(Fault) -> Reading {
        var results = [table]
        let inits = GuestQuestions.inits(in: ScrubbedText(scrubbing: table.text)).prefix(Self.mostAges)
        if !inits.isEmpty,
            let ages = try? await shell.ask(
                HostQuestions.ages(of: Array(inits)), key: "ages", deadline: .seconds(2)),
            ages.status == 0
        {
            results.append(ages)
        }
        let text = HostShell.transcript(results)
        let answer = results.last?.answer ?? table.answer
        let transcript = Transcript(
            query: Query.guests.rawValue, platform: .lxc, question: results.map(\.command).joined(separator: "; "),
            at: answer.at, tookMilliseconds: results.reduce(0) { $0 + Double($1.answer.took.milliseconds) }, text: text,
            truncated: table.answer.truncated)
        guard case .parsed(let parsed) = parse(text), case .guests(let guests) = parsed.rows else {
            throw fault(table, raised: worked ?? false)
        }
        return Reading(guests: guests, unparsed: parsed.unparsed, transcript: transcript)
    }
}

// MARK: - What may be missing

extension GuestReader {
    private var user: String { device.endpoint.user }

    private var grant: String {
        "Put `\(user) ALL=(root) NOPASSWD: /usr/bin/lxc-ls -f -F *` into /etc/sudoers.d/nocturne there, and "
            + "`become: \"sudo -n\"` into the inventory."
    }

    private var onlyOwn: Fault {
        Fault(
            rung: .daemon, code: "guests-rights", place: place,
            message: "`lxc-ls` shows \(user) only his own containers on \(device.name), and there are none; "
                + "those of root are not seen.", hint: grant, retries: true)
    }

    private func fault(_ result: HostShell.Result, raised: Bool) -> Fault {
        let lines = result.text.split(separator: "\n").map(String.init)
        let become = device.become ?? ""
        func fault(_ code: String, _ message: String, _ hint: String) -> Fault {
            Fault(rung: .daemon, code: code, place: place, message: message, hint: hint, retries: true)
        }
        if lines.contains(where: { $0.contains("password is required") || $0.contains("terminal is required") }) {
            return fault("sudo-password", "`\(become)` wants a password for `lxc-ls` on \(device.name).", grant)
        }
        if lines.contains(where: { $0.contains("not allowed") || $0.contains("not in the sudoers") }) {
            return fault("sudo-refused", "`\(become)` may not run `lxc-ls` on \(device.name).", grant)
        }
        if result.status == 127 || lines.contains(where: { $0.contains("not found") }) {
            return fault(
                "lxc-not-found", "There is no `lxc-ls` on \(device.name).",
                "Install LXC there (Debian: apt install lxc), or take `lxc` out of the device's `runs`.")
        }
        let said = lines.last.map { String($0.prefix(160)) } ?? "exit status \(result.status)"
        return fault(
            "guests-refused", "`lxc-ls` did not answer on \(device.name): \(said)",
            "Run it there by hand: \(result.command)")
    }
}
