// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A failed system call, by its error number.
struct SystemError: Error, Hashable, Sendable {
    var number: Int32
    var description: String { String(cString: strerror(number)) }
}

/// Whole small files: keys and lists of keys.
enum FileBytes {
    static func read(_ path: String, limit: Int) -> Result<[UInt8], SystemError> {
        let fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard fd >= 0 else { return .failure(SystemError(number: errno)) }
        defer { close(fd) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while result.count < limit {
            let count = Glibc.read(fd, &buffer, buffer.count)
            if count < 0 { return .failure(SystemError(number: errno)) }
            if count == 0 { break }
            result += buffer.prefix(count)
        }
        return .success(result)
    }
}
