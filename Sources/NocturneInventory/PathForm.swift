// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Yams

/// One entry of `paths` as it is written.
struct WrittenPath {
    var name: Written<String>
    var hops: [WrittenEndpoint]
    var carrier: AccessPath.Carrier
    var via: AccessPath.Via
}

/// Reads `paths`: the ways in, in order of preference.
///
/// ```yaml
/// paths:
///   - {name: jump, hops: [ops@jump.example.net]}
///   - {name: direct, hops: []}
/// ```
struct PathForm {
    let form: InventoryForm
    let defaults: LoginForm

    func read(_ top: Section) -> [WrittenPath] {
        guard top["paths"] != nil else { return [direct(top)] }
        guard let nodes = top.list("paths", of: "paths") else { return [] }
        if nodes.isEmpty {
            form.findings.add(
                "`paths` is empty", hint: "Leave it out to reach every device directly, or name a way in.",
                at: top.place(of: "paths"))
        }
        let paths = nodes.enumerated().compactMap { path($1, number: $0 + 1) }
        form.findRepeated(paths.map(\.name), kind: "path")
        return paths
    }

    /// Without `paths` every device is reached from here.
    private func direct(_ top: Section) -> WrittenPath {
        WrittenPath(
            name: Written(value: "direct", line: top.line, column: top.column), hops: [], carrier: .libssh2,
            via: .forward)
    }

    private func path(_ node: Node, number: Int) -> WrittenPath? {
        guard
            let section = Section(
                node, title: "path #\(number)", keys: InventoryKeys.path, source: form.source, findings: form.findings)
        else { return nil }
        let carrier = section.word("carrier", among: AccessPath.Carrier.allCases.map(\.rawValue))
        let via = section.word("via", among: AccessPath.Via.allCases.map(\.rawValue))
        if section.lacks("hops") {
            form.findings.addMissing(
                "\(section.title) has no `hops`", hint: "hops: [user@jump.example.net], or hops: [] for a direct way.",
                at: (section.line, section.column))
        }
        let hops = (section.texts("hops") ?? []).compactMap { hop($0, of: section) }
        if carrier?.value == "openssh" || (via != nil && via?.value != "forward"), let key = carrier ?? via {
            form.findings.note(
                "\(section.title): this version goes by carrier libssh2 and via forward only",
                line: key.line, column: key.column)
        }
        guard let name = form.name(of: section, kind: "path") else { return nil }
        return WrittenPath(
            name: name, hops: hops, carrier: carrier.flatMap { AccessPath.Carrier(rawValue: $0.value) } ?? .libssh2,
            via: via.flatMap { AccessPath.Via(rawValue: $0.value) } ?? .forward)
    }

    private func hop(_ text: Written<String>, of section: Section) -> WrittenEndpoint? {
        do {
            let hop = try HopText(text.value)
            return WrittenEndpoint(
                title: "hop \"\(text.value)\" of \(section.title)", host: text.map { _ in hop.host },
                user: hop.user.map { user in text.map { _ in user } } ?? defaults.user,
                port: hop.port.map { port in text.map { _ in port } } ?? defaults.port,
                identities: defaults.identities, knownHosts: defaults.knownHosts)
        } catch {
            form.findings.add("\(error.message) in \(section.title)", hint: error.hint, at: (text.line, text.column))
            return nil
        }
    }
}
