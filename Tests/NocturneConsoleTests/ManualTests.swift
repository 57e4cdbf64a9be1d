// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import NocturneConsole
import Testing

/// The man page tells of the keys that exist and of no others.
@Suite struct ManualTests {
    private static let begin = ".\\\" BEGIN KEYS\n"
    private static let end = ".\\\" END KEYS\n"

    private var page: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
            + "/man/nocturne.1"
    }

    @Test func theKeysOfTheManPageAreThoseOfTheRegistry() throws {
        let text = String(decoding: try Data(contentsOf: URL(filePath: page)), as: UTF8.self)
        let start = try #require(text.firstRange(of: Self.begin)?.upperBound, "man/nocturne.1 has no BEGIN KEYS")
        let stop = try #require(text.firstRange(of: Self.end)?.lowerBound, "man/nocturne.1 has no END KEYS")
        if getenv("UPDATE_MANUAL").map({ String(cString: $0) }) == "1" {
            let made = text[..<start] + ActionRegistry.manual + text[stop...]
            try Data(made.utf8).write(to: URL(filePath: page))
            return
        }
        #expect(
            text[start..<stop] == ActionRegistry.manual,
            "man/nocturne.1 is behind the action registry: UPDATE_MANUAL=1 swift test --filter ManualTests")
    }
}
