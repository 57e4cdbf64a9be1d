// SPDX-License-Identifier: Apache-2.0

/// Tells what the user's own ssh would do with a host, so that a working `~/.ssh/config` is enough.
public protocol SSHConfigSource: Sendable {
    /// One outcome for each query, in their order.
    func outcomes(for queries: [SSHConfigQuery]) -> [SSHConfigOutcome]
}

/// What came of asking for one host.
public enum SSHConfigOutcome: Hashable, Sendable {
    case told(SSHConfig)
    /// There is no ssh on this machine: its defaults are used then.
    case noSSH
    case failed(SSHConfigFailure)
}

/// A host as the inventory names it, with what the inventory already knows (`Match` blocks may depend on it).
public struct SSHConfigQuery: Hashable, Sendable {
    public var host: String
    public var user: String?
    public var port: Int?

    public init(host: String, user: String? = nil, port: Int? = nil) {
        self.host = host
        self.user = user
        self.port = port
    }

    /// The arguments after `ssh`: print the configuration for this host and connect to nothing (ssh(1), `-G`).
    var arguments: [String] {
        ["-G", "-T"] + (user.map { ["-l", $0] } ?? []) + (port.map { ["-p", String($0)] } ?? []) + ["--", host]
    }
}

/// Why ssh did not tell.
public struct SSHConfigFailure: Error, Hashable, Sendable {
    /// What happened, after `ssh -G host`: a sentence without a full stop.
    public var message: String
    public init(message: String) { self.message = message }
}

/// What `ssh -G` printed: `key value` lines, keys in lower case, every default filled in (ssh_config(5)).
public struct SSHConfig: Hashable, Sendable {
    private var values: [String: [String]] = [:]

    public init(parsing text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let blank = line.firstIndex(of: " ") else { continue }
            let value = line[line.index(after: blank)...]
            values[line[..<blank].lowercased(), default: []].append(String(value))
        }
    }

    private func first(_ key: String) -> String? {
        values[key]?.first.flatMap { $0.isEmpty || $0.lowercased() == "none" ? nil : $0 }
    }

    public var user: String? { first("user") }
    public var hostName: String? { first("hostname") }
    public var port: Int? { first("port").flatMap { Int($0) } }
    public var hostKeyAlias: String? { first("hostkeyalias") }
    public var proxyJump: String? { first("proxyjump") }
    public var proxyCommand: String? { first("proxycommand") }
    /// Whether only the listed keys may be offered, even if the agent holds more.
    public var identitiesOnly: Bool { first("identitiesonly") == "yes" }

    public var identityFiles: [String] { (values["identityfile"] ?? []).filter { $0.lowercased() != "none" } }

    /// The user's files first, as ssh reads them.
    public var knownHostsFiles: [String] {
        let lines = (values["userknownhostsfile"] ?? []) + (values["globalknownhostsfile"] ?? [])
        let files: [String] = lines.flatMap { line in line.split(separator: " ").map { String($0) } }
        return files.filter { $0.lowercased() != "none" && $0 != "/dev/null" }
    }

    public enum Agent: Hashable, Sendable {
        /// Not told: the one of the environment.
        case environment
        case none
        case socket(String)
        case variable(String)
    }

    public var agent: Agent {
        guard let value = values["identityagent"]?.first else { return .environment }
        if value.lowercased() == "none" { return .none }
        if value == "SSH_AUTH_SOCK" { return .environment }
        if value.hasPrefix("$") { return .variable(value.dropFirst().filter { $0 != "{" && $0 != "}" }) }
        return .socket(value)
    }
}
