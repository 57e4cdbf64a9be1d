// SPDX-License-Identifier: Apache-2.0

import CNcurses

extension TerminalProfile {
    /// The version of ncurses in use, as it tells it.
    public static var libraryVersion: String { curses_version().map { String(cString: $0) } ?? "unknown" }
}
