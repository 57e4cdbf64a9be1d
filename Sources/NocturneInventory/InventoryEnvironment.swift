// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What reading an inventory needs to know of the machine: variables, home, and which files are there.
///
/// A value, so that tests hand in a machine of their own.
public struct InventoryEnvironment: Sendable {
    public var variables: [String: String]
    public var home: String
    /// The login name, used where neither inventory nor ssh_config tells a user.
    public var user: String
    public var fileExists: @Sendable (String) -> Bool

    public init(
        variables: [String: String], home: String, user: String, fileExists: @escaping @Sendable (String) -> Bool
    ) {
        self.variables = variables
        self.home = home
        self.user = user
        self.fileExists = fileExists
    }

    /// This machine, this process.
    public static var current: InventoryEnvironment {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            entry += 1
        }
        let account = getpwuid(getuid())?.pointee
        func told(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        return InventoryEnvironment(
            variables: variables,
            home: told("HOME") ?? account.map { String(cString: $0.pw_dir) } ?? "/",
            user: told("USER") ?? told("LOGNAME") ?? account.map { String(cString: $0.pw_name) } ?? "root",
            fileExists: { access($0, F_OK) == 0 })
    }

    /// Where the inventory is when nobody says (XDG Base Directory Specification).
    public var defaultFile: String {
        let configured = variables["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (configured ?? home + "/.config") + "/nocturne/inventory.yaml"
    }

    /// The agent's socket as the shell has it.
    var agent: String? { variables["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 } }

    /// A file name with `~` in front expanded; another relative one is taken from `directory`.
    ///
    /// Nil for `~name`, the home of somebody else, which is not looked up.
    func expand(_ path: String, relativeTo directory: String) -> String? {
        if path == "~" { return home }
        if path.hasPrefix("~/") { return home + path.dropFirst(1) }
        if path.hasPrefix("~") { return nil }
        if path.hasPrefix("/") || directory.isEmpty { return path }
        return directory + "/" + path
    }
}
