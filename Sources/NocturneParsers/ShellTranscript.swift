// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What a host's command printed, line by line, and how a shell or sudo says that it was not run.
///
/// ```
/// $ lxc-ls -f -F NAME,STATE …       a prompt with the command: ours, in a transcript
/// NAME STATE AUTOSTART …            its output
/// Nov 21 04:12:33 host app[812]: …  a log line: neither a row nor unparsed
/// ```
struct ShellTranscript {
    struct Line {
        /// Counted from 1 in the text as it came.
        var number: Int
        var text: Substring
        var unparsed: Unparsed { Unparsed(line: number, text: String(text)) }
    }

    /// Without prompts, blank lines and log lines.
    private(set) var lines: [Line] = []
    /// The text does not end with a newline.
    let endsMidLine: Bool

    init(_ text: ScrubbedText) {
        endsMidLine = !text.text.isEmpty && text.text.utf8.last != 0x0A
        for (index, line) in text.lines.enumerated() {
            if line.isBlank || line.hasPrefix("$ ") || line == "$" || LogLine.matches(line[...]) { continue }
            lines.append(Line(number: index + 1, text: line[...]))
        }
    }

    /// The first line that says why the command did not do its work, of any of the programs named.
    ///
    /// Sentences of dash and bash (POSIX, XCU 2.8.2), sudo 1.9, lxc 5.0.
    func refusal(of programs: [String]) -> String? {
        for line in lines {
            let text = line.text.trimmed
            let isShell = Self.shellEnds.contains { text.hasSuffix($0) } && programs.contains { text.contains($0) }
            let isPermission = text.lowercased().hasSuffix("permission denied")
            if isShell || isPermission || text.hasPrefix("sudo: ") || text.contains(" is not in the sudoers file")
                || text.hasPrefix("Sorry, user ")
            {
                return String(text)
            }
        }
        return nil
    }

    private static let shellEnds = ["command not found", ": not found", ": No such file or directory"]
}
