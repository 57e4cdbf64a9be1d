// SPDX-License-Identifier: Apache-2.0

/// Questions to a POSIX shell: the command is run in braces and followed by a line with a nonce and its exit status.
///
/// ```
/// { COMMAND
/// } 2>&1 </dev/null; printf '\n%s%s %d\n' 4f1c 9a07 "$?"
/// ```
///
/// The nonce is sent in halves, so that neither an echo nor an error message that quotes the command can look like the
/// end. The command cannot eat the next question, since its standard input is empty. The last line stays in the answer;
/// ``ShellResult`` takes it apart.
public struct ShellFraming: Framing {
    public let nonce: String

    public init() {
        self.init(nonce: String(UInt64.random(in: .min ... .max) | 1 << 63, radix: 16))
    }

    public init(nonce: String) { self.nonce = nonce }

    public func wrap(_ question: String) -> String {
        let half = nonce.index(nonce.startIndex, offsetBy: nonce.count / 2)
        return
            "{ \(question)\n} 2>&1 </dev/null; printf '\\n%s%s %d\\n' '\(nonce[..<half])' '\(nonce[half...])' \"$?\"\n"
    }

    public mutating func consume(_ line: some Collection<UInt8>) -> FramingVerdict {
        guard line.starts(with: nonce.utf8) else { return .keep }
        let tail = line.dropFirst(nonce.utf8.count)
        guard tail.first == UInt8(ascii: " "), tail.count > 1, tail.dropFirst().allSatisfy({ (48...57).contains($0) })
        else { return .keep }
        return .end(keep: true)
    }
}

/// What a command in a held shell printed, and its exit status.
public struct ShellResult: Hashable, Sendable {
    public var text: String
    /// 126 found but not executable, 127 not found (POSIX, 2.8.2).
    public var status: Int

    /// Nil when `answer` was not framed by `framing`.
    public init?(_ answer: Answer, framing: ShellFraming) {
        var lines = answer.text.lines
        guard let last = lines.popLast(), last.hasPrefix(framing.nonce + " "),
            let status = Int(last.dropFirst(framing.nonce.count + 1))
        else { return nil }
        self.status = status
        // The newline before the mark is ours.
        if lines.last?.isEmpty == true { lines.removeLast() }
        text = lines.map { $0 + "\n" }.joined()
    }
}
