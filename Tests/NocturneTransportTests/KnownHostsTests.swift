// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NocturneTransport

/// The forms of sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT", each with what it vouches for and what not.
struct KnownHostsTests {
    private static func blob(_ type: String, _ seed: UInt8) -> [UInt8] {
        WireWriter.string(type.utf8) + WireWriter.string([UInt8](repeating: seed, count: 32))
    }
    private let ed = PublicKey(blob: blob("ssh-ed25519", 1))
    private let otherEd = PublicKey(blob: blob("ssh-ed25519", 2))
    private let ecdsa = PublicKey(blob: blob("ecdsa-sha2-nistp256", 3))

    private func line(_ hosts: String, _ key: PublicKey) -> String {
        "\(hosts) \(key.type) \(Base64.encode(key.blob)) a comment\n"
    }

    private func check(_ text: String, _ host: String, _ port: Int, alias: String? = nil, _ key: PublicKey)
        -> KnownHosts.Verdict
    {
        var hosts = KnownHosts()
        hosts.add(text, file: "known_hosts")
        return hosts.check(host: host, port: port, alias: alias, key: key)
    }

    private func check(_ text: String, _ host: String, _ key: PublicKey) -> KnownHosts.Verdict {
        check(text, host, 22, key)
    }

    @Test func namesAndAddresses() {
        let text = "# comment\n\n" + line("bkk00,10.155.255.4", ed)
        #expect(check(text, "bkk00", ed) == .match)
        #expect(check(text, "BKK00", ed) == .match)
        #expect(check(text, "10.155.255.4", ed) == .match)
        #expect(check(text, "bkk0", ed) == .unknown(others: []))
    }

    @Test func changedNamesFileAndLine() {
        let verdict = check("# first\n" + line("bkk00", ed), "bkk00", otherEd)
        guard case .changed(let entry) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(entry.place == "known_hosts:2")
        #expect(entry.key == ed)
    }

    @Test func aSecondKeyOfTheSameTypeIsAMatchToo() {
        #expect(check(line("bkk00", ed) + line("bkk00", otherEd), "bkk00", otherEd) == .match)
    }

    @Test func anotherTypeIsUnknownAndNamed() {
        guard case .unknown(let others) = check(line("bkk00", ed), "bkk00", ecdsa) else {
            Issue.record("not unknown")
            return
        }
        #expect(others.map(\.key) == [ed])
    }

    @Test func ports() {
        let text = line("[bkk00]:2222", ed)
        #expect(check(text, "bkk00", 2222, ed) == .match)
        #expect(check(text, "bkk00", 22, ed) == .unknown(others: []))
        // Without its port a line vouches for any port, as for ssh(1), but accuses nobody.
        #expect(check(line("bkk00", ed), "bkk00", 2222, ed) == .match)
        #expect(check(line("bkk00", ed), "bkk00", 2222, otherEd) == .unknown(others: []))
        #expect(check(line("2001:db8::1", ed), "2001:db8::1", ed) == .match)
    }

    @Test func aliasStandsAlone() {
        #expect(check(line("router", ed), "10.0.0.1", 2222, alias: "router", ed) == .match)
        #expect(check(line("10.0.0.1", ed), "10.0.0.1", 22, alias: "router", ed) == .unknown(others: []))
    }

    @Test func patterns() {
        let text = line("*.example.net,!bad.example.net,rt?", ed)
        #expect(check(text, "a.example.net", ed) == .match)
        #expect(check(text, "rt1", ed) == .match)
        #expect(check(text, "rt12", ed) == .unknown(others: []))
        #expect(check(text, "bad.example.net", ed) == .unknown(others: []))
        #expect(check(line("a*b*c", ed), "a" + String(repeating: "b", count: 5000), ed) == .unknown(others: []))
    }

    @Test func hashed() {
        let salt: [UInt8] = Array(0..<20)
        func hash(_ name: String) -> String {
            "|1|\(Base64.encode(salt))|\(Base64.encode(Digests.hmacSHA1(key: salt, Array(name.utf8))))"
        }
        #expect(check(line(hash("bkk00"), ed), "bkk00", ed) == .match)
        #expect(check(line(hash("[bkk00]:2222"), ed), "bkk00", 2222, ed) == .match)
        #expect(check(line(hash("bkk01"), ed), "bkk00", ed) == .unknown(others: []))
    }

    @Test func revokedWinsOverEverything() {
        let text = line("bkk00", ed) + "@revoked * \(ed.type) \(Base64.encode(ed.blob))\n"
        guard case .revoked(let entry) = check(text, "bkk00", ed) else {
            Issue.record("not revoked")
            return
        }
        #expect(entry.line == 2)
        #expect(check(text, "bkk00", otherEd) != .match)
    }

    @Test func authoritiesAndOtherMarkersVouchForNoPlainKey() {
        #expect(check("@cert-authority * \(ed.type) \(Base64.encode(ed.blob))\n", "bkk00", ed) == .unknown(others: []))
        #expect(check("@new * \(ed.type) \(Base64.encode(ed.blob))\n", "bkk00", ed) == .unknown(others: []))
    }

    @Test func linesThatAreNotOnesAreSkipped() {
        let text = "bkk00\nbkk00 ssh-ed25519\nbkk00 ssh-ed25519 !!!\n\0\u{FFFD}\n\t" + line("bkk00", ed)
        #expect(check(text, "bkk00", ed) == .match)
    }

    @Test func preferenceFollowsWhatIsKnown() {
        var hosts = KnownHosts()
        hosts.add(line("bkk00", ecdsa) + "@revoked bkk00 \(ed.type) \(Base64.encode(ed.blob))\n", file: "k")
        let types = hosts.keyTypes(host: "bkk00", port: 22, alias: nil)
        #expect(types == ["ecdsa-sha2-nistp256"])
        #expect(Algorithms(knownHostKeyTypes: types).hostKey.first == "ecdsa-sha2-nistp256")
        #expect(Algorithms(knownHostKeyTypes: ["ssh-rsa"]).hostKey == Algorithms().hostKey)
    }

    @Test func base64AndFingerprints() {
        for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar"] {
            #expect(Base64.decode(Base64.encode(text.utf8).utf8) == Array(text.utf8))
        }
        #expect(Base64.encode("fooba".utf8) == "Zm9vYmE=")
        #expect(Base64.decode("Zm9v*".utf8) == nil)
        #expect(Base64.decode("Z".utf8) == nil)
        // RFC 6234, the digest of "abc".
        #expect(Digests.sha256(Array("abc".utf8)).prefix(4).elementsEqual([0xBA, 0x78, 0x16, 0xBF]))
        // RFC 2202, test case 2.
        let mac = Digests.hmacSHA1(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(mac.prefix(4).elementsEqual([0xEF, 0xFC, 0xDF, 0x6A]))
    }
}
