// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneJournal

/// Where files lie (XDG Base Directory Specification).
public enum Places {
    /// Recordings and whatever else is kept between runs: `$XDG_STATE_HOME/nocturne`.
    public static var state: String { base("XDG_STATE_HOME", otherwise: ".local/state") + "/nocturne" }

    /// Recordings the console makes by itself.
    public static var recordings: String { state + "/recordings" }

    /// The journal of a site.
    public static func journal(site: String) -> String { JournalPlace.file(site: site, in: state) }

    /// Where the console puts exported incidents.
    public static var postmortems: String { state + "/postmortems" }

    private static func base(_ variable: String, otherwise: String) -> String {
        // The specification: a relative path in the variable is invalid and must be ignored.
        if let value = environment(variable), value.hasPrefix("/") { return value }
        return (environment("HOME") ?? "/") + "/" + otherwise
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
