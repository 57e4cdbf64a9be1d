// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What the inventory says about one login; whatever is nil is looked up.
struct WrittenEndpoint {
    /// How messages call it: `device "bkk00"`, `hop ops@jump of path "jump"`.
    var title: String
    var host: Written<String>
    var user: Written<String>?
    var port: Written<Int>?
    var identities: Written<[String]>?
    var knownHosts: Written<[String]>?

    /// Nothing is left to ask ssh for.
    var isComplete: Bool { user != nil && port != nil && identities != nil && knownHosts != nil }
}

/// Fills in what the inventory leaves out: from `ssh -G`, else from the defaults of ssh itself.
///
/// ssh is asked at most once for each distinct login, and not at all when the inventory is complete: each run costs
/// some milliseconds, and they lie before the first frame.
struct EndpointResolver {
    let environment: InventoryEnvironment
    let source: any SSHConfigSource
    let findings: Findings
    private var told: [SSHConfigQuery: SSHConfig] = [:]

    /// Asks ssh for whatever `logins` leave open.
    init(
        for logins: [WrittenEndpoint], environment: InventoryEnvironment, source: any SSHConfigSource,
        findings: Findings
    ) {
        self.environment = environment
        self.source = source
        self.findings = findings
        ask(for: logins)
    }

    func resolve(_ written: WrittenEndpoint) -> ResolvedEndpoint {
        let config = Self.query(written).flatMap { told[$0] }
        let name = written.host.value
        let fromConfig = Origin.sshConfig(host: name)

        func pick<Value>(_ own: Written<Value>?, _ told: Value?, _ standard: Value) -> (Value, Origin) {
            if let own { return (own.value, .inventory(line: own.line)) }
            if let told { return (told, fromConfig) }
            return (standard, .standard)
        }
        let hostName = config?.hostName.flatMap { $0 == name ? nil : $0 }
        let (user, userOrigin) = pick(written.user, config?.user, environment.user)
        let (port, portOrigin) = pick(written.port, config?.port, 22)
        let host = hostName ?? name
        let tokens = Tokens(
            home: environment.home, localUser: environment.user, host: host, user: user, port: port, alias: name)
        let (identities, identitiesOrigin) = pick(
            written.identities, config.map { existing($0.identityFiles, tokens) },
            existing(["~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa"], tokens))
        let (knownHosts, knownHostsOrigin) = pick(
            written.knownHosts, config.map { firstAndExisting($0.knownHostsFiles, tokens) },
            firstAndExisting(["~/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"], tokens))
        let (agent, agentOrigin) = agent(config, fromConfig, tokens)
        if let config { note(config, about: written) }
        return ResolvedEndpoint(
            endpoint: SSHEndpoint(
                user: user, host: host, port: port, hostKeyAlias: config?.hostKeyAlias, identities: identities,
                knownHosts: knownHosts, agent: agent),
            host: hostName == nil ? .inventory(line: written.host.line) : fromConfig, user: userOrigin,
            port: portOrigin, identities: identitiesOrigin, knownHosts: knownHostsOrigin, agent: agentOrigin,
            alias: hostName == nil ? nil : name)
    }

    /// What ssh would have to be asked for these logins.
    private static func query(_ written: WrittenEndpoint) -> SSHConfigQuery? {
        guard !written.isComplete else { return nil }
        // A user with a placeholder is not yet a user that ssh could match.
        let user = written.user?.value
        return SSHConfigQuery(
            host: written.host.value, user: user?.contains("{") == true ? nil : user, port: written.port?.value)
    }

    /// Asks for all of them at once and reports what failed.
    private mutating func ask(for logins: [WrittenEndpoint]) {
        var asked: [(query: SSHConfigQuery, login: WrittenEndpoint)] = []
        var seen: Set<SSHConfigQuery> = []
        for login in logins {
            if let query = Self.query(login), seen.insert(query).inserted { asked.append((query, login)) }
        }
        guard !asked.isEmpty else { return }
        var withoutSSH = false
        for ((query, login), outcome) in zip(asked, source.outcomes(for: asked.map(\.query))) {
            switch outcome {
            case .told(let config): told[query] = config
            case .noSSH: withoutSSH = true
            case .failed(let failure):
                findings.add(
                    "`ssh -G \(query.host)`, asked for what \(login.title) leaves out, \(failure.message)",
                    hint:
                        "Put ~/.ssh/config right, or give user, port, identity and known-hosts here: ssh is not asked then.",
                    at: (login.host.line, login.host.column))
            }
        }
        if withoutSSH {
            findings.note("no ssh on this machine: what the inventory leaves out is taken from ssh's own defaults")
        }
    }

    private func agent(_ config: SSHConfig?, _ told: Origin, _ tokens: Tokens) -> (String?, Origin) {
        switch config?.agent ?? .environment {
        case .environment: (environment.agent, .environment("SSH_AUTH_SOCK"))
        case .none: (nil, told)
        case .socket(let path): (tokens.expand(path), told)
        case .variable(let name): (environment.variables[name].flatMap { $0.isEmpty ? nil : $0 }, told)
        }
    }

    /// ssh names every key it would try; only those that are there are worth a try.
    private func existing(_ files: [String], _ tokens: Tokens) -> [String] {
        files.map(tokens.expand).filter(environment.fileExists)
    }

    /// The first is kept even when it is missing: it is the one a new key would be written to.
    private func firstAndExisting(_ files: [String], _ tokens: Tokens) -> [String] {
        let files = files.map(tokens.expand)
        return Array(files.prefix(1)) + files.dropFirst().filter(environment.fileExists)
    }

    private func note(_ config: SSHConfig, about written: WrittenEndpoint) {
        let place = (line: written.host.line, column: written.host.column)
        if let jump = config.proxyJump ?? config.proxyCommand {
            findings.note(
                "\(written.title): the ssh config goes by \"\(jump)\"; nocturne goes by `paths` of the inventory",
                line: place.line, column: place.column)
        }
        if config.identitiesOnly, environment.agent != nil {
            findings.note(
                "\(written.title): IdentitiesOnly of the ssh config is not followed; the agent's keys are offered first",
                line: place.line, column: place.column)
        }
    }
}

/// The percent tokens of ssh_config(5), section TOKENS, that file names use.
private struct Tokens {
    var home: String
    var localUser: String
    var host: String
    var user: String
    var port: Int
    var alias: String

    func expand(_ path: String) -> String {
        var path = Substring(path)
        var result = ""
        if path == "~" || path.hasPrefix("~/") {
            result = home
            path = path.dropFirst()
        }
        while let character = path.popFirst() {
            guard character == "%", let token = path.popFirst() else {
                result.append(character)
                continue
            }
            switch token {
            case "d": result += home
            case "h": result += host
            case "n": result += alias
            case "p": result += String(port)
            case "r": result += user
            case "u": result += localUser
            case "%": result += "%"
            default: result += "%" + String(token)
            }
        }
        return result
    }
}
