// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The words for every ``Trouble``: a stable code, what happened, what to do, and whether waiting can help.
struct Sentences: Hashable, Sendable {
    var rung: Rung
    var code: String
    var message: String
    var hint: String?
    var retries: Bool

    private init(_ rung: Rung, _ code: String, _ message: String, _ hint: String? = nil, retries: Bool) {
        self.rung = rung
        self.code = code
        self.message = message
        self.hint = hint
        self.retries = retries
    }

    static func of(_ trouble: Trouble) -> Sentences {
        switch trouble {
        case .unsupportedPath, .noPath, .nameUnknown, .refused, .timedOut, .unreachable, .forwardingForbidden,
            .behindJump, .lost:
            connection(trouble)
        case .closedBeforeIdentification, .tooManyConnections, .notSSH, .noCommonAlgorithm, .handshakeTimedOut,
            .handshakeFailed:
            exchange(trouble)
        case .hostKeyUnknown, .hostKeyChanged, .hostKeyRevoked: hostKey(trouble)
        case .noIdentity, .keyRefused, .authenticationEnded, .authenticationTimedOut: authentication(trouble)
        default: channel(trouble)
        }
    }

    private static func connection(_ trouble: Trouble) -> Sentences {
        switch trouble {
        case .unsupportedPath(let what):
            Sentences(
                .path, "path-unsupported", "the inventory asks for \(what), which this version does not have",
                "use a path with `carrier: libssh2` and `via: forward`", retries: false)
        case .noPath:
            Sentences(
                .path, "path-none", "the inventory names no path for this device",
                "list one under `paths:`, or one with `hops: []` for a direct connection", retries: false)
        case .nameUnknown(let host, let reason):
            Sentences(
                .tcp, "dns-failure", "the name \(host) could not be resolved: \(reason)",
                "check the name, or write its address into the inventory", retries: true)
        case .refused(let address):
            Sentences(
                .tcp, "tcp-refused", "\(address) refused the TCP connection",
                "is sshd running there, and on this port?", retries: true)
        case .timedOut(let after, let behindJump):
            Sentences(
                .tcp, "tcp-timeout",
                behindJump
                    ? "TCP timeout after jump: no answer within \(words(after))"
                    : "TCP timeout: no answer within \(words(after))",
                "is it up, and does a firewall drop packets to this port?", retries: true)
        case .unreachable(let reason):
            Sentences(
                .tcp, "tcp-unreachable", "there is no way to it from here: \(reason)",
                "check this machine's own network and routes", retries: true)
        case .forwardingForbidden(let jump):
            Sentences(
                .tcp, "forward-forbidden", "\(jump) let us in but forbids forwarding to this address",
                "on the jump host set `AllowTcpForwarding yes` (or `local`), and allow the address in `PermitOpen`",
                retries: false)
        case .behindJump(let jump, let reason):
            switch reason.lowercased() {
            case let text where text.contains("refused"):
                Sentences(
                    .tcp, "tcp-refused", "TCP refused after jump: \(jump) reached the address and was turned away",
                    "is sshd running there, and on this port?", retries: true)
            case let text where text.contains("timed out"):
                Sentences(
                    .tcp, "tcp-timeout", "TCP timeout after jump: \(jump) got no answer",
                    "is it up, and does a firewall drop packets from the jump host?", retries: true)
            case let text where text.contains("no route") || text.contains("unreachable"):
                Sentences(
                    .tcp, "tcp-unreachable", "no route after jump: \(jump) says \"\(reason)\"",
                    "check the routes of the jump host", retries: true)
            case let text where text.contains("resol") || text.contains("name or service"):
                Sentences(
                    .tcp, "dns-failure", "\(jump) cannot resolve this name: \(reason)",
                    "write its address into the inventory", retries: true)
            default:
                Sentences(
                    .tcp, "tcp-failed", "\(jump) could not connect: \(reason)",
                    "try `nc -vz ADDRESS PORT` on the jump host", retries: true)
            }
        case .lost(let reason):
            Sentences(.path, "path-lost", "the connection broke: \(reason); reconnecting", nil, retries: true)
        default: Sentences(.tcp, "tcp-failed", "the connection failed", nil, retries: true)
        }
    }

    private static func exchange(_ trouble: Trouble) -> Sentences {
        switch trouble {
        case .closedBeforeIdentification:
            Sentences(
                .algo, "closed-before-banner",
                "it accepted the connection and closed it before saying it speaks SSH",
                "sshd's MaxStartups, fail2ban, hosts.deny or PerSourcePenalties may turn us away; or the port is not SSH",
                retries: true)
        case .tooManyConnections(let text):
            Sentences(
                .algo, "too-many-connections", "it turned us away before the login: \"\(text)\"",
                "sshd limits new connections (MaxStartups, PerSourcePenalties); we wait before trying again",
                retries: true)
        case .notSSH(let line):
            Sentences(
                .algo, "not-ssh", "it does not speak SSH; it says \"\(line)\"",
                "check the port in the inventory", retries: true)
        case .noCommonAlgorithm(let missing, let identification):
            noCommonAlgorithm(missing, identification)
        case .handshakeTimedOut(let after, let heardNothing):
            Sentences(
                .algo, heardNothing ? "banner-timeout" : "handshake-timeout",
                heardNothing
                    ? "it accepted the connection and said nothing for \(words(after))"
                    : "the key exchange was not finished within \(words(after))",
                "its sshd may be overloaded or stuck; on the path, look for a too small MTU", retries: true)
        case .handshakeFailed(let reason):
            Sentences(.algo, "handshake-failed", "the key exchange failed: \(reason)", nil, retries: true)
        default: Sentences(.algo, "handshake-failed", "the key exchange failed", nil, retries: true)
        }
    }

    private static func noCommonAlgorithm(_ missing: [String: [String]], _ identification: String) -> Sentences {
        let kinds = missing.keys.sorted()
        let offers = kinds.map { "\($0): \(missing[$0, default: []].joined(separator: ","))" }
        let all = kinds.flatMap { missing[$0, default: []] }
        var lacks: [String] = []
        if all.contains(where: { $0.hasPrefix("rsa-sha2-") || $0 == "ssh-rsa" }) { lacks.append("RSA-SHA2") }
        if all.contains(where: { $0.contains("-etm@") }) { lacks.append("ETM") }
        if all.contains(where: { $0.contains("-gcm@") }) { lacks.append("GCM") }
        if all.contains(where: { $0.hasPrefix("chacha20-poly1305") }) { lacks.append("chacha20-poly1305") }
        if all.contains(where: { $0.hasPrefix("sntrup761") || $0.hasPrefix("mlkem768") }) {
            lacks.append("post-quantum key exchange (sntrup761, mlkem768)")
        }
        let library = lacks.isEmpty ? "" : "; libssh2 1.10 lacks \(lacks.joined(separator: ", "))"
        let ours = kinds.compactMap(Algorithms.Kind.init(rawValue:)).map {
            "\($0.rawValue) \(Algorithms()[$0].first ?? "")"
        }
        return Sentences(
            .algo, "no-common-algorithm",
            "no common \(kinds.joined(separator: " and ")) with \(identification); it offers "
                + offers.joined(separator: "; ") + library,
            "let its sshd also offer \(ours.joined(separator: ", "))", retries: false)
    }

    private static func hostKey(_ trouble: Trouble) -> Sentences {
        switch trouble {
        case .hostKeyUnknown(let key, let name, let others, let files):
            let known =
                others.isEmpty ? "" : "; other keys of it are known: " + others.map(\.place).joined(separator: ", ")
            return Sentences(
                .key, "host-key-unknown", "its host key is not known: \(key.description)\(known)",
                "compare the fingerprint on the host itself, then add to "
                    + "\(files.first ?? "~/.ssh/known_hosts"): \(name) \(key.type) \(Base64.encode(key.blob))",
                retries: false)
        case .hostKeyChanged(let key, let known):
            return Sentences(
                .key, "host-key-changed",
                "its host key CHANGED: it showed \(key.description), \(known.place) says \(known.key.description)",
                "somebody may be in between, or the host was set up anew: find out which before you replace that line",
                retries: false)
        case .hostKeyRevoked(let key, let known):
            return Sentences(
                .key, "host-key-revoked", "its host key \(key.description) is marked @revoked in \(known.place)",
                "do not connect with this key; the host needs a new one", retries: false)
        default: return Sentences(.key, "host-key", "its host key was not accepted", nil, retries: false)
        }
    }

    private static func authentication(_ trouble: Trouble) -> Sentences {
        switch trouble {
        case .noIdentity(let user, let tried):
            Sentences(
                .auth, "no-identity",
                "there is no key to log in as \(user) with"
                    + (tried.isEmpty ? "" : ": " + tried.joined(separator: "; ")),
                "add an ed25519 or ecdsa key to the agent (`ssh-add`), or name a key file without passphrase as "
                    + "`identity`", retries: false)
        case .keyRefused(let user, let tried, let passedOver):
            Sentences(
                .auth, "auth-refused",
                "it does not let \(user) in with " + tried.joined(separator: ", ")
                    + (passedOver.isEmpty ? "" : " (not tried: " + passedOver.joined(separator: "; ") + ")"),
                "check the user, and put the public key into that user's authorized_keys", retries: false)
        case .authenticationEnded(let user, let tried):
            Sentences(
                .auth, "auth-ended",
                "it closed the connection while \(user) was logging in with " + tried.joined(separator: ", "),
                "too many keys may have been tried (MaxAuthTries), or the account is locked", retries: false)
        case .authenticationTimedOut(let after):
            Sentences(
                .auth, "auth-timeout", "the login was not finished within \(words(after))",
                "it may be waiting for a name service or for a second factor", retries: true)
        default: Sentences(.auth, "auth-failed", "the login failed", nil, retries: false)
        }
    }

    private static func channel(_ trouble: Trouble) -> Sentences {
        switch trouble {
        case .channelRefused(let reason):
            Sentences(
                .prompt, "channel-refused", "it let us in but opens no session: \(reason)",
                "sshd's MaxSessions may be reached or 0", retries: true)
        case .channelTimedOut(let after):
            Sentences(
                .prompt, "channel-timeout", "it let us in but opened no shell within \(words(after))", nil,
                retries: true)
        case .shellRefused(let reason):
            Sentences(
                .prompt, "shell-refused", "it let us in but refuses to run /bin/sh: \(reason)",
                "the account needs a login shell; look for ForceCommand or a `command=` in authorized_keys",
                retries: true)
        case .shellEnded(let said):
            Sentences(
                .prompt, "shell-ended",
                "the shell ended at once" + (said.isEmpty ? "" : "; it said \"\(said)\""),
                "the account needs a login shell that runs commands (not nologin), without ForceCommand",
                retries: true)
        case .noAnswer(let question, let after, let bytes):
            // A few bytes are an echo or a prompt; a flood is an answer that does not end.
            Sentences(
                .prompt, bytes < 65_536 ? "no-answer" : "no-end",
                "no \(bytes < 65_536 ? "answer" : "end of the answer") to `\(question)` within \(words(after))"
                    + (bytes == 0 ? "" : "; \(bytes) bytes came"),
                "the device may be overloaded; the channel was dropped and is opened anew", retries: true)
        case .channelEnded(let said):
            Sentences(
                .prompt, "channel-ended",
                "the shell on the device ended" + (said.isEmpty ? "" : "; it said \"\(said)\""),
                "it is opened anew", retries: true)
        case .sessionEnded(let reason):
            Sentences(.tcp, "session-ended", "the session broke: \(reason)", "it is opened anew", retries: true)
        case .serviceForbidden(let target):
            Sentences(
                .prompt, "forward-forbidden", "it let us in but forbids forwarding to \(target)",
                "on it set `AllowTcpForwarding local` (or `yes`), and allow the address in `PermitOpen`",
                retries: true)
        case .notOpen:
            Sentences(.prompt, "not-open", "no shell is held on the device", nil, retries: true)
        case .cancelled:
            Sentences(.prompt, "cancelled", "we stopped waiting", nil, retries: true)
        default: Sentences(.prompt, "channel-failed", "the shell failed", nil, retries: true)
        }
    }

    static func words(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        return milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
    }
}
