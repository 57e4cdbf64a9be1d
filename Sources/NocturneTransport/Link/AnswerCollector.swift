// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines, shows each to the framing, and keeps the answer within its bound.
///
/// Memory stays bounded whatever comes: past `limit` lines are still looked at for the end, but no longer kept; of a
/// line longer than the limit only the front is held.
struct AnswerCollector {
    private var framing: any Framing
    private let limit: Int
    private var line: [UInt8] = []
    /// Of the present line, what did not fit.
    private var lineOverflow = 0
    private(set) var kept: [UInt8] = []
    private(set) var truncated = false
    private(set) var bytes = 0
    /// What came after the end: the front of the next answer.
    private(set) var rest: ArraySlice<UInt8> = []

    init(framing: any Framing, limit: Int) {
        self.framing = framing
        self.limit = max(0, limit)
    }

    /// True when the answer is complete.
    mutating func consume(_ chunk: ArraySlice<UInt8>) -> Bool {
        var remaining = chunk
        while let newline = remaining.firstIndex(of: 10) {
            extend(remaining[..<newline])
            bytes += newline + 1 - remaining.startIndex
            remaining = remaining[(newline + 1)...]
            if endLine() {
                rest = remaining
                return true
            }
        }
        extend(remaining)
        bytes += remaining.count
        return false
    }

    /// The unfinished line, for a fault that quotes the last words.
    var unfinished: [UInt8] { line }

    private mutating func extend(_ part: ArraySlice<UInt8>) {
        let room = max(limit, 4096) - line.count
        line.append(contentsOf: part.prefix(max(0, room)))
        lineOverflow += max(0, part.count - max(0, room))
    }

    private mutating func endLine() -> Bool {
        defer {
            line.removeAll(keepingCapacity: line.capacity <= 65_536)
            lineOverflow = 0
        }
        switch framing.consume(line) {
        case .skip: return false
        case .keep: keep()
        case .end(let wanted):
            // The last line carries codes that a reader needs, and is short: it is kept past the limit too.
            if wanted { kept.append(contentsOf: line + [10]) }
            return true
        }
        return false
    }

    private mutating func keep() {
        if truncated { return }
        if lineOverflow > 0 || kept.count + line.count + 1 > limit {
            truncated = true
            // Up to a whole line, so that nobody takes half a number for a number.
            return
        }
        kept.append(contentsOf: line)
        kept.append(10)
    }
}
