// SPDX-License-Identifier: Apache-2.0

import NocturneTransport

/// Finds the end of an answer of a held `birdc -r -v`.
///
/// The control socket ends a table with `0000 `, but the client never prints that line (client/client.c,
/// `server_got_reply`): behind `birdc` the end of `show protocols all` is silence. So every question is followed by
/// `eval NUMBER`, which the daemon may answer in restricted mode and answers with `0023 NUMBER` (1.6 to 3.3):
///
/// ```
/// → show bfd sessions ⏎ eval 2718281 ⏎
/// ← bird> show bfd sessions           echo                        skip
///   bird> ␍␛[K1020-bfd1:              redraw, first line          keep
///        IP address  …                                            keep
///   bird> >>> State changed …         pushed log (`echo all`)     skip
///   bird> eval 2718281                echo                        skip
///   bird> ␍␛[K0023 2718281            the mark                    end
/// ```
///
/// A greeting (`0001`, `0016`) is skipped wherever it comes. The mark is a number nobody else uses, so an answer that
/// holds a line like it by chance does not end early.
public struct BirdFraming: Framing {
    private let mark: [UInt8]
    private let number: UInt32

    /// - Parameter mark: any number; a new one for every question.
    public init(mark: UInt32) {
        number = mark
        self.mark = Array("0023 \(mark)".utf8)
    }

    public func wrap(_ question: String) -> String { "\(question)\neval \(number)\n" }

    public mutating func consume(_ line: some Collection<UInt8>) -> FramingVerdict {
        var rest = Self.visible(Array(line)[...])
        var prompted = false
        while rest.starts(with: Self.prompt) {
            rest = rest.dropFirst(Self.prompt.count)
            prompted = true
        }
        if rest.elementsEqual(mark) { return .end(keep: false) }
        if rest.starts(with: Self.pushed) { return .skip }
        if Self.greetings.contains(where: { rest.starts(with: $0) }) { return .skip }
        // A prompt before an answer stays on its line only where the client does not redraw; then a code follows.
        if prompted, !Self.hasCode(rest) { return .skip }
        return .keep
    }

    private static let prompt = Array("bird> ".utf8)
    private static let pushed = Array(">>>".utf8)
    private static let greetings = [Array("0001 BIRD ".utf8), Array("0016 Access restricted".utf8)]

    private static func hasCode(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count >= 5 else { return false }
        let mark = line[line.startIndex + 4]
        return line.prefix(4).allSatisfy { (0x30...0x39).contains($0) } && (mark == 0x20 || mark == 0x2D)
    }

    /// What a terminal would show: a carriage return goes back to the start of the line, CSI sequences are not text.
    private static func visible(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while line.last == 0x0D { line = line.dropLast() }
        if let back = line.lastIndex(of: 0x0D) { line = line[(back + 1)...] }
        while line.starts(with: [0x1B, 0x5B]) {
            guard let end = line.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else { return [] }
            line = line[(end + 1)...]
        }
        return line
    }
}

/// Finds the moment at which `exec birdc -r -v` has taken the shell's place: both lines of its greeting are there.
///
/// Nothing may be sent before that: a shell that reads its input in blocks (dash) would keep what follows the `exec`.
struct BirdGreetingFraming: Framing {
    func wrap(_ question: String) -> String { question + "\n" }

    mutating func consume(_ line: some Collection<UInt8>) -> FramingVerdict {
        if line.starts(with: "0016 ".utf8) || line.starts(with: "Unable to connect".utf8) { return .end(keep: true) }
        return .keep
    }
}
