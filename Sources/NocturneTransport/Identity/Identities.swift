// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The keys to log in with, in the order they are tried, and those passed over with the reason.
///
/// Agent first: of its keys those that an `identity` file names come before the others, since servers allow few
/// attempts (MaxAuthTries, 6 in OpenSSH). Then files that the agent did not offer.
struct Identities {
    enum Key: CustomStringConvertible {
        case agent(PublicKey, AgentClient)
        case file(KeyFile)

        var description: String {
            switch self {
            case .agent(let key, _): "\(key.description) (agent)"
            case .file(let file): (file.publicKey.map { $0.description + " " } ?? "") + "(\(file.path))"
            }
        }
    }

    var keys: [Key] = []
    /// In words, for the fault when nothing is left.
    var passedOver: [String] = []

    /// Types libssh2 1.10 can sign with in a way that servers still accept; no RSA (SHA-1 only), no FIDO.
    static let usableTypes: Set<String> = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    ]

    @NetworkActor
    static func collect(for endpoint: SSHEndpoint, until deadline: ContinuousClock.Instant) async -> Identities {
        var result = Identities()
        let files = endpoint.identities.map { KeyFile(path: $0) }
        var held: Set<PublicKey> = []
        if let socket = endpoint.agent {
            let agent = AgentClient(socket: socket)
            do throws(AgentClient.Unavailable) {
                let keys = try await agent.keys(until: deadline)
                let named = Set(files.compactMap(\.publicKey) + files.compactMap { publicHalf(of: $0.path) })
                for key in keys.filter(named.contains) + keys.filter({ !named.contains($0) }) {
                    if usableTypes.contains(key.type) {
                        held.insert(key)
                        result.keys.append(.agent(key, agent))
                    } else {
                        result.passedOver.append("\(key.description) (agent): \(why(key.type))")
                    }
                }
                if keys.isEmpty { result.passedOver.append("the agent holds no keys") }
            } catch {
                result.passedOver.append("the agent at \(socket) is of no use: \(error.reason)")
            }
        }
        for file in files {
            switch file.condition {
            case .usable:
                if let key = file.publicKey, held.contains(key) { continue }
                result.keys.append(.file(file))
            case .missing: result.passedOver.append("\(file.path): there is no such file")
            case .unreadable(let reason): result.passedOver.append("\(file.path): cannot be read (\(reason))")
            case .encrypted:
                if let key = file.publicKey ?? publicHalf(of: file.path), held.contains(key) { continue }
                result.passedOver.append("\(file.path): has a passphrase; load it into the agent with ssh-add")
            case .rsa: result.passedOver.append("\(file.path): \(why("ssh-rsa"))")
            case .notAKey: result.passedOver.append("\(file.path): is not a private key")
            }
        }
        return result
    }

    /// The key in the `.pub` file beside a private key.
    private static func publicHalf(of path: String) -> PublicKey? {
        guard case .success(let bytes) = FileBytes.read(path + ".pub", limit: 65_536) else { return nil }
        let fields = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard fields.count >= 2, let blob = Base64.decode(fields[1].utf8) else { return nil }
        return PublicKey(blob: blob)
    }

    private static func why(_ type: String) -> String {
        type == "ssh-rsa"
            ? "RSA key, which libssh2 1.10 can only sign with SHA-1 (refused since OpenSSH 8.8)"
            : "libssh2 1.10 cannot sign with this type of key"
    }
}
