// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Yams

/// The whole of the file: top-level keys, then paths and devices, then what refers to them, then what later parts will use.
struct InventoryForm {
    let source: YAMLSource
    let findings: Findings
    let environment: InventoryEnvironment
    /// Of the inventory: relative file names in it start there.
    let directory: String

    /// Nil when there is too little to go on; the findings then say what.
    func read(file: String, sshConfig: any SSHConfigSource) -> ResolvedInventory? {
        guard let root = source.root, !root.isNothing else {
            findings.add(
                InventoryProblem(
                    message: "the inventory is empty",
                    hint: "It needs at least `devices` with one entry; the README shows ten lines."))
            return nil
        }
        guard
            let top = Section(
                root, title: "the inventory", keys: InventoryKeys.top, source: source, findings: findings)
        else { return nil }

        let site = top.text("site")
        let protected = top.flag("protected")
        if protected?.value == true, site == nil {
            findings.add("`protected` needs a `site` that a change can name", at: top.place(of: "protected"))
        }
        let defaults = readDefaults(top)
        let paths = PathForm(form: self, defaults: defaults).read(top)
        let devices = DeviceForm(form: self, defaults: defaults).read(top, paths: paths)
        // With a device that could not be read, a reference to it would be blamed for nothing.
        let complete = findings.problems.isEmpty
        let known = complete ? Set(devices.map(\.name.value)) : nil
        let anycast = AnycastForm(form: self).anycast(top, devices: known)
        let services = AnycastForm(form: self).services(top, devices: known)
        LaterForm(form: self).check(top, devices: known)
        // A file that is wrong is put right first: asking ssh would only add what follows from it.
        guard findings.problems.isEmpty else { return nil }

        let resolver = EndpointResolver(
            for: paths.flatMap(\.hops) + devices.map(\.endpoint), environment: environment, source: sshConfig,
            findings: findings)
        let hops = paths.map { $0.hops.map { resolver.resolve($0) } }
        let endpoints = devices.map { resolver.resolve($0.endpoint) }
        noteSharedAddresses(devices, endpoints)
        let inventory = Inventory(
            site: site?.value ?? "default", protected: protected?.value ?? false,
            paths: zip(paths, hops).map { path, hops in
                AccessPath(name: path.name.value, hops: hops.map(\.endpoint), carrier: path.carrier, via: path.via)
            },
            devices: zip(devices, endpoints).map { $0.device(at: $1.endpoint) }, anycast: anycast, services: services,
            file: file)
        return ResolvedInventory(inventory: inventory, hops: hops, devices: endpoints, notes: findings.notes)
    }

    private func readDefaults(_ top: Section) -> LoginForm {
        guard let node = top["defaults"] else { return LoginForm() }
        guard
            let section = Section(
                node, title: "`defaults`", keys: InventoryKeys.defaults, source: source, findings: findings)
        else { return LoginForm() }
        return LoginForm(section, form: self)
    }

    private func noteSharedAddresses(_ devices: [WrittenDevice], _ endpoints: [ResolvedEndpoint]) {
        var seen: [String: String] = [:]
        for (device, resolved) in zip(devices, endpoints) {
            let place = "\(resolved.endpoint.host) port \(resolved.endpoint.port)"
            if let other = seen[place] {
                findings.note(
                    "devices \"\(other)\" and \"\(device.name.value)\" are both \(place)", line: device.name.line,
                    column: device.name.column)
            } else {
                seen[place] = device.name.value
            }
        }
    }

    /// Adds a finding for each name that was there before, with both places.
    func findRepeated(_ names: [Written<String>], kind: String) {
        var seen: [String: Int] = [:]
        for name in names {
            if let line = seen[name.value] {
                findings.add(
                    "\(kind) \"\(name.value)\" stands twice: here and in line \(line)",
                    hint: "Every \(kind) needs a name of its own.", at: (name.line, name.column))
            } else {
                seen[name.value] = name.line
            }
        }
    }

    /// The `name` of an entry, checked: it is typed in filters and commands, so it is one plain word.
    func name(of section: Section, kind: String) -> Written<String>? {
        if section.lacks("name") { findings.addMissing("\(kind) has no `name`", at: (section.line, section.column)) }
        guard let name = section.text("name") else { return nil }
        let fine = name.value.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "-_.".unicodeScalars.contains($0)
        }
        guard fine, name.value.first != "-" else {
            findings.add(
                "\(kind) cannot be called \"\(name.value)\"",
                hint: "Letters, digits, dot, dash and underscore, no dash in front.",
                at: (name.line, name.column))
            return nil
        }
        return name
    }
}

/// The keys about logging in that `defaults` and devices share.
struct LoginForm {
    var user: Written<String>?
    var port: Written<Int>?
    var identities: Written<[String]>?
    var knownHosts: Written<[String]>?
    var poll: Written<Duration>?
    var become: Written<String>?

    init() {}

    init(_ section: Section, form: InventoryForm) {
        user = section.text("user")
        if let user, !UserText.isFine(user.value) {
            form.findings.add("`user` in \(section.title) cannot be \"\(user.value)\"", at: (user.line, user.column))
        }
        port = section.integer("port", in: 1...65_535)
        identities = Self.files("identity", section, form)
        knownHosts = Self.files("known-hosts", section, form)
        poll = section.duration("poll", in: .milliseconds(100)...(.seconds(86_400)))
        become = section.text("become")
        if let command = section.text("password-command") {
            form.findings.note(
                "`password-command` in \(section.title) is not used by this version: it logs in with keys only",
                line: command.line, column: command.column)
        }
    }

    private static func files(_ key: String, _ section: Section, _ form: InventoryForm) -> Written<[String]>? {
        guard let written = section.texts(key), let first = written.first else { return nil }
        let files = written.compactMap { name -> String? in
            if let file = form.environment.expand(name.value, relativeTo: form.directory) { return file }
            form.findings.add(
                "`\(key)` in \(section.title): \"\(name.value)\" names somebody else's home",
                hint: "Write the folder out; only ~/ is expanded.", at: (name.line, name.column))
            return nil
        }
        return Written(value: files, line: first.line, column: first.column)
    }
}
