// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Synchronization

@testable import NocturneInventory

/// A machine for tests: no variables of the real one, and only these files.
func machine(_ variables: [String: String] = [:], files: Set<String> = []) -> InventoryEnvironment {
    InventoryEnvironment(variables: variables, home: "/home/mai", user: "mai") { files.contains($0) }
}

/// Plays `ssh -G` from texts, one per host.
struct EmbeddedSSH: SSHConfigSource {
    var texts: [String: String] = [:]
    var failure: SSHConfigFailure?
    var calls = CallList()

    func outcomes(for queries: [SSHConfigQuery]) -> [SSHConfigOutcome] {
        queries.map { query in
            calls.add(query)
            if let failure { return .failed(failure) }
            return texts[query.host].map { .told(SSHConfig(parsing: $0)) } ?? .noSSH
        }
    }
}

/// Remembers what was asked.
///
/// The reader runs on one thread, and so does the test that owns this.
final class CallList: Sendable {
    private let list = Mutex<[SSHConfigQuery]>([])
    func add(_ query: SSHConfigQuery) { list.withLock { $0.append(query) } }
    var all: [SSHConfigQuery] { list.withLock { $0 } }
}

func resolve(
    _ text: String, on machine: InventoryEnvironment = machine(), ssh: EmbeddedSSH = EmbeddedSSH()
) throws(InventoryError) -> ResolvedInventory {
    try InventoryReader.resolve(
        bytes: Array(text.utf8), file: "/etc/net/inv.yaml", environment: machine, sshConfig: ssh)
}

/// What is wrong with a text; empty when nothing is.
func problems(_ text: String) -> [InventoryProblem] {
    do {
        _ = try resolve(text)
        return []
    } catch {
        return error.problems
    }
}

/// Complete: ssh need not be asked.
let complete = """
    site: tst
    protected: true
    paths:
      - {name: jump, hops: [ops@jump.example.net:2200, "ops@[2001:db8::5]:22"]}
      - name: direct
        hops: []
    defaults: {user: ops, port: 22, identity: ~/.ssh/id_ed25519, known-hosts: [hosts, /etc/ssh/known], poll: 500ms, become: "sudo -n"}
    devices:
      - {name: r1, platform: routeros, address: 192.0.2.1, group: edge, role: edge router, model: CCR2216}
      - {name: h6, platform: linux, address: "2001:db8::6", runs: [bird, zfs], oob: "ipmitool -H 192.0.2.60"}
      - {name: h7, platform: bird, address: h7.example.net, user: root, port: 2222, identity: [/k/a, /k/b], poll: 5s}
      - {name: f1, platform: frr, address: 192.0.2.9, paths: [jump], ssh: libssh2}

    """
