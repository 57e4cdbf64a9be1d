// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import Testing

@testable import NocturneWiring

/// A folder of its own for one test, gone afterwards with everything in it.
private struct Folder: ~Copyable {
    let path = NSTemporaryDirectory() + "nocturne-postmortem-" + UUID().uuidString
    init() { try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func text(_ name: String) -> String? { try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
}

@Suite struct PostmortemFileTests {
    @Test func whatNobodyEditedIsReplaced() throws {
        let folder = Folder()
        let first = try PostmortemFile.write("# One\n", to: folder.path + "/a.md")
        let second = try PostmortemFile.write("# Two\n", to: folder.path + "/a.md")
        #expect(first.path == second.path)
        #expect(second.message == "wrote \(folder.path)/a.md")
        #expect(folder.text("a.md")?.hasPrefix("# Two\n<!-- nocturne: sha256 ") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.md"])
    }

    @Test(arguments: [
        ("# One", "# Won"), ("# One", "One more\n# One"), (" of the above -->", " of the above -->\nlater"),
        ("sha256 ", "sha256 0"),
    ])
    func whatSomebodyEditedStays(from: String, to: String) throws {
        let folder = Folder()
        let path = folder.path + "/a.md"
        _ = try PostmortemFile.write("# One\n", to: path)
        let written = folder.text("a.md") ?? ""
        let edited = written.replacingOccurrences(of: from, with: to)
        try edited.write(toFile: path, atomically: true, encoding: .utf8)
        let second = try PostmortemFile.write("# Two\n", to: path)
        #expect(second.path == folder.path + "/a-2.md")
        #expect(second.message == "wrote \(folder.path)/a-2.md; \(path) was edited and left as it is")
        #expect(folder.text("a.md") == edited)
        // Nobody touched the second one, so a third export goes there again.
        #expect(try PostmortemFile.write("# Three\n", to: path).path == folder.path + "/a-2.md")
        #expect(folder.text("a-2.md")?.hasPrefix("# Three\n") == true)
    }

    @Test func aFileOfSomebodyElseStays() throws {
        let folder = Folder()
        try "mine".write(toFile: folder.path + "/a", atomically: true, encoding: .utf8)
        #expect(try PostmortemFile.write("# One\n", to: folder.path + "/a").path == folder.path + "/a-2")
        #expect(try PostmortemFile.writeNew("{}\n", to: folder.path + "/a").path == folder.path + "/a-3")
        #expect(folder.text("a") == "mine")
    }

    @Test func theLastIncidentIntoAFolder() throws {
        let folder = Folder()
        let start = try #require(UTC(iso8601: "2026-11-21T02:14:05Z"))
        let lost = Event(
            sequence: 1, at: start, subject: Subject(kind: .peer, device: "bkk00", name: "transit"),
            before: "established", after: "active", severity: .bad)
        let written = try PostmortemFile.write(
            events: [lost], site: "my/lab", now: start + .seconds(5), folder: folder.path + "/new")
        #expect(written.path == folder.path + "/new/my-lab-2026-11-21-0214.md")
        #expect(folder.text("new/my-lab-2026-11-21-0214.md")?.contains("bkk00 peer transit") == true)
        let none = #expect(throws: PostmortemFile.Problem.self) {
            try PostmortemFile.write(events: [], site: "lab", now: start, folder: folder.path)
        }
        #expect(none?.message.hasPrefix("there is no incident") == true)
    }

    @Test func whatCannotBeWrittenIsASentence() {
        let refused = #expect(throws: PostmortemFile.Problem.self) {
            try PostmortemFile.write("# One\n", to: "/proc/nocturne.md")
        }
        #expect(refused?.message.hasPrefix("cannot write /proc/nocturne.md: ") == true)
    }
}
