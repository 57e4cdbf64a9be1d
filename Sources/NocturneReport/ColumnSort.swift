// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneModel

/// What a row is sorted by in one column: typed, so that addresses, numbers and names each sort as themselves.
///
/// What is missing comes last, whichever way the list is turned.
public enum SortKey: Hashable, Sendable {
    case missing
    case number(Double)
    /// 4 or 6, then the address as a number.
    case address(version: Int, high: UInt64, low: UInt64)
    case text(String)

    public static func text(_ text: String?) -> SortKey {
        text.map { $0.isEmpty ? .missing : SortKey.text($0) } ?? .missing
    }

    public static func number(_ number: Int?) -> SortKey { number.map { .number(Double($0)) } ?? .missing }

    /// An address in numeric order, IPv4 before IPv6; text that is no address sorts as text behind them.
    public static func address(_ text: String?) -> SortKey {
        guard let text, !text.isEmpty else { return .missing }
        let bare = text.prefix { $0 != "%" && $0 != "/" }
        var short = in_addr()
        if inet_pton(AF_INET, String(bare), &short) == 1 {
            return .address(version: 4, high: 0, low: UInt64(UInt32(bigEndian: short.s_addr)))
        }
        var halves: (UInt64, UInt64) = (0, 0)
        if inet_pton(AF_INET6, String(bare), &halves) == 1 {
            return .address(version: 6, high: UInt64(bigEndian: halves.0), low: UInt64(bigEndian: halves.1))
        }
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
        func turned(_ before: Bool, _ after: Bool) -> Bool? { before ? !reversed : after ? reversed : nil }
        switch (self, other) {
        case (.missing, .missing): return nil
        case (.missing, _): return false
        case (_, .missing): return true
        case (.number(let a), .number(let b)): return turned(a < b, b < a)
        case (.address(let version, let high, let low), .address(let version2, let high2, let low2)):
            let (a, b) = ((version, high, low), (version2, high2, low2))
            return turned(a < b, b < a)
        case (.text(let a), .text(let b)):
            let order = NaturalOrder.compare(a, b)
            return turned(order < 0, order > 0)
        default: return (kind < other.kind) != reversed
        }
    }
}

/// Names in the order people count: `bkk2` before `bkk10`, capitals apart from nothing.
public enum NaturalOrder {
    public static func precedes(_ a: String, _ b: String) -> Bool { compare(a, b) < 0 }

    /// Below zero, zero or above it, as `a` comes before, with or after `b`.
    static func compare(_ a: String, _ b: String) -> Int {
        let fast = a.utf8.withContiguousStorageIfAvailable { x in
            b.utf8.withContiguousStorageIfAvailable { y in compare(x, y) }
        }
        return (fast ?? nil)
            ?? Array(a.utf8).withUnsafeBufferPointer { x in
                Array(b.utf8).withUnsafeBufferPointer { y in compare(x, y) }
            }
    }

    private static func compare(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Int {
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                let (x, y) = (number(a, &i), number(b, &j))
                if x.count != y.count { return x.count - y.count }
                for (c, d) in zip(x, y) where c != d { return Int(c) - Int(d) }
            } else {
                let (c, d) = (fold(a[i]), fold(b[j]))
                if c != d { return Int(c) - Int(d) }
                (i, j) = (i + 1, j + 1)
            }
        }
        return i == a.count ? (j == b.count ? 0 : -1) : 1
    }

    /// The digits from `index` on without leading zeros; `index` moves behind them.
    private static func number(
        _ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        while index < bytes.count, bytes[index] == 0x30 { index += 1 }
        let start = index
        while index < bytes.count, isDigit(bytes[index]) { index += 1 }
        return bytes[start..<index]
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func fold(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
