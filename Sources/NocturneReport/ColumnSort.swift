// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel

/// What a row is sorted by in one column: typed, so that addresses, numbers and names each sort as themselves.
///
/// What is missing comes last, whichever way the list is turned.
public enum SortKey: Hashable, Sendable {
    case missing
    case number(Double)
    /// 4 or 6, then the bytes of the address.
    case address([UInt8])
    case text(String)

    public static func text(_ text: String?) -> SortKey {
        text.map { $0.isEmpty ? .missing : SortKey.text($0) } ?? .missing
    }

    public static func number(_ number: Int?) -> SortKey { number.map { .number(Double($0)) } ?? .missing }

    /// An address in numeric order, IPv4 before IPv6; text that is no address sorts as text behind them.
    public static func address(_ text: String?) -> SortKey {
        guard let text, !text.isEmpty else { return .missing }
        let bare = text.prefix { $0 != "%" && $0 != "/" }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, String(bare), &bytes) == 1 { return .address([4] + bytes.prefix(4)) }
        if inet_pton(AF_INET6, String(bare), &bytes) == 1 { return .address([6] + bytes) }
        return .text(text)
    }

    private var kind: Int {
        switch self {
        case .number: 0
        case .address: 1
        case .text: 2
        case .missing: 3
        }
    }

    /// Whether `self` comes before `other` in a list sorted downwards or, with `reversed`, upwards.
    public func precedes(_ other: SortKey, reversed: Bool = false) -> Bool? {
        if self == other { return nil }
        switch (self, other) {
        case (.missing, _): return false
        case (_, .missing): return true
        case (.number(let a), .number(let b)): return (a < b) != reversed
        case (.address(let a), .address(let b)): return a.lexicographicallyPrecedes(b) != reversed
        case (.text(let a), .text(let b)):
            if NaturalOrder.precedes(a, b) { return !reversed }
            if NaturalOrder.precedes(b, a) { return reversed }
            return nil
        default: return (kind < other.kind) != reversed
        }
    }
}

/// Names in the order people count: `bkk2` before `bkk10`, capitals apart from nothing.
public enum NaturalOrder {
    public static func precedes(_ a: String, _ b: String) -> Bool { compare(a, b) < 0 }

    private static func compare(_ a: String, _ b: String) -> Int {
        var left = Substring(a).utf8
        var right = Substring(b).utf8
        while let x = left.first, let y = right.first {
            if isDigit(x), isDigit(y) {
                let m = left.prefix(while: isDigit)
                let n = right.prefix(while: isDigit)
                let p = m.drop { $0 == 0x30 }
                let q = n.drop { $0 == 0x30 }
                if p.count != q.count { return p.count - q.count }
                if !p.elementsEqual(q) { return p.lexicographicallyPrecedes(q) ? -1 : 1 }
                left = left.dropFirst(m.count)
                right = right.dropFirst(n.count)
            } else {
                let c = fold(x)
                let d = fold(y)
                if c != d { return Int(c) - Int(d) }
                left = left.dropFirst()
                right = right.dropFirst()
            }
        }
        return left.isEmpty ? (right.isEmpty ? 0 : -1) : 1
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
