// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// The probe in a shell in tmux: a terminal that understands what is sent, and job control as people have it.
@Suite(.serialized) final class TmuxTests {
    private let server = "nocturne-test-\(UInt32.random(in: 0 ... .max))"
    private let isThere: Bool

    init() {
        isThere = Command.run(["tmux", "-V"]) != nil
        guard isThere else {
            print("note: no tmux, so nothing is tested in it")
            return
        }
        tmux(["-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "bash", "--norc", "--noprofile"])
        type("echo before; \(Probe.path)\n")
    }

    deinit { _ = tmux(["kill-server"]) }

    @discardableResult
    private func tmux(_ arguments: [String]) -> String? { Command.run(["tmux", "-L", server] + arguments) }

    private func type(_ text: String) {
        for (index, part) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { tmux(["send-keys", "Enter"]) }
            if !part.isEmpty { tmux(["send-keys", "-l", String(part)]) }
        }
    }

    /// Waits until the picture satisfies the condition; the last picture when it never does.
    private func picture(_ more: [String] = [], until condition: (String) -> Bool) -> String {
        var text = ""
        for _ in 0..<300 {
            text = tmux(["capture-pane", "-p"] + more) ?? ""
            if condition(text) { return text }
            poll(nil, 0, 50)
        }
        return text
    }

    @Test func coloursAndRestorationAfterACrash() {
        guard isThere else { return }
        let drawn = picture(["-e"]) { $0.contains("ready") }
        #expect(drawn.contains("\u{1B}[1mprobe 80x24"))
        #expect(drawn.contains("\u{1B}[32m"))
        #expect(!drawn.contains("before"))
        type("s")
        let after = picture { $0.contains("Segmentation fault") }
        #expect(after.contains("before"))
        #expect(!after.contains("ready"))
        type("stty -a | tr ' ' '\\n' | grep -xE 'icanon|echo|isig|onlcr;?'\n")
        let modes = picture { $0.contains("echo\n") && $0.contains("icanon\n") }
        #expect(modes.contains("isig\n"))
    }

    @Test func stopAndForeground() {
        guard isThere else { return }
        _ = picture { $0.contains("ready") }
        tmux(["send-keys", "C-z"])
        let stopped = picture { $0.contains("Stopped") }
        #expect(stopped.contains("before") && !stopped.contains("ready"))
        type("fg\n")
        let again = picture { $0.contains("ready") }
        #expect(!again.contains("before"))
        tmux(["resize-window", "-x", "100", "-y", "30"])
        #expect(picture { $0.contains("probe 100x30") }.contains("probe 100x30"))
        type("q")
        #expect(picture { $0.contains("before") && !$0.contains("ready") }.contains("Stopped"))
    }

    @Test func pasteArrivesInOnePiece() {
        guard isThere else { return }
        _ = picture { $0.contains("ready") }
        tmux(["set-buffer", "q\ne\nä"])
        tmux(["paste-buffer", "-p"])
        #expect(picture { $0.contains("paste") }.contains("paste 6 q|e|ä"))
    }
}
