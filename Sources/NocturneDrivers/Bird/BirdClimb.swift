// SPDX-License-Identifier: Apache-2.0

import NocturneModel
@_spi(Reading) import NocturneTransport

/// From a fresh shell to a held `birdc -r -v`, one small question at a time, so that each missing thing has its name.
///
/// ```
/// command -v birdc ──▶ birdc -r -v show status ──▶ exec birdc -r -v
///   │ not found          │ no socket: not running
///   ▼                    │ permission denied
/// birdc-not-found        ▼
///                      become birdc -r -v show status ──▶ exec become birdc -r -v
///                        │ password, not allowed
///                        ▼
///                      sudo-password, sudo-refused, socket-permission
/// ```
///
/// `exec` puts the client in the shell's place: when it dies, the channel ends, and no question can reach a shell.
/// `-r` sends `restrict` first, so the daemon itself refuses anything that would change it (BIRD manual, "birdc").
@NetworkActor
struct BirdClimb {
    let link: any Link
    let device: Device
    let place: String
    let deadline: Duration

    /// The command line of the client that holds the channel.
    private(set) var client: String?
    /// Bytes the probes took.
    private(set) var bytes = 0

    init(link: any Link, device: Device, place: String, deadline: Duration) {
        self.link = link
        self.device = device
        self.place = place
        self.deadline = deadline
    }

    /// Ends with the client's greeting.
    mutating func run() async throws(Fault) {
        let command = try await command()
        client = command
        let answer = try await link.ask(
            "exec \(command) 2>&1", framing: BirdGreetingFraming(), deadline: deadline, limit: 64 * 1024)
        bytes += answer.bytes
        let lines = answer.text.lines.map(String.init)
        if lines.contains(where: { $0.contains("Unable to connect") }) { throw notRunning(lines) }
    }

    /// What to say to the shell to be replaced by the client, once that is known to be answered.
    private mutating func command() async throws(Fault) -> String {
        // A shell that is not a login shell often lacks the folders of system programs.
        let found = try await ask(
            "PATH=\"$PATH:/usr/sbin:/usr/local/sbin\"; LC_ALL=C; export PATH LC_ALL; command -v birdc")
        guard found.status == 0, let path = found.lines.last(where: Self.isPath) else { throw notFound }
        let direct = try await ask("\(path) -r -v show status")
        if direct.status == 0 { return "\(path) -r -v" }
        guard Self.isPermission(direct.lines) else { throw notRunning(direct.lines) }
        guard let become = device.become, !become.isEmpty else { throw permission(path) }
        let raised = try await ask("\(become) \(path) -r -v show status")
        if raised.status == 0 { return "\(become) \(path) -r -v" }
        if raised.lines.contains(where: { $0.contains("Unable to connect") }), !Self.isPermission(raised.lines) {
            throw notRunning(raised.lines)
        }
        throw raisingFailed(raised.lines, become: become, path: path)
    }

    private mutating func ask(_ command: String) async throws(Fault) -> (lines: [String], status: Int?) {
        let framing = ShellFraming()
        let answer = try await link.ask(command, framing: framing, deadline: deadline, limit: 64 * 1024)
        bytes += answer.bytes
        let result = ShellResult(answer, framing: framing)
        let lines = (result?.text ?? answer.text.text).split(separator: "\n").map(String.init)
        return (lines, result?.status)
    }

    private static func isPath(_ line: String) -> Bool {
        line.hasPrefix("/") && line.hasSuffix("/birdc")
            && line.utf8.allSatisfy { byte in
                switch byte {
                case 0x2D...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
                default: false
                }
            }
    }

    private static func isPermission(_ lines: [String]) -> Bool {
        lines.contains { $0.contains("Unable to connect") && $0.contains("Permission denied") }
    }
}

// MARK: - What may be missing

extension BirdClimb {
    private var user: String { device.endpoint.user }

    private var notFound: Fault {
        Fault(
            rung: .daemon, code: "birdc-not-found", place: place,
            message: "There is no birdc on \(device.name): looked in PATH, /usr/sbin and /usr/local/sbin.",
            hint: "Install BIRD there (Debian: apt install bird2), or correct the device's platform in the inventory.",
            retries: true)
    }

    private func notRunning(_ lines: [String]) -> Fault {
        Fault(
            rung: .daemon, code: "daemon-not-running", place: place,
            message: "BIRD does not answer on \(device.name): \(Self.said(lines)).",
            hint: "Look there with `systemctl status bird` and `journalctl -u bird -n 50`.", retries: true)
    }

    /// The lines that grant the right, ready to be run.
    private func grant(_ path: String) -> String {
        "As root there: `usermod -aG bird \(user)` (the group of BIRD's socket), or put "
            + "`\(user) ALL=(root) NOPASSWD: \(path) -r *` into /etc/sudoers.d/nocturne"
    }

    private func permission(_ path: String) -> Fault {
        Fault(
            rung: .daemon, code: "socket-permission", place: place,
            message: "\(user) may not open BIRD's control socket on \(device.name).",
            hint: grant(path) + " and `become: \"sudo -n\"` into the inventory.", retries: true)
    }

    private func raisingFailed(_ lines: [String], become: String, path: String) -> Fault {
        let asked = lines.contains { $0.contains("password is required") || $0.contains("terminal is required") }
        let refused = lines.contains { $0.contains("not allowed") || $0.contains("not in the sudoers") }
        let message =
            if asked {
                "\(user) may not open BIRD's control socket on \(device.name), and `\(become)` wants a password."
            } else if refused {
                "\(user) may not open BIRD's control socket on \(device.name), and `\(become)` is not allowed to."
            } else {
                "\(user) may not open BIRD's control socket on \(device.name), and `\(become)` did not help: "
                    + "\(Self.said(lines))."
            }
        return Fault(
            rung: .daemon, code: asked ? "sudo-password" : refused ? "sudo-refused" : "socket-permission",
            place: place, message: message, hint: grant(path) + ".", retries: true)
    }

    /// What was printed, short enough for a sentence.
    private static func said(_ lines: [String]) -> String {
        let line = lines.last.map { $0.trimmingSuffix(while: { $0 == "." }) } ?? "it said nothing"
        return line.count > 160 ? String(line.prefix(159)) + "…" : String(line)
    }
}

extension String {
    fileprivate func trimmingSuffix(while drop: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, drop(last) { rest = rest.dropLast() }
        return rest
    }
}
