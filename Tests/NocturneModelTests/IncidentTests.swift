// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

private func at(_ seconds: Double) -> UTC { UTC(milliseconds: 1_795_226_400_000 + Int64(seconds * 1000)) }

private func peer(_ name: String, on device: DeviceName = "bkk00") -> Subject {
    Subject(kind: .peer, device: device, name: name)
}

/// A small night: events numbered in the order they are written.
private struct Night {
    var events: [Event] = []

    mutating func lost(
        _ subject: Subject, at seen: Double, device: Double? = nil, after bound: Double? = nil
    ) {
        add(subject, seen, device, bound, before: "established", after: "active", .bad)
    }

    mutating func back(_ subject: Subject, at seen: Double, device: Double? = nil, after bound: Double? = nil) {
        add(subject, seen, device, bound, before: "active", after: "established", .good)
    }

    mutating func dark(_ device: DeviceName, at seen: Double, before: String? = "observed") {
        add(Subject(kind: .device, device: device), seen, nil, nil, before: before, after: "dark", .warning)
    }

    mutating func observed(_ device: DeviceName, at seen: Double) {
        add(Subject(kind: .device, device: device), seen, nil, nil, before: "dark", after: "observed", .good)
    }

    mutating func note(_ text: String, at seen: Double) {
        add(Subject(kind: .note), seen, nil, nil, before: nil, after: text, .info, source: .note)
    }

    mutating func add(
        _ subject: Subject, _ seen: Double, _ device: Double?, _ bound: Double?, before: String?, after: String,
        _ severity: Event.Severity, source: Event.Source = .observed
    ) {
        events.append(
            Event(
                sequence: events.count + 1, at: at(seen), notBefore: bound.map(at), deviceTime: device.map(at),
                subject: subject, before: before, after: after, severity: severity, source: source))
    }

    func incidents(_ now: Double = 1000) -> [Incident] { Incident.all(in: events, at: at(now)) }
}

@Suite struct IncidentTests {
    @Test func peaceIsNoIncident() {
        var night = Night()
        night.note("quiet", at: 1)
        night.back(peer("a"), at: 2)
        #expect(night.incidents().isEmpty)
    }

    @Test func whatTheDeviceSaysComesFirstThoughItWasSeenLater() throws {
        var night = Night()
        night.lost(peer("seen-first"), at: 10)
        night.lost(peer("was-first"), at: 12, device: 9)
        night.back(peer("seen-first"), at: 20)
        night.back(peer("was-first"), at: 22, device: 21)
        let incident = try #require(night.incidents().first)
        #expect(night.incidents().count == 1)
        #expect(incident.first.subject.name == "was-first")
        #expect(incident.start == at(9) && incident.end == at(21))
        #expect(incident.impacts.map(\.subject.name) == ["seen-first", "was-first"])
        #expect(incident.impacts.map(\.lostMilliseconds) == [10_000, 12_000])
        #expect(incident.impacts.allSatisfy { $0.isBack })
        #expect(incident.events.map(\.sequence) == [2, 1, 3, 4])
    }

    @Test func aClockThatIsWrongIsNotBelieved() throws {
        var night = Night()
        night.lost(peer("a"), at: 10, device: 3610, after: 8)
        night.back(peer("a"), at: 20, device: -3580, after: 18)
        let incident = try #require(night.incidents().first)
        #expect(incident.start == at(10) && incident.end == at(20))
        #expect(!incident.first.isExact)
    }

    @Test func aRecoveryIsNeverBeforeItsLoss() throws {
        var night = Night()
        night.lost(peer("a"), at: 10, after: 8)
        // Within the grace of a clock, and before the loss was seen.
        night.back(peer("a"), at: 12, device: 9.5, after: 10)
        let incident = try #require(night.incidents().first)
        #expect(incident.end == at(10))
        #expect(incident.impacts.map(\.lostMilliseconds) == [0])
    }

    @Test func aFlapIsOneStoryAndKeepsWhatWasSaidBetween() throws {
        var night = Night()
        night.lost(peer("a"), at: 10)
        night.back(peer("a"), at: 20)
        night.note("looks odd", at: 40)
        night.lost(peer("a"), at: 70)
        night.back(peer("a"), at: 75)
        let incidents = night.incidents()
        #expect(incidents.count == 1)
        #expect(incidents.first?.impacts.first?.lostMilliseconds == 15_000)
        #expect(incidents.first?.events.map(\.sequence) == [1, 2, 3, 4, 5])
        #expect(incidents.first?.end == at(75))
    }

    @Test func afterAMinuteItIsAnotherOne() {
        var night = Night()
        night.lost(peer("a"), at: 10)
        night.back(peer("a"), at: 20)
        night.note("! ask the provider", at: 60)
        night.lost(peer("a"), at: 81)
        let incidents = night.incidents(101)
        #expect(incidents.map(\.number) == [1, 2])
        #expect(incidents.first?.events.last?.after == "! ask the provider")
        #expect(incidents.last?.isOpen == true)
        #expect(incidents.last?.impacts.first?.lostMilliseconds == 20_000)
        #expect(incidents.last?.impacts.first?.isBack == false)
    }

    @Test func notesAndChangesWithinBelongToItAndAreNoSymptoms() throws {
        var night = Night()
        let change = Subject(kind: .change, device: "bkk00", name: "20261121-1")
        night.add(change, 1, nil, nil, before: nil, after: "planned", .info, source: .change)
        night.lost(peer("a"), at: 10)
        night.add(change, 12, nil, nil, before: "applied", after: "reverting", .bad, source: .change)
        night.note("rolled back", at: 13)
        night.back(peer("a"), at: 20)
        let incident = try #require(night.incidents().first)
        #expect(incident.events.map(\.sequence) == [2, 3, 4, 5])
        #expect(incident.impacts.map(\.subject) == [peer("a")])
    }

    @Test func darkIsAGapAndNotALoss() throws {
        var night = Night()
        night.lost(peer("a"), at: 10)
        night.dark("bkk07", at: 11)
        night.back(peer("a"), at: 20)
        night.observed("bkk07", at: 300)
        let incident = try #require(night.incidents().first)
        #expect(night.incidents().count == 1)
        #expect(incident.end == at(20))
        #expect(incident.impacts.map(\.subject) == [peer("a")])
        #expect(incident.gaps.map(\.subject) == [Subject(kind: .device, device: "bkk07")])
        #expect(incident.gaps.first?.from == at(11) && incident.gaps.first?.to == at(300))
    }

    @Test func darkAloneIsAnIncident() throws {
        var night = Night()
        night.dark("bkk06", at: 1, before: nil)
        #expect(night.incidents().isEmpty, "never seen is not gone dark")
        night.dark("bkk07", at: 10)
        #expect(night.incidents(15).first?.isOpen == true)
        night.observed("bkk07", at: 25)
        let incident = try #require(night.incidents().first)
        #expect(incident.end == at(25))
        #expect(incident.impacts.map(\.lostMilliseconds) == [15_000])
    }

    @Test func aLostPathIsAGap() throws {
        var night = Night()
        let path = Subject(kind: .path, name: "jump")
        night.add(path, 10, nil, nil, before: "alive", after: "lost", .bad)
        night.lost(peer("a"), at: 12)
        night.back(peer("a"), at: 15)
        night.add(path, 18, nil, nil, before: "lost", after: "alive", .good)
        let incident = try #require(night.incidents().first)
        #expect(incident.first.subject == path)
        #expect(incident.impacts.map(\.subject) == [peer("a")])
        #expect(incident.gaps.map(\.to) == [at(18)])
    }

    @Test func whatIsTakenOutWhileItIsDownKeepsNothingOpen() throws {
        var night = Night()
        night.lost(peer("a"), at: 10)
        night.add(peer("a"), 30, nil, nil, before: "active", after: "absent", .info)
        let incident = try #require(night.incidents().first)
        #expect(incident.end == at(30))
        #expect(incident.impacts.first?.isBack == false)
        #expect(incident.impacts.first?.lostMilliseconds == 20_000)
    }

    @Test(arguments: 1...20)
    func everyOrderOfWritingTellsTheSame(seed: UInt64) {
        var night = Night()
        for row in 0..<6 {
            night.lost(peer("p\(row)"), at: 100 + Double(row), device: 90 + Double(row))
            night.back(peer("p\(row)"), at: 200 + Double(row), device: 190 + Double(row))
        }
        let wanted = night.incidents()
        // Pairs of loss and recovery in another order: other consoles ask in another order.
        var state = seed
        var pairs = Array(0..<6)
        for at in pairs.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1
            pairs.swapAt(at, Int(state >> 33) % 6)
        }
        let shuffled = pairs.flatMap { [night.events[$0 * 2], night.events[$0 * 2 + 1]] }
        let told = Incident.all(in: shuffled, at: at(1000))
        #expect(told.map(\.start) == wanted.map(\.start) && told.map(\.end) == wanted.map(\.end))
        #expect(told.map(\.impacts) == wanted.map(\.impacts))
    }
}
