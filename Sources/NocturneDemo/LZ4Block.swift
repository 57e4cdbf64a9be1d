// SPDX-License-Identifier: Apache-2.0

/// Unpacks a block of LZ4: a recording repeats itself so much that it shrinks to a tenth, and this is all it takes.
///
/// A block is a series of these (LZ4 Block Format Description, github.com/lz4/lz4, doc/lz4_Block_format.md):
///
/// ```
/// token    literal length     literals   distance      match length
/// 1 byte   0…n bytes of 255+  as told    2 bytes LE    0…n bytes of 255+
/// ```
///
/// The token's upper four bits are the count of literals, the lower four the length of the match less four; fifteen
/// means that further bytes are added, up to and with the first that is not 255. The last series ends after its literals.
enum LZ4Block {
    /// What was packed; of a damaged block what comes before the damage.
    static func unpack(_ block: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(block.count * 16)
        var rest = block[...]
        func length(_ bits: UInt8) -> Int {
            var length = Int(bits)
            guard bits == 15 else { return length }
            while let more = rest.popFirst() {
                length += Int(more)
                if more != 255 { break }
            }
            return length
        }
        while let token = rest.popFirst() {
            let literals = length(token >> 4)
            result += rest.prefix(literals)
            rest = rest.dropFirst(literals)
            guard let low = rest.popFirst(), let high = rest.popFirst() else { break }
            let distance = Int(low) | Int(high) << 8
            let match = length(token & 15) + 4
            guard distance > 0, distance <= result.count else { break }
            // Byte by byte: a match may reach into what it is itself writing.
            for _ in 0..<match { result.append(result[result.count - distance]) }
        }
        return result
    }
}
