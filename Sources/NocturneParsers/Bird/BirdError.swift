// SPDX-License-Identifier: Apache-2.0

/// A sentence of BIRD, its client or the shell in place of rows: sometimes "nothing there", mostly "could not answer".
///
/// Sentences as printed by 2.0.12 and as they stand in the sources of 1.6.8 and 3.3.2; codes from BIRD doc/reply_codes.
struct BirdError: Hashable {
    var code: Int?
    var text: String

    init(code: Int?, text: Substring) {
        self.code = code
        self.text = String(text.trimmed)
    }

    /// The reason with its code, for a person.
    var sentence: String { code.map { "\(text) (BIRD reply \($0))" } ?? text }

    /// Some query is answered by it: with no rows.
    var meansNothing: Bool { Query.allCases.contains { meansNothing(for: $0) } }

    /// Whether it says that there is nothing of what the query asks for.
    func meansNothing(for query: Query) -> Bool {
        switch query {
        case .bfd: text == "There is no BFD protocol running" || Self.isNotUp(text[...])
        case .ospf: text == "There is no OSPF protocol running" || Self.isNotUp(text[...])
        case .bgpPeers: text == "No protocols match" || text == "There is no BGP protocol running"
        case .routes: Self.noRoute.contains(text)
        case .status, .guests, .addresses: false
        }
    }

    private static let noRoute: Set<String> = ["Network not found", "Network not in table", "Route not found"]

    /// `ospf4: is not up`: the instance exists and is not running.
    static func isNotUp(_ line: Substring) -> Bool {
        line.hasSuffix(": is not up") && line.fields.count == 4
    }

    /// The client lost the daemon in the middle.
    static func isClosing(_ line: Substring) -> Bool { line == "Connection closed by server" }

    /// Whether the line, in plain form, is a refusal.
    static func isError(_ line: Substring) -> Bool {
        plain.contains(line) || starts.contains { line.hasPrefix($0) }
    }

    /// A refusal of the shell or of sudo: it does not prove that BIRD is there. A row may end in the same words, so it
    /// counts only outside of a table.
    static func isForeign(_ line: Substring) -> Bool {
        ends.contains { line.hasSuffix($0) } || line.hasPrefix("sudo: ")
    }

    private static let plain: Set<Substring> = [
        "Access denied", "No protocols match", "Network not found", "Network not in table", "Route not found",
        "There is no BFD protocol running", "There is no OSPF protocol running", "There is no BGP protocol running",
        "Protocol is down", "Stopped due to reconfiguration", "Table is shutting down", "Command too long",
        "Reply too long", "No such command. Press `?' for help.",
    ]
    private static let starts = [
        "Unable to connect to server control socket", "syntax error", "There are multiple ", "No such command",
        "Ambiguous command", "Undefined symbol",
    ]
    private static let ends = [
        "command not found", ": not found", ": No such file or directory", ": Permission denied",
        ": permission denied", ": Connection refused", " is not in the sudoers file.",
        " is not in the sudoers file.  This incident will be reported.",
    ]
}

/// The command behind a query, for messages.
enum BirdQuestion {
    static func text(_ query: Query) -> String {
        switch query {
        case .bgpPeers: "show protocols all"
        case .bfd: "show bfd sessions"
        case .ospf: "show ospf neighbors"
        case .routes: "show route for … all"
        case .status: "show status"
        // No question of BIRD's.
        case .guests, .addresses: query.rawValue
        }
    }
}
