// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Yams

/// One entry of `devices` as it is written.
struct WrittenDevice {
    var name: Written<String>
    var platform: Platform
    var runs: [Platform]
    var endpoint: WrittenEndpoint
    var paths: [String]
    var group: String?
    var role: String?
    var model: String?
    var poll: Duration?
    var become: String?

    func device(at endpoint: SSHEndpoint) -> Device {
        Device(
            name: DeviceName(name.value), platform: platform, runs: runs, endpoint: endpoint, paths: paths,
            group: group,
            role: role, model: model, poll: poll ?? .seconds(2), become: become)
    }
}

/// Reads `devices`.
///
/// ```yaml
/// devices:
///   - {name: bkk00, platform: routeros, address: 10.155.255.4, group: edge}
///   - {name: bkk06, platform: bird, address: 10.155.106.6}
/// ```
struct DeviceForm {
    let form: InventoryForm
    let defaults: LoginForm

    /// Platforms a device can be; the others run on one.
    private static let hosts: [Platform] = [.bird, .frr, .openbgpd, .routeros, .linux, .auto]
    /// Daemons whose name as platform is short for a Linux host that runs them.
    private static let daemons: [Platform] = [.bird, .frr, .openbgpd]
    private static let runnable: [Platform] = [
        .bird, .frr, .openbgpd, .proxmox, .lxc, .docker, .podman, .systemd, .zfs, .haproxy,
    ]

    func read(_ top: Section, paths: [WrittenPath]) -> [WrittenDevice] {
        if top.lacks("devices") {
            form.findings.addMissing(
                "the inventory has no `devices`", hint: "devices: [{name: bkk00, platform: bird, address: 192.0.2.1}]",
                at: (top.line, top.column))
        }
        guard let nodes = top.list("devices", of: "devices") else { return [] }
        if nodes.isEmpty {
            form.findings.add(
                "`devices` is empty", hint: "There is nothing to look at; name at least one device.",
                at: top.place(of: "devices"))
        }
        // A path that was itself wrong has no name here; devices that use it are not to blame.
        let known = (top.list("paths", of: "paths")?.count ?? 1) == paths.count ? paths.map(\.name.value) : nil
        let devices = nodes.enumerated().compactMap { device($1, number: $0 + 1, paths: known) }
        form.findRepeated(devices.map(\.name), kind: "device")
        return devices
    }

    private func device(_ node: Node, number: Int, paths: [String]?) -> WrittenDevice? {
        guard
            let section = Section(
                node, title: "device #\(number)", keys: InventoryKeys.device, source: form.source,
                findings: form.findings)
        else { return nil }
        let login = LoginForm(section, form: form)
        let platform = platform(section)
        let runs = runs(section, platform: platform)
        let uses = (section.texts("paths") ?? []).filter { uses in
            guard let paths, !paths.contains(uses.value) else { return true }
            let nearest = NearestWord.to(uses.value, among: paths).map { "; the nearest is \"\($0)\"" } ?? ""
            form.findings.add(
                "\(section.title) names path \"\(uses.value)\", which `paths` does not have\(nearest)",
                hint: "Known: \(paths.joined(separator: ", ")).", at: (uses.line, uses.column))
            return false
        }
        noteUnused(section)
        let address = section.text("address")
        if let address, let fault = HostText.fault(in: address.value) {
            form.findings.add(
                "`address` in \(section.title): \(fault.message)", hint: fault.hint, at: (address.line, address.column))
        }
        let details = ["group", "role", "model"].map { section.text($0)?.value }
        guard let name = form.name(of: section, kind: "device") else { return nil }
        return WrittenDevice(
            name: name, platform: Self.daemons.contains(platform ?? .auto) ? .linux : platform ?? .auto, runs: runs,
            endpoint: WrittenEndpoint(
                title: section.title,
                // Without an address the name is one: of DNS, or an alias of ssh_config.
                host: address ?? name, user: login.user ?? defaults.user, port: login.port ?? defaults.port,
                identities: login.identities ?? defaults.identities, knownHosts: login.knownHosts ?? defaults.knownHosts
            ),
            paths: uses.map(\.value), group: details[0], role: details[1], model: details[2],
            poll: (login.poll ?? defaults.poll)?.value, become: (login.become ?? defaults.become)?.value)
    }

    private func platform(_ section: Section) -> Platform? {
        let words = Self.hosts.map(\.rawValue)
        if section.lacks("platform") {
            form.findings.addMissing(
                "\(section.title) has no `platform`", hint: "Known: \(words.joined(separator: ", ")).",
                at: (section.line, section.column))
        }
        guard let text = section.text("platform") else { return nil }
        if let platform = Platform(rawValue: text.value), !Self.hosts.contains(platform) {
            form.findings.add(
                "`platform` in \(section.title) cannot be \"\(text.value)\": that runs on a Linux host",
                hint: "platform: linux, runs: [\(text.value)]", at: (text.line, text.column))
            return nil
        }
        return section.check(text, of: "platform", among: words) ? Platform(rawValue: text.value) : nil
    }

    private func runs(_ section: Section, platform: Platform?) -> [Platform] {
        var runs = platform.map { Self.daemons.contains($0) ? [$0] : [] } ?? []
        for text in section.texts("runs") ?? [] {
            guard section.check(text, of: "runs", among: Self.runnable.map(\.rawValue)) else { continue }
            if let platform = Platform(rawValue: text.value), !runs.contains(platform) { runs.append(platform) }
        }
        if platform == .routeros, section["runs"] != nil {
            form.findings.add(
                "`runs` in \(section.title) is for Linux hosts, and this is routeros", at: section.place(of: "runs"))
        }
        return runs
    }

    private func noteUnused(_ section: Section) {
        if let ssh = section.word("ssh", among: AccessPath.Carrier.allCases.map(\.rawValue)), ssh.value == "openssh" {
            form.findings.note(
                "\(section.title): this version opens every session by libssh2; `ssh: openssh` is not followed",
                line: ssh.line, column: ssh.column)
        }
        if let oob = section.text("oob") {
            form.findings.note(
                "\(section.title): `oob` is not used by this version", line: oob.line, column: oob.column)
        }
    }
}
