// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whether an address is one of a prefix: both are compared as bytes, since an address has several spellings.
enum NetworkPrefix {
    static func holds(_ prefix: String, _ address: Substring) -> Bool {
        let parts = prefix.split(separator: "/")
        guard parts.count == 2, let length = Int(parts[1]), let network = bytes(String(parts[0])),
            let host = bytes(String(address)), network.count == host.count, (0...network.count * 8).contains(length)
        else { return false }
        return zip(network, host).enumerated().allSatisfy { index, pair in
            let kept = min(8, max(0, length - index * 8))
            return kept == 0 || (pair.0 ^ pair.1) >> (8 - kept) == 0
        }
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let isSix = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isSix ? 16 : 4)
        return inet_pton(isSix ? AF_INET6 : AF_INET, text, &bytes) == 1 ? bytes : nil
    }
}
