// SPDX-License-Identifier: Apache-2.0

import NocturneInventory
import NocturneModel

/// The first step of every program: which network, and which part of it.
public enum Start {
    /// Why there is no network to look at.
    public struct Problem: Error, Sendable {
        public var message: String
        /// File, line and column.
        public var place: String?
        public var hint: String?
    }

    /// Reads the inventory and narrows it to `only`: names or groups with `*` and `?`, separated by commas.
    public static func inventory(file: String?, only: String?) throws(Problem) -> Inventory {
        var inventory: Inventory
        do {
            inventory = try InventoryReader.read(file: file)
        } catch {
            let more = error.problems.count - 1
            let others = more > 0 ? "\(more) more: `nocturne inventory check` lists all" : nil
            let hint = [error.hint, others].compactMap { $0 }.joined(separator: "; ")
            throw Problem(message: error.message, place: error.location, hint: hint.isEmpty ? nil : hint)
        }
        if let only {
            let patterns = only.split(separator: ",").map { String($0.drop { $0 == " " }) }
            for pattern in patterns where !inventory.devices.contains(where: { Selector.matches($0, pattern) }) {
                let names = inventory.devices.map(\.name.rawValue).joined(separator: ", ")
                throw Problem(
                    message: "--only: no device or group matches \"\(pattern)\"", place: inventory.file,
                    hint: "there are: \(names)")
            }
            inventory.devices.removeAll { device in !patterns.contains { Selector.matches(device, $0) } }
        }
        return inventory
    }
}

/// Which devices somebody means: a name or a group, with `*` for any characters and `?` for one.
public enum Selector {
    public static func matches(_ device: Device, _ pattern: String) -> Bool {
        matches(device.name, group: device.group, pattern)
    }

    /// The same of a device in a recording, where there is no inventory.
    public static func matches(_ name: DeviceName, group: String?, _ pattern: String) -> Bool {
        [name.rawValue, group].compactMap { $0 }.contains { matches($0[...], pattern[...]) }
    }

    private static func matches(_ text: Substring, _ pattern: Substring) -> Bool {
        guard let head = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if head == "*" {
            return matches(text, rest) || (!text.isEmpty && matches(text.dropFirst(), pattern))
        }
        guard let first = text.first, head == "?" || head == first else { return false }
        return matches(text.dropFirst(), rest)
    }
}
