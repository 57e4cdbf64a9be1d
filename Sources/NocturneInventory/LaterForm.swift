// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Yams

/// Checks the form of sections that later parts of nocturne use, so that a slip is told on the day it is made.
///
/// What is inside the values is left to the part that uses them; here are only keys, names and lists.
struct LaterForm {
    let form: InventoryForm

    func check(_ top: Section, devices: Set<String>?) {
        for section in entries(of: "uplinks", in: top, what: "uplink", keys: InventoryKeys.uplink) {
            check(section.text("device"), isOneOf: devices, in: section)
            _ = section.text("name")
            _ = section.integer("as", in: 1...Int(UInt32.max))
            _ = section.integer("prepend", in: 0...255)
            for key in ["local-pref", "med"] { _ = section.integer(key, in: 0...Int(UInt32.max)) }
            _ = section.texts("communities")
        }
        for section in entries(of: "circuits", in: top, what: "circuit", keys: InventoryKeys.circuit) {
            _ = section.text("id")
            _ = section.integer("vlan", in: 1...4094)
        }
        for section in entries(of: "freeze", in: top, what: "freeze", keys: InventoryKeys.freeze) {
            for key in InventoryKeys.freeze { _ = section.text(key) }
        }
        if let node = top["monitoring"] {
            let section = Section(
                node, title: "`monitoring`", keys: InventoryKeys.monitoring, source: form.source,
                findings: form.findings)
            _ = section?.text("prometheus")
        }
        // Reserved: their entries are not settled, so only that they hold something with a form.
        for key in ["zones", "certificates", "backups", "drained", "unmonitored"] {
            guard let node = top[key] else { continue }
            if case .scalar = node {
                form.findings.add("`\(key)` must be a list or keys with values, not \(node.form)", at: node.place)
            }
        }
        let present = InventoryKeys.top.dropFirst(5).filter {
            top[$0] != nil && $0 != "anycast" && $0 != "services"
        }
        if let first = present.first {
            form.findings.note(
                "checked for form, not used by this version: \(present.joined(separator: ", "))",
                line: top.place(of: first).line, column: top.place(of: first).column)
        }
    }

    private func entries(of key: String, in top: Section, what: String, keys: [String]) -> [Section] {
        (top.list(key, of: "entries") ?? []).enumerated().compactMap {
            Section($1, title: "\(what) #\($0 + 1)", keys: keys, source: form.source, findings: form.findings)
        }
    }

    private func check(_ name: Written<String>?, isOneOf devices: Set<String>?, in section: Section) {
        guard let name, let devices, !devices.contains(name.value) else { return }
        let nearest = NearestWord.to(name.value, among: devices).map { "; the nearest is \"\($0)\"" } ?? ""
        // A remark, not an error: the part that uses it may know devices that this file need not list.
        form.findings.note(
            "\(section.title) names device \"\(name.value)\", which `devices` does not have\(nearest)",
            line: name.line, column: name.column)
    }
}
