// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The bytes of a recording: a file, which may still be growing, or an array that is part of the program.
struct RecordingSource: Sendable {
    private enum Bytes: Sendable {
        case file(OpenFile)
        case array([UInt8])
    }

    let name: String
    private let bytes: Bytes

    init(path: String) throws(RecordingProblem) {
        name = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw RecordingProblem(file: path, message: "cannot be opened: \(String(cString: strerror(errno)))")
        }
        bytes = .file(OpenFile(descriptor: descriptor))
    }

    init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = .array(bytes)
    }

    /// At most `count` bytes from `offset`; empty at the end.
    func read(at offset: Int, count: Int) throws(RecordingProblem) -> [UInt8] {
        switch bytes {
        case .array(let array):
            return Array(array[min(offset, array.count)..<min(offset + count, array.count)])
        case .file(let file):
            var buffer = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let got = buffer.withUnsafeMutableBytes {
                    pread(file.descriptor, $0.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
                }
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else {
                    throw RecordingProblem(file: name, message: "cannot be read: \(String(cString: strerror(errno)))")
                }
                if got == 0 { break }
                filled += got
            }
            buffer.removeLast(count - filled)
            return buffer
        }
    }

    /// Closes its file when nobody reads it any more.
    private final class OpenFile: Sendable {
        let descriptor: Int32
        init(descriptor: Int32) { self.descriptor = descriptor }
        deinit { close(descriptor) }
    }
}
