// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import NocturneModel

/// Finds its way through a recording by time, and reads single lines of it.
///
/// Only where lines begin and when they were written is kept; a line is parsed when somebody wants it. A recording that
/// is still being written may be read on with ``refresh()``.
///
/// What cannot be read is said and costs as little as possible: everything before it is usable, and so is everything
/// from the next full line on.
public struct RecordingReader: Sendable {
    /// A line that holds a snapshot or a change.
    struct Entry: Sendable {
        var line: Int
        var offset: Int
        var length: Int
        var isFull: Bool
        var number: Int
        var at: UTC
        /// A line just before it could not be used: a change from there on says nothing.
        var afterGap: Bool
    }

    /// What stands at the beginning: who recorded what.
    public struct Origin: Hashable, Sendable {
        public var site: String
        public var program: String
        public var started: UTC
    }

    public private(set) var origin: Origin
    private(set) var entries: [Entry] = []
    private var found: [RecordingProblem] = []
    private let source: RecordingSource
    private var scanned = 0
    private var lines = 0
    /// Whether the line before the next one could not be used.
    private var gap = false
    /// Bytes after the last newline.
    private var rest = 0

    /// - Throws: ``RecordingProblem`` when the file cannot be read, is not a recording, or is of a newer format.
    public init(path: String) throws(RecordingProblem) {
        try self.init(source: RecordingSource(path: path))
    }

    /// Reads a recording that is part of the program. `name` is for messages.
    public init(name: String, bytes: [UInt8]) throws(RecordingProblem) {
        try self.init(source: RecordingSource(name: name, bytes: bytes))
    }

    private init(source: RecordingSource) throws(RecordingProblem) {
        self.source = source
        origin = Origin(site: "", program: "", started: UTC(milliseconds: 0))
        try refresh()
        if lines == 0 {
            let message = rest == 0 ? "is empty" : "is not a recording of nocturne: it has no whole line"
            throw RecordingProblem(file: source.name, message: message)
        }
    }

    /// What could not be read so far, in the order of lines.
    public var problems: [RecordingProblem] {
        guard rest > 0 else { return found }
        return found + [
            problem(lines + 1, "is cut short: the recording ended in the middle of it; all before it is there")
        ]
    }

    /// The time the recording covers; nil when it has no snapshot.
    public var span: (first: UTC, last: UTC)? {
        guard let first = entries.first, let last = entries.last else { return nil }
        return (first.at, last.at)
    }

    /// How many snapshots it has.
    public var count: Int { entries.count }

    /// Takes in what was written since; says whether there is more than before.
    @discardableResult
    public mutating func refresh() throws(RecordingProblem) -> Bool {
        let before = entries.count
        var begin = scanned
        var position = scanned + rest
        while true {
            let chunk = try source.read(at: position, count: 1 << 20)
            if chunk.isEmpty { break }
            var searched = 0
            while let newline = chunk[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                lines += 1
                try take(line: lines, offset: begin, length: position + newline - begin)
                begin = position + newline + 1
                searched = newline + 1
            }
            position += chunk.count
        }
        scanned = begin
        rest = position - begin
        return entries.count > before
    }

    private mutating func take(line: Int, offset: Int, length: Int) throws(RecordingProblem) {
        let head = LineHead(try source.read(at: offset, count: min(length, 160)))
        var kind = head?.kind
        var number = head?.number
        var at = head?.at
        if head == nil || line == 1 {
            let bytes = try source.read(at: offset, count: length)
            let envelope = try? JSONDecoder().decode(RecordingLine.Envelope.self, from: Data(bytes))
            if line == 1 { try checkHeader(envelope, bytes) }
            guard let envelope else {
                return skip(line, "is not JSON")
            }
            (kind, number, at) = (envelope.kind, envelope.number, envelope.at)
            if kind == "header" {
                if let version = envelope.version, version > RecordingLine.version { throw newer(version, line) }
                return
            }
        }
        guard kind == "full" || kind == "change" else {
            return skip(line, "is of the unknown kind “\(kind ?? "")”")
        }
        guard let number, let at else { return skip(line, "has no number or no time") }
        // A run ends with the whole of its last snapshot: the same snapshot, said in full.
        if kind == "full", let last = entries.last, last.number == number, last.at == at { entries.removeLast() }
        entries.append(
            Entry(
                line: line, offset: offset, length: length, isFull: kind == "full", number: number, at: at,
                afterGap: gap))
        gap = false
    }

    private mutating func skip(_ line: Int, _ what: String) {
        found.append(problem(line, what + "; what follows is used from the next full snapshot on"))
        gap = true
    }

    private mutating func checkHeader(_ envelope: RecordingLine.Envelope?, _ bytes: [UInt8]) throws(RecordingProblem) {
        if let version = envelope?.version, version > RecordingLine.version { throw newer(version, 1) }
        guard let header = try? JSONDecoder().decode(RecordingLine.Header.self, from: Data(bytes)),
            header.kind == "header"
        else {
            throw problem(1, "is not the header of a recording: this is no recording of nocturne")
        }
        origin = Origin(site: header.site, program: header.program, started: header.started)
    }

    private func newer(_ version: Int, _ line: Int) -> RecordingProblem {
        problem(
            line,
            "was written in format \(version) and this program reads up to \(RecordingLine.version): use a newer nocturne"
        )
    }

    func problem(_ line: Int, _ message: String) -> RecordingProblem {
        RecordingProblem(file: source.name, line: line, message: "line \(line) " + message)
    }

    /// The bytes of an entry's line.
    func data(_ entry: Entry) throws(RecordingProblem) -> Data {
        Data(try source.read(at: entry.offset, count: entry.length))
    }
}

/// The members every line begins with, read without parsing the rest.
private struct LineHead {
    var kind: String
    var number: Int
    var at: UTC

    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        func skip(_ text: StaticString) -> Bool {
            let length = text.utf8CodeUnitCount
            guard text.withUTF8Buffer({ rest.prefix(length).elementsEqual($0) }) else { return false }
            rest = rest.dropFirst(length)
            return true
        }
        func upTo(_ end: Unicode.Scalar) -> String? {
            guard let stop = rest.firstIndex(of: UInt8(ascii: end)) else { return nil }
            defer { rest = rest[(stop + 1)...] }
            return String(decoding: rest[..<stop], as: UTF8.self)
        }
        guard skip(#"{"kind":""#), let kind = upTo("\""), skip(#","number":"#), let digits = upTo(","),
            let number = Int(digits), skip(#""at":""#), let text = upTo("\""), let at = UTC(iso8601: text)
        else { return nil }
        self.kind = kind
        self.number = number
        self.at = at
    }
}
