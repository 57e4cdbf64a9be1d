// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Keeps `known_hosts` files in memory until they change on disk.
@NetworkActor
final class HostKeyStore {
    private struct Stamp: Hashable {
        var modified: Int
        var nanoseconds: Int
        var size: Int
        var inode: UInt
    }

    private var cache: [[String]: (stamps: [Stamp?], hosts: KnownHosts)] = [:]

    nonisolated init() {}

    func hosts(in files: [String]) -> KnownHosts {
        let stamps = files.map(Self.stamp)
        if let cached = cache[files], cached.stamps == stamps { return cached.hosts }
        let hosts = KnownHosts(files: files)
        cache[files] = (stamps, hosts)
        return hosts
    }

    private static func stamp(_ file: String) -> Stamp? {
        var status = stat()
        guard stat(file, &status) == 0 else { return nil }
        return Stamp(
            modified: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, size: status.st_size,
            inode: UInt(status.st_ino))
    }
}
