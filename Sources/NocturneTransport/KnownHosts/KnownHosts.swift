// SPDX-License-Identifier: Apache-2.0

/// The host keys a user trusts, by `known_hosts` files; read, never written.
///
/// libssh2 has a reader too, but it takes a revoked key for a good one and knows no patterns. The form is that of
/// sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT": `[@marker] hosts type key [comment]`, where hosts are
///
/// ```
/// bkk00,10.155.255.4          names and addresses
/// [bkk00]:2222                with a port other than 22
/// *.example.net,!a.example.net  patterns; a match with ! takes the line out
/// |1|salt|hash                one hashed name: HMAC-SHA1 of it under the salt
/// ```
struct KnownHosts: Sendable {
    struct Entry: Hashable, Sendable {
        enum Marker: Hashable, Sendable { case none, revoked, authority }
        var marker: Marker
        var hosts: String
        var key: PublicKey
        var file: String
        var line: Int
        var place: String { "\(file):\(line)" }
    }

    enum Verdict: Hashable, Sendable {
        case match
        /// No key of this type for the host; `others` are its keys of other types.
        case unknown(others: [Entry])
        case changed(Entry)
        case revoked(Entry)
    }

    private(set) var entries: [Entry] = []
    /// Files that could not be read.
    private(set) var unreadable: [String] = []

    init() {}

    init(files: [String]) {
        for file in files {
            switch FileBytes.read(file, limit: 16 << 20) {
            case .success(let bytes): add(String(decoding: bytes, as: UTF8.self), file: file)
            case .failure: unreadable.append(file)
            }
        }
    }

    mutating func add(_ text: String, file: String) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" })[...]
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            var marker = Entry.Marker.none
            if first.hasPrefix("@") {
                switch first {
                case "@revoked": marker = .revoked
                case "@cert-authority": marker = .authority
                default: continue
                }
                fields = fields.dropFirst()
            }
            guard fields.count >= 3, let blob = Base64.decode(fields[fields.startIndex + 2].utf8) else { continue }
            entries.append(
                Entry(
                    marker: marker, hosts: String(fields[fields.startIndex]), key: PublicKey(blob: blob), file: file,
                    line: index + 1))
        }
    }

    /// The name a host is filed under: its alias as it stands, else its name, with the port when that is not 22.
    static func name(host: String, port: Int, alias: String?) -> String {
        if let alias { return alias.lowercased() }
        return port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    }

    /// The types of key known for a host, in the order of the files; the exchange should prefer these.
    func keyTypes(host: String, port: Int, alias: String?) -> [String] {
        var types: [String] = []
        for name in names(host: host, port: port, alias: alias) {
            for entry in entries where entry.marker == .none && Self.matches(entry.hosts, name) {
                if !types.contains(entry.key.type) { types.append(entry.key.type) }
            }
            if !types.isEmpty { break }
        }
        return types
    }

    func check(host: String, port: Int, alias: String?, key: PublicKey) -> Verdict {
        let names = names(host: host, port: port, alias: alias)
        if let bad = entries.first(where: { entry in
            entry.marker == .revoked && entry.key == key && names.contains { Self.matches(entry.hosts, $0) }
        }) {
            return .revoked(bad)
        }
        var found: [Entry] = []
        for (index, name) in names.enumerated() {
            let known = entries.filter { $0.marker == .none && Self.matches($0.hosts, name) }
            if known.contains(where: { $0.key == key }) { return .match }
            // The entry without the port may vouch for a key, as for ssh(1), but never accuse one.
            if index == 0 { found = known }
        }
        if let other = found.first(where: { $0.key.type == key.type }) { return .changed(other) }
        return .unknown(others: found)
    }

    private func names(host: String, port: Int, alias: String?) -> [String] {
        let name = Self.name(host: host, port: port, alias: alias)
        return alias == nil && port != 22 ? [name, host.lowercased()] : [name]
    }

    static func matches(_ hosts: String, _ name: String) -> Bool {
        if hosts.hasPrefix("|1|") {
            let parts = hosts.split(separator: "|", omittingEmptySubsequences: false)
            guard parts.count == 4, let salt = Base64.decode(parts[2].utf8), let hash = Base64.decode(parts[3].utf8)
            else { return false }
            return Digests.hmacSHA1(key: salt, Array(name.utf8)) == hash
        }
        var matched = false
        for pattern in hosts.lowercased().split(separator: ",") {
            if pattern.hasPrefix("!") {
                if glob(Array(pattern.dropFirst().utf8)[...], Array(name.utf8)[...]) { return false }
            } else if glob(Array(pattern.utf8)[...], Array(name.utf8)[...]) {
                matched = true
            }
        }
        return matched
    }

    /// `*` any characters, `?` one; linear in the text by remembering the last star only.
    private static func glob(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var p = pattern.startIndex
        var t = text.startIndex
        var star: (pattern: Int, text: Int)?
        while t < text.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                star = (p, t)
                p += 1
            } else if p < pattern.endIndex, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                p = last.pattern + 1
                t = last.text + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
