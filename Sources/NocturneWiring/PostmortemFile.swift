// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneJournal
import NocturneModel
import NocturneReport

/// Writes incidents into files, and never over what a person has written.
///
/// The last line of an export holds the hash of everything above it. A file whose hash fits is as it was written and
/// may be replaced by a newer export of the same incident; any other file stays, and the export goes beside it, to
/// `NAME-2.md`, then `NAME-3.md`, and so on.
///
/// ```swift
/// let written = try PostmortemFile.write(events: snapshot.events, site: snapshot.site, now: now, folder: folder)
/// say(written.message)     // wrote /home/anna/lab-2026-11-21-0214.md
/// ```
public enum PostmortemFile {
    public struct Written: Hashable, Sendable {
        public var path: String
        /// In a sentence, with what was left alone.
        public var message: String
    }

    /// Why nothing was written, in a sentence with the path in it.
    public struct Problem: Error, Hashable, Sendable {
        public var message: String
        public init(message: String) { self.message = message }
    }

    /// Exports the last incident in `events` into a folder, under a name made of site and start.
    public static func write(
        events: [Event], site: String, now: UTC, folder: String
    ) throws(Problem) -> Written {
        guard let incident = Incident.all(in: events, at: now).last else {
            throw Problem(message: "there is no incident to export: nothing was lost in what is known")
        }
        return try write(incident: incident, events: events, site: site, now: now, folder: folder)
    }

    /// Exports one incident into a folder, under a name made of site and start.
    public static func write(
        incident: Incident, events: [Event], site: String, now: UTC, folder: String
    ) throws(Problem) -> Written {
        let stem = String(site.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" ? $0 : "-" })
        let minute = incident.start.clockMinutes.filter { $0 != ":" }
        let text = Postmortem(incident: incident, events: events, site: site, now: now).markdown
        return try write(text, to: "\(folder)/\(stem)-\(incident.start.date)-\(minute).md")
    }

    /// Writes a Markdown export to `path`, or beside it.
    public static func write(_ markdown: String, to path: String) throws(Problem) -> Written {
        try put(markdown + footer(of: markdown), at: path) { isAsWritten($0) }
    }

    /// Writes what has no place for a hash, such as JSON: never over anything.
    public static func writeNew(_ text: String, to path: String) throws(Problem) -> Written {
        try put(text, at: path) { _ in false }
    }

    /// `<!-- nocturne: sha256 … of the above -->`
    static func footer(of text: String) -> String {
        "<!-- nocturne: sha256 \(Digest.hex(Array(text.utf8))) of the above -->\n"
    }

    /// Whether a file is as an export left it.
    static func isAsWritten(_ text: String) -> Bool {
        guard let line = text.dropLast().lastIndex(of: "\n") else { return false }
        let above = String(text[...line])
        return text[text.index(after: line)...] == footer(of: above)
    }

    private static func put(
        _ text: String, at path: String, mayReplace: (String) -> Bool
    ) throws(Problem) -> Written {
        var kept: [String] = []
        for number in 1...999 {
            let candidate = number == 1 ? path : numbered(path, number)
            if let there = try contents(candidate) {
                guard there == text || mayReplace(there) else {
                    kept.append(candidate)
                    continue
                }
            }
            try replace(candidate, with: text)
            let left = kept.isEmpty ? "" : "; \(kept.joined(separator: ", ")) was edited and left as it is"
            return Written(path: candidate, message: "wrote \(candidate)\(left)")
        }
        throw Problem(message: "cannot write \(path): 999 files beside it are taken")
    }

    private static func numbered(_ path: String, _ number: Int) -> String {
        let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[name...].lastIndex(of: "."), dot != name else { return "\(path)-\(number)" }
        return "\(path[..<dot])-\(number)\(path[dot...])"
    }

    /// Nil when there is no such file.
    private static func contents(_ path: String) throws(Problem) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw problem("read", path)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw problem("read", path) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// Whole or not at all: written beside, put on disk, then renamed.
    private static func replace(_ path: String, with text: String) throws(Problem) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { _ = mkdir(String(path[..<slash]), 0o700) }
        let draft = "\(path).\(getpid()).part"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem("write", path) }
        var bytes = Array(text.utf8)[...]
        var failed = false
        while !bytes.isEmpty, !failed {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            failed = count <= 0
            if !failed { bytes = bytes.dropFirst(count) }
        }
        if !failed { failed = fsync(file) != 0 }
        let wrong = failed ? problem("write", path) : nil
        close(file)
        if let wrong {
            unlink(draft)
            throw wrong
        }
        guard rename(draft, path) == 0 else {
            let wrong = problem("write", path)
            unlink(draft)
            throw wrong
        }
    }

    private static func problem(_ what: String, _ path: String) -> Problem {
        Problem(message: "cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}
