// SPDX-License-Identifier: Apache-2.0

import NocturneTransport

/// Runs one command in the held shell and learns its exit status, before `birdc` takes the shell's place.
///
/// The command gets no input (the shell's own input is the channel) and its complaints are part of the answer. The
/// last line is the mark with the status; a shell that echoes shows the mark with `$?` in its place, which is no number.
struct ProbeFraming: Framing {
    let mark: String

    func wrap(_ question: String) -> String {
        "{ \(question); } </dev/null 2>&1; printf '\\n\(mark) %d\\n' \"$?\"\n"
    }

    mutating func consume(_ line: some Collection<UInt8>) -> FramingVerdict {
        Self.status(in: String(decoding: Array(line), as: UTF8.self), mark: mark) == nil ? .keep : .end(keep: true)
    }

    private static func status(in line: String, mark: String) -> Int? {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\r" })
        guard words.count >= 2, words[words.count - 2] == mark else { return nil }
        return Int(words[words.count - 1])
    }

    /// The answer of a probe in two parts; nil status when the mark is missing.
    func split(_ answer: Answer) -> (lines: [String], status: Int?) {
        var lines = answer.text.lines.map(String.init)
        guard let last = lines.last, let status = Self.status(in: last, mark: mark) else { return (lines, nil) }
        lines.removeLast()
        return (lines.filter { !$0.isEmpty }, status)
    }
}
