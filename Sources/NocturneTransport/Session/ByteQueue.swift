// SPDX-License-Identifier: Apache-2.0

/// Bytes in the order they came; taking from the front does not move the rest each time.
struct ByteQueue {
    private var storage: [UInt8] = []
    private var head = 0

    var count: Int { storage.count - head }
    var isEmpty: Bool { head == storage.count }

    mutating func append(_ bytes: some Collection<UInt8>) { storage.append(contentsOf: bytes) }

    /// Copies as many bytes as fit and removes them.
    mutating func take(into target: UnsafeMutableRawBufferPointer) -> Int {
        let length = min(count, target.count)
        storage.withUnsafeBytes { source in
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[head..<head + length]))
        }
        drop(length)
        return length
    }

    /// Shows the waiting bytes without removing them.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[head...])) }
    }

    mutating func drop(_ length: Int) {
        head += length
        if head == storage.count {
            storage.removeAll(keepingCapacity: storage.capacity <= 65_536)
            head = 0
        } else if head > 65_536 {
            storage.removeFirst(head)
            head = 0
        }
    }

    mutating func takeAll() -> [UInt8] {
        let all = head == 0 ? storage : Array(storage[head...])
        storage = []
        head = 0
        return all
    }
}
