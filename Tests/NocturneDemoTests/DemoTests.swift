// SPDX-License-Identifier: Apache-2.0

import NocturneJournal
import NocturneModel
import Testing

@testable import NocturneDemo

@Suite struct DemoTests {
    private func cursor() throws -> ReplayCursor {
        ReplayCursor(try RecordingReader(name: Demo.name, bytes: Demo.recording))
    }

    @Test func staysSmall() {
        #expect(Demo.packed.count < 40_000)
    }

    @Test func everyLineCanBeUsed() throws {
        var cursor = try cursor()
        var snapshots = 0
        while cursor.next() != nil { snapshots += 1 }
        #expect(cursor.problems == [])
        #expect(snapshots == cursor.reader.count && snapshots > 50)
    }

    @Test func showsAHealthyNetworkFirst() throws {
        var cursor = try cursor()
        var healthy = false
        while !healthy, let snapshot = cursor.next() {
            healthy = snapshot.devices.allSatisfy { device in
                device.reach.complete && device.peers?.value.allSatisfy { $0.state == .established } == true
            }
        }
        #expect(healthy)
    }

    /// One look at it, such as `nocturne peers --demo`, shows the last snapshot: there must be something to see.
    @Test func endsInTheMiddleOfTheIncident() throws {
        var cursor = try cursor()
        let end = cursor.seekToEnd()
        let last = try #require(end)
        let down = last.devices.flatMap { $0.peers?.value ?? [] }.filter { $0.state != .established }
        #expect(!down.isEmpty)
        #expect(last.devices.contains { $0.isDark(at: last.at) })
        #expect(last.devices.contains { !$0.isDark(at: last.at) })
        #expect(last.anycastRows(at: last.at).contains { $0.verdict == .blackhole })
        #expect(last.anycastRows(at: last.at).contains { $0.verdict == .ok })
        #expect(last.serviceRows(at: last.at).contains { $0.ratio == "2 of 3" })
        #expect(last.incidents(at: last.at).last?.isOpen == true)
    }

    @Test func namesNoPlaceOfTheMachineItWasMadeOn() {
        let text = String(decoding: Demo.recording, as: UTF8.self)
        for place in ["/home/", "/root/", "/run/nocturne-", "/run/user", "/tmp/", "/work/"] {
            #expect(!text.contains(place), "\(place)")
        }
    }
}

@Suite struct LZ4BlockTests {
    @Test func literalsAlone() {
        #expect(LZ4Block.unpack([0x50] + Array("quiet".utf8)) == Array("quiet".utf8))
    }

    @Test func aMatchMayReachIntoItself() {
        #expect(LZ4Block.unpack([0x14, 97, 1, 0, 0x10, 98]) == Array("aaaaaaaaab".utf8))
    }

    @Test func longCountsGoOnAfterFifteen() {
        let literals = [UInt8](repeating: 120, count: 15 + 255 + 2)
        #expect(LZ4Block.unpack([0xF0, 255, 2] + literals) == literals)
        #expect(LZ4Block.unpack([0x1F, 97, 1, 0, 255, 1, 0x00]).count == 1 + 15 + 255 + 1 + 4)
    }

    @Test(
        arguments: [
            [], [0xF0], [0xF0, 255], [0x50, 1], [0x14, 97, 2, 0], [0x14, 97, 0, 0], [0x14, 97, 1],
        ] as [[UInt8]]) func damageEndsIt(_ block: [UInt8])
    {
        #expect(LZ4Block.unpack(block).count <= 1)
    }
}
