// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program that has the terminal for a while, such as an editor.
///
/// It is started without a shell, so nothing in a file's name is ever read as a command. It shares our process group,
/// because the terminal belongs to that one: keys and window changes reach it as they would in a shell.
public enum ChildProgram {
    /// How it ended.
    public enum End: Hashable, Sendable {
        case exited(status: Int32)
        case signalled(Int32)
        /// It could not be started, and why.
        case failed(String)

        /// Nil when it ended well; else a piece of a sentence, `ended with status 1`.
        public var problem: String? {
            switch self {
            case .exited(status: 0): nil
            case .exited(let status): "ended with status \(status)"
            case .signalled(let number): "was ended by signal \(number)"
            case .failed(let reason): "could not be started: \(reason)"
            }
        }
    }

    /// The words of `$VISUAL`, else `$EDITOR`, else `vi` (environ(7)), split at blanks: `code --wait` is two words.
    public static func editor(
        environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
    ) -> [String] {
        for name in ["VISUAL", "EDITOR"] {
            let words = (environment(name) ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
            if !words.isEmpty { return words }
        }
        return ["vi"]
    }

    /// Runs it to its end. `stopped` is called when it was stopped (ctrl-z) and returns when we are continued.
    static func run(_ words: [String], input: Int32, output: Int32, stopped: () -> Void) -> End {
        guard let program = words.first else { return .failed("it has no name") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if input != STDIN_FILENO { posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
        if output != STDOUT_FILENO { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }

        // We take signals as data and therefore block them; a child that inherited that could not be interrupted.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var every = sigset_t()
        sigfillset(&every)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &every)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var pid: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for word in arguments { free(word) } }
        let failed = posix_spawnp(&pid, program, &actions, &attributes, arguments, environ)
        guard failed == 0 else { return .failed(String(cString: strerror(failed))) }
        return wait(pid, stopped: stopped)
    }

    private static func wait(_ pid: pid_t, stopped: () -> Void) -> End {
        var status: Int32 = 0
        while true {
            guard waitpid(pid, &status, WUNTRACED) >= 0 else {
                if errno == EINTR { continue }
                return .failed(String(cString: strerror(errno)))
            }
            // WIFSTOPPED, WIFEXITED, WEXITSTATUS and WTERMSIG are macros, which Swift does not import (waitpid(2)).
            if status & 0xFF == 0x7F {
                stopped()
                // `fg` continues the whole group; whoever continued only us means the program too.
                kill(pid, SIGCONT)
                continue
            }
            return status & 0x7F == 0 ? .exited(status: (status >> 8) & 0xFF) : .signalled(status & 0x7F)
        }
    }
}
