// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneModel
import NocturneTransport
import Testing

/// Each missing thing on the way to the daemon has its own code, sentence and hint.
@NetworkActor
@Suite struct BirdClimbTests {
    private static let socket = "Unable to connect to server control socket (/run/bird/bird.ctl): "

    private func fault(
        become: String? = nil, _ shell: [(word: String, output: String, status: Int)]
    ) async -> (fault: Fault?, link: ScriptedLink) {
        let link = ScriptedLink.healthy()
        link.shell = shell
        let device = Device(
            name: "bkk06", platform: .bird, endpoint: SSHEndpoint(user: "ops", host: "192.0.2.6"), become: become)
        let driver = BirdDriver(device: device, link: link) { UTC(milliseconds: 0) }
        return (await driver.sweep { _ in }.reach.fault, link)
    }

    @Test func noClient() async throws {
        let (fault, _) = await fault([("command -v birdc", "", 127)])
        #expect(fault?.code == "birdc-not-found")
        #expect(fault?.rung == .daemon)
        #expect(fault?.place == "bkk06 192.0.2.6:22")
        #expect(fault?.hint?.contains("bird2") == true)
    }

    @Test func aPathThatIsNoPathIsNeverRun() async throws {
        let (fault, link) = await fault([("command -v birdc", "/tmp/x;reboot/birdc", 0)])
        #expect(fault?.code == "birdc-not-found")
        #expect(link.asked.count == 1)
    }

    @Test(arguments: ["No such file or directory", "Connection refused"])
    func noDaemon(_ reason: String) async {
        let (fault, link) = await fault(
            become: "sudo -n",
            [("command -v birdc", "/usr/sbin/birdc", 0), ("show status", Self.socket + reason, 1)])
        #expect(fault?.code == "daemon-not-running")
        #expect(fault?.message.contains(reason) == true)
        #expect(!link.asked.contains { $0.hasPrefix("sudo") })
    }

    @Test func noPermissionNamesBothLinesThatGrantIt() async {
        let (fault, _) = await fault([
            ("command -v birdc", "/usr/sbin/birdc", 0), ("show status", Self.socket + "Permission denied", 1),
        ])
        #expect(fault?.code == "socket-permission")
        #expect(fault?.hint?.contains("usermod -aG bird ops") == true)
        #expect(fault?.hint?.contains("ops ALL=(root) NOPASSWD: /usr/sbin/birdc -r *") == true)
    }

    @Test(arguments: [
        ("sudo: a password is required", "sudo-password"),
        ("Sorry, user ops is not allowed to execute '/usr/sbin/birdc -r -v show status' as root.", "sudo-refused"),
        ("ops is not in the sudoers file.", "sudo-refused"), ("sudo: not found", "socket-permission"),
    ])
    func raisingFails(_ output: String, _ code: String) async {
        let (fault, _) = await fault(
            become: "sudo -n",
            [
                ("sudo -n", output, 1), ("command -v birdc", "/usr/sbin/birdc", 0),
                ("show status", Self.socket + "Permission denied", 1),
            ])
        #expect(fault?.code == code)
        #expect(fault?.hint?.contains("NOPASSWD") == true)
    }

    @Test func raisingWorksWhenItIsNeededAndOnlyThen() async {
        let (fault, link) = await fault(
            become: "sudo -n",
            [
                ("sudo -n", "0013 Daemon is up and running", 0), ("command -v birdc", "/usr/sbin/birdc", 0),
                ("show status", Self.socket + "Permission denied", 1),
            ])
        #expect(fault == nil)
        #expect(link.asked.contains("exec sudo -n /usr/sbin/birdc -r -v 2>&1"))
        let (_, plain) = await self.fault(become: "sudo -n", ScriptedLink.healthy().shell)
        #expect(!plain.asked.contains { $0.contains("sudo") })
    }

    @Test func theDoctorNamesTheRungAndTheLineThatGrantsIt() async throws {
        let link = ScriptedLink.healthy()
        link.shell[1] = ("show status", Self.socket + "Permission denied", 1)
        let device = Device(name: "bkk06", platform: .bird, endpoint: SSHEndpoint(user: "ops", host: "192.0.2.6"))
        let report = await BirdDriver(device: device, link: link) { UTC(milliseconds: 0) }.sweep { _ in }
        let lines = Doctor.lines(for: report)
        #expect(lines.prefix(7).map(\.subject) == Rung.allCases.map(\.rawValue))
        #expect(lines.prefix(6).allSatisfy { $0.verdict == .ok })
        let last = try #require(lines.last)
        #expect(last.verdict == .fail)
        #expect(last.subject == "daemon")
        #expect(last.hint?.contains("usermod") == true)
    }

    @Test func whatIsAboveTheFailingRungIsNotReached() {
        let fault = Fault(rung: .key, code: "host-key-changed", place: "x", message: "Changed.", retries: false)
        let report = SweepReport(
            device: "a", reach: Reach(climbed: .algo, fault: fault), began: UTC(milliseconds: 0),
            ended: UTC(milliseconds: 0))
        #expect(
            Doctor.lines(for: report).map(\.verdict)
                == [.ok, .ok, .ok, .fail, .notReached, .notReached, .notReached])
    }
}
