// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output and error as descriptors: `stdout` of C is shared mutable state that Swift 6 refuses.
enum Output {
    /// Writes a text and a newline to standard output; a reader that went away is 74, as the contract says.
    static func print(_ text: String) throws {
        guard write(text.hasSuffix("\n") ? text : text + "\n", to: 1) else {
            throw Failure(.cannotWrite, "standard output: " + String(cString: strerror(errno)))
        }
    }

    static func error(_ text: String) { _ = write(text + "\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
