// SPDX-License-Identifier: Apache-2.0

import Foundation
import NocturneModel
import Testing

@Suite struct UTCTests {
    @Test func writesWhatAnotherCalendarWrites() {
        // Every 17 days and some seconds from before 1900 to after 2100.
        for days in stride(from: -30_000, through: 50_000, by: 17) {
            let seconds = days * 86_400 + (days &* 7919) % 86_400
            let date = Date(timeIntervalSince1970: Double(seconds))
            let text = date.formatted(.iso8601)
            #expect(UTC(milliseconds: Int64(seconds) * 1000).description == text)
            #expect(UTC(iso8601: text)?.milliseconds == Int64(seconds) * 1000)
        }
    }

    @Test func parts() {
        let instant = UTC(milliseconds: 1_795_227_245_250)
        #expect(instant.description == "2026-11-21T02:14:05.250Z")
        #expect(instant.date == "2026-11-21")
        #expect(instant.clock == "02:14:05")
        #expect(instant.clockMinutes == "02:14")
        #expect(UTC(milliseconds: 0).description == "1970-01-01T00:00:00Z")
        #expect(UTC(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
        #expect(UTC(milliseconds: 5).description == "1970-01-01T00:00:00.005Z")
    }

    @Test(arguments: [
        ("2026-11-21T02:11:26Z", 1_795_227_086_000), ("2026-11-21 02:11:26", 1_795_227_086_000),
        ("2026-11-21 02:11:26.953", 1_795_227_086_953), ("2026-11-21T02:11:26.9Z", 1_795_227_086_900),
        ("2026-11-21T02:11:26.95Z", 1_795_227_086_950), ("2026-11-21T02:11:26.953999Z", 1_795_227_086_953),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000), ("2000-02-29 23:59:59", 951_868_799_000),
    ])
    func reads(_ text: String, _ milliseconds: Int64) {
        #expect(UTC(iso8601: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "02:11:26", "2026-11-21", "2026-11-21T02:11Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-02-29T00:00:00Z", "2026-02-31T00:00:00Z", "2026-04-31T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T02:60:00Z", "2026-11-21T02:11:61Z",
        "2026-11-21T02:11:26+07:00", "2026-11-21T02:11:26.Z", "2026-11-21T02:11:26Zx", "+026-11-21T02:11:26Z",
        "2026-11-2١T02:11:26Z", "2026/11/21 02:11:26",
    ])
    func refuses(_ text: String) { #expect(UTC(iso8601: text) == nil) }

    @Test func arithmetic() {
        let instant = UTC(milliseconds: 10_000)
        #expect(instant + .seconds(2) == UTC(milliseconds: 12_000))
        #expect(instant - .milliseconds(1) == UTC(milliseconds: 9_999))
        #expect(UTC(milliseconds: 12_500) - instant == .milliseconds(2_500))
        #expect(instant < UTC(milliseconds: 10_001))
        #expect(Duration.milliseconds(2_345).seconds == 2.345)
        #expect((Duration.zero - .microseconds(1500)).milliseconds == -1)
    }

    @Test func isTextInADocument() throws {
        let instants = [UTC(milliseconds: 1_795_227_245_250)]
        let data = try JSONEncoder().encode(instants)
        #expect(String(decoding: data, as: UTF8.self) == #"["2026-11-21T02:14:05.250Z"]"#)
        #expect(try JSONDecoder().decode([UTC].self, from: data) == instants)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([UTC].self, from: Data(#"["now"]"#.utf8)) }
    }
}
