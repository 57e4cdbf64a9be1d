// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneScreens

/// What tab makes of a line: the longest common continuation, and the choices that remain.
enum Completion {
    /// Completes the word before the cursor; returns the choices to show when there are several.
    static func complete(_ prompt: inout Prompt, _ situation: Situation) -> String? {
        guard prompt.cursor == prompt.text.count, [.filter, .search, .command].contains(prompt.kind) else { return nil }
        let word = String(prompt.text.reversed().prefix { $0 != " " }.reversed())
        let choices = candidates(prompt, situation).filter { $0.hasPrefix(word) }.sorted(by: NaturalOrder.precedes)
        guard let first = choices.first else { return "nothing begins with \"\(word)\"" }
        let common = choices.dropFirst().reduce(first) { String(zip($0, $1).prefix { $0 == $1 }.map(\.0)) }
        prompt.text += common.dropFirst(word.count)
        if choices.count == 1, !first.hasSuffix(":") { prompt.text += " " }
        prompt.cursor = prompt.text.count
        return choices.count > 1 ? choices.joined(separator: " ") : nil
    }

    private static func candidates(_ prompt: Prompt, _ situation: Situation) -> [String] {
        let names = ActionRegistry.actions.flatMap(\.names)
        let filters = Filter.fields + Health.allCases.map(\.rawValue) + situation.snapshot.devices.map(\.name.rawValue)
        switch prompt.kind {
        case .search: return names
        case .filter: return filters
        case .note, .apply, .confirm, .leave: return []
        case .command:
            let words = prompt.text.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count > 1, let action = words.first.flatMap({ ActionRegistry.action(named: String($0)) }) else {
                return names
            }
            switch action.argument {
            case "[FILTER]": return filters
            case let argument? where argument.hasPrefix("[DEVICE] [FILE]"):
                return words.count == 2
                    ? situation.snapshot.devices.map(\.name.rawValue) : ["--confirm-within", "--hold"]
            case "[md [FILE]]": return words.count == 2 ? ["md"] : []
            case "[DEVICE]": return situation.snapshot.devices.map(\.name.rawValue)
            case "[COLUMN]":
                return situation.state.place == .peers
                    ? PeerEntry.columns.filter { $0.order != nil }.map(\.key)
                    : DeviceEntry.columns.filter { $0.order != nil }.map(\.key)
            default: return []
            }
        }
    }

    /// The command a mistyped one was probably meant to be.
    static func nearest(_ name: String) -> String? {
        let names = ActionRegistry.actions.flatMap(\.names)
        if let begun = names.first(where: { $0.hasPrefix(name) }) { return begun }
        return names.map { ($0, distance(Array($0), Array(name))) }.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }?.0
    }

    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let cost = min(row[j] + 1, row[j + 1] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[b.count]
    }
}
