// SPDX-License-Identifier: Apache-2.0

/// What the parsers of column text share: blanks, fields and words, on UTF-8 because a table can be megabytes long.
extension Substring {
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Without spaces and tabs at both ends.
    var trimmed: Substring {
        var view = utf8[...]
        while let first = view.first, Self.isBlank(first) { view = view.dropFirst() }
        while let last = view.last, Self.isBlank(last) { view = view.dropLast() }
        return Substring(view)
    }

    /// The words between runs of spaces and tabs.
    var fields: [Substring] { utf8.split(whereSeparator: Self.isBlank).map { Substring($0) } }

    /// How many spaces it begins with.
    var indent: Int { utf8.prefix { $0 == 0x20 }.count }

    var isBlank: Bool { utf8.allSatisfy(Self.isBlank) }

    /// What follows `prefix`, or nil when it does not begin with it.
    func after(_ prefix: String) -> Substring? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return Substring(utf8.dropFirst(prefix.utf8.count))
    }

    /// `key: value` in two parts; nil without a colon.
    var keyAndValue: (key: Substring, value: Substring)? {
        guard let colon = utf8.firstIndex(of: 0x3A) else { return nil }
        return (self[..<colon].trimmed, self[index(after: colon)...].trimmed)
    }

    /// The number it begins with; nil when it begins with none.
    var leadingInt: Int? { Int(Substring(utf8.prefix { (0x30...0x39).contains($0) })) }
}
