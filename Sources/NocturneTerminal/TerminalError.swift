// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why there is no screen to draw on.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stream leads elsewhere than to a terminal: a pipe, a file, a job without one.
    case notATerminal(stream: String)
    /// TERM is empty or not set.
    case termUnset
    /// The terminal database has no entry of this name.
    case termUnknown(String)
    /// The terminal of this name cannot do what a full screen needs.
    case termTooSimple(String, lacks: String)
    /// The system refused.
    case system(call: String, errno: Int32)
    case curses(String)

    /// What happened.
    public var problem: String {
        switch self {
        case .notATerminal(let stream): "no terminal: \(stream) is not one"
        case .termUnset: "no terminal type: TERM is not set"
        case .termUnknown(let name): "the terminal type \"\(name)\" (TERM) is not known on this machine"
        case .termTooSimple(let name, let lacks): "the terminal type \"\(name)\" (TERM) cannot \(lacks)"
        case .system(let call, let code): "\(call) failed on the terminal: \(Self.text(code))"
        case .curses(let call): "ncurses could not set up the terminal: \(call) failed"
        }
    }

    /// What can be done about it.
    public var hint: String {
        switch self {
        case .notATerminal:
            "run it in a terminal (over ssh: ssh -t), or use a command that looks once and exits"
        case .termUnset: "set TERM to what your terminal is, for example TERM=xterm-256color"
        case .termUnknown(let name):
            "install its entry (Debian: ncurses-term) or choose one that is known, for example TERM="
                + (name.hasPrefix("tmux") || name.hasPrefix("screen") ? "screen-256color" : "xterm-256color")
        case .termTooSimple: "use another terminal, or a command that looks once and exits"
        case .system, .curses: "try another terminal, or a command that looks once and exits"
        }
    }

    public var description: String { "\(problem); \(hint)" }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
