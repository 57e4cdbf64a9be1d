// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import NocturneTerminal

extension ProcessWide {
    @Suite struct ChildProgramTests {
        private func run(_ script: String, _ arguments: String..., stopped: () -> Void = {}) -> ChildProgram.End {
            ChildProgram.run(
                ["sh", "-c", script] + arguments, input: STDIN_FILENO, output: STDOUT_FILENO, stopped: stopped)
        }

        @Test func howItEndedIsTold() {
            #expect(run("exit 0") == .exited(status: 0))
            #expect(run("exit 3") == .exited(status: 3))
            #expect(run("exit 3").problem == "ended with status 3")
            let missing = ChildProgram.run(
                ["/nonexistent/editor", "a"], input: STDIN_FILENO, output: STDOUT_FILENO, stopped: {})
            #expect(missing == .failed("No such file or directory"))
        }

        /// The console blocks its signals; a program that inherited that could not be ended.
        @Test func itsSignalsAreItsOwn() {
            var blocked = sigset_t()
            var before = sigset_t()
            sigemptyset(&blocked)
            sigaddset(&blocked, SIGTERM)
            pthread_sigmask(SIG_BLOCK, &blocked, &before)
            defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
            #expect(run("kill -TERM $$; exit 0") == .signalled(SIGTERM))
        }

        @Test func aStopIsHandedOnAndEnds() {
            var stops = 0
            #expect(run("kill -STOP $$; exit 7", stopped: { stops += 1 }) == .exited(status: 7))
            #expect(stops == 1)
        }

        /// Names are arguments, never commands.
        @Test func aFileNameIsNotRead() {
            #expect(run("test \"$0\" = '; exit 9 $(exit 8)'", "; exit 9 $(exit 8)") == .exited(status: 0))
        }

        @Test func theEditorIsTheUsersOwn() {
            func editor(_ environment: [String: String]) -> [String] {
                ChildProgram.editor { environment[$0] }
            }
            #expect(editor([:]) == ["vi"])
            #expect(editor(["EDITOR": "nano"]) == ["nano"])
            #expect(editor(["VISUAL": "code  --wait", "EDITOR": "nano"]) == ["code", "--wait"])
            #expect(editor(["VISUAL": " ", "EDITOR": "ed"]) == ["ed"])
        }

        /// The program finds the terminal as the shell left it, and afterwards the screen is drawn whole.
        @Test func theScreenGivesTheTerminalAndTakesItAgain() throws {
            let pty = try #require(Pty())
            let screen = try pty.screen()
            defer { screen.close() }
            var frame = Frame(size: screen.size)
            frame.put("before and after", row: 3, column: 0)
            screen.show(frame)
            pty.drain()
            let end = screen.run(["sh", "-c", "stty -a; echo from the program; exit 4"])
            #expect(end == .exited(status: 4))
            let during = pty.drain()
            #expect(during.contains("from the program"))
            #expect(during.contains(" icanon") && during.contains(" echo "))
            screen.show(frame)
            #expect(pty.drain().contains("before and after"))
        }
    }
}
