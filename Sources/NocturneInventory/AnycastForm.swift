// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Yams

/// Reads `anycast` and `services`: what ought to be announced where, and which guests do the same work.
///
/// ```yaml
/// anycast:
///   - {name: local, prefix: 198.51.100.81/32, nodes: [bkk06, bkk07], probes: [{dns: {chaos: id.server}}]}
/// services:
///   - {name: rpc, guests: [bkk06/106, bkk07/207], want: 2}
/// ```
struct AnycastForm {
    let form: InventoryForm

    /// - Parameter devices: their names; nil when not all could be read, so that no reference is blamed for nothing.
    func anycast(_ top: Section, devices: Set<String>?) -> [AnycastPrefix] {
        let entries = entries(of: "anycast", in: top, what: "anycast entry", keys: InventoryKeys.anycast)
        var names: [Written<String>] = []
        var prefixes: [Written<String>] = []
        let read = entries.compactMap { section -> AnycastPrefix? in
            let asksIdentity = probes(of: section)
            if let vantages = section.texts("vantages"), let first = vantages.first {
                form.findings.note(
                    "`vantages` in \(section.title) are not used by this version", line: first.line,
                    column: first.column)
            }
            let prefix = prefix(of: section)
            let nodes = nodes(of: section, devices: devices)
            guard let name = form.name(of: section, kind: "anycast entry") else { return nil }
            names.append(name)
            guard let prefix else { return nil }
            prefixes.append(prefix)
            return AnycastPrefix(
                name: name.value, prefix: prefix.value, nodes: nodes, asksIdentity: asksIdentity)
        }
        form.findRepeated(names, kind: "anycast entry")
        form.findRepeated(prefixes, kind: "anycast prefix")
        return read
    }

    func services(_ top: Section, devices: Set<String>?) -> [Service] {
        let entries = entries(of: "services", in: top, what: "service", keys: InventoryKeys.service)
        var names: [Written<String>] = []
        let read = entries.compactMap { section -> Service? in
            for key in ["probe", "promise"] {
                guard let node = section[key] else { continue }
                if case .mapping = node {
                    form.findings.note(
                        "`\(key)` in \(section.title) is checked for form, not used by this version",
                        line: section.place(of: key).line, column: section.place(of: key).column)
                } else {
                    form.findings.add(
                        "`\(key)` in \(section.title) must be keys with values, not \(node.form)", at: node.place)
                }
            }
            if section.lacks("guests") || section.texts("guests")?.isEmpty == true {
                form.findings.addMissing(
                    "\(section.title) has no `guests`", hint: "guests: [bkk06/106, bkk07/207]",
                    at: (section.line, section.column))
            }
            let guests = (section.texts("guests") ?? []).compactMap { guest($0, of: section, devices: devices) }
            let want = section.integer("want", in: 0...10_000)
            if let want, want.value > guests.count, devices != nil {
                form.findings.note(
                    "\(section.title) wants \(want.value) and names \(guests.count): it can never be well",
                    line: want.line, column: want.column)
            }
            guard let name = form.name(of: section, kind: "service") else { return nil }
            names.append(name)
            return Service(name: name.value, guests: guests, want: want?.value ?? guests.count)
        }
        form.findRepeated(names, kind: "service")
        return read
    }

    // MARK: Parts of an entry

    private func prefix(of section: Section) -> Written<String>? {
        if section.lacks("prefix") {
            form.findings.addMissing(
                "\(section.title) has no `prefix`", hint: "prefix: 198.51.100.81/32",
                at: (section.line, section.column))
        }
        guard let text = section.text("prefix") else { return nil }
        let parts = text.value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let address = HostText.Address(parts[0]) else {
            form.findings.add(
                "`prefix` in \(section.title) cannot be \"\(text.value)\": that is no IP address",
                hint: "An address and its length: 198.51.100.81/32, 2001:db8::81/128.", at: (text.line, text.column))
            return nil
        }
        func wrong(_ what: String) -> Written<String>? {
            form.findings.add(
                "`prefix` in \(section.title) \(what): \"\(text.value)\"",
                hint: "For one address write \(address.text)/\(address.bits).", at: (text.line, text.column))
            return nil
        }
        guard parts.count > 1 else { return wrong("has no length") }
        let isNumber = parts.count == 2 && parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let length = Int(parts[1]), length <= address.bits else { return wrong("has a wrong length") }
        guard address.isNetwork(of: length) else { return wrong("has bits set behind its length") }
        return text.map { _ in "\(address.text)/\(length)" }
    }

    private func nodes(of section: Section, devices: Set<String>?) -> [DeviceName] {
        if section.lacks("nodes") {
            form.findings.addMissing(
                "\(section.title) has no `nodes`", hint: "The devices that ought to announce it: nodes: [bkk06, bkk07]",
                at: (section.line, section.column))
        }
        let nodes = section.texts("nodes") ?? []
        return nodes.filter { exists($0, called: $0.value, devices: devices, in: section) }
            .map { DeviceName($0.value) }
    }

    /// Whether `{dns: {chaos: id.server}}` is among the probes; the others are looked at and not used.
    private func probes(of section: Section) -> Bool {
        var asksIdentity = false
        for node in section.list("probes", of: "probes") ?? [] {
            if case .mapping(let probe) = node, probe.count == 1, case .mapping(let dns)? = probe["dns"],
                dns.count == 1, let name = dns["chaos"]?.scalarText?.lowercased(),
                name == "id.server" || name == "id.server."
            {
                asksIdentity = true
            } else {
                form.findings.note(
                    "a probe of \(section.title) is not used by this version: only {dns: {chaos: id.server}} is",
                    line: node.place.line, column: node.place.column)
            }
        }
        return asksIdentity
    }

    private func guest(_ text: Written<String>, of section: Section, devices: Set<String>?) -> GuestRef? {
        guard let slash = text.value.firstIndex(of: "/"), slash != text.value.startIndex,
            text.value.index(after: slash) != text.value.endIndex
        else {
            form.findings.add(
                "`guests` in \(section.title) cannot have \"\(text.value)\"",
                hint: "The device, a slash and the guest's id or name: bkk06/106.", at: (text.line, text.column))
            return nil
        }
        let device = String(text.value[..<slash])
        guard exists(text, called: device, devices: devices, in: section) else { return nil }
        return GuestRef(device: DeviceName(device), id: String(text.value[text.value.index(after: slash)...]))
    }

    private func exists(_ text: Written<String>, called name: String, devices: Set<String>?, in section: Section)
        -> Bool
    {
        guard let devices, !devices.contains(name) else { return true }
        let nearest = NearestWord.to(name, among: devices.sorted()).map { "; the nearest is \"\($0)\"" } ?? ""
        form.findings.add(
            "\(section.title) names device \"\(name)\", which `devices` does not have\(nearest)",
            at: (text.line, text.column))
        return false
    }

    private func entries(of key: String, in top: Section, what: String, keys: [String]) -> [Section] {
        (top.list(key, of: "entries") ?? []).enumerated().compactMap {
            Section($1, title: "\(what) #\($0 + 1)", keys: keys, source: form.source, findings: form.findings)
        }
    }
}
