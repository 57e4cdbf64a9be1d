// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What is to become of a configuration: the text before, the text after, and the difference for people.
public struct Plan: Hashable, Sendable {
    public let before: String
    public let after: String
    /// Lines with three of context on either side; what is left out between is one line of kind `skipped`. For people:
    /// keys are hidden, and nothing in it can move a cursor.
    public let diff: [ChangeState.DiffLine]
    public let added: Int
    public let removed: Int

    public init(before: String, after: String) {
        self.before = before
        self.after = after
        let lines = Self.compare(Self.lines(before), Self.lines(after))
        added = lines.count { $0.kind == .added }
        removed = lines.count { $0.kind == .removed }
        diff = Self.shortened(lines, context: 3)
    }

    /// Byte for byte.
    public var changesNothing: Bool { before.utf8.elementsEqual(after.utf8) }
    /// `+2 -1`
    public var summary: String { "+\(added) -\(removed)" }

    private static func lines(_ text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// All lines of both, removed before added; by `CollectionDifference` (Myers, 1986).
    private static func compare(_ old: [Substring], _ new: [Substring]) -> [ChangeState.DiffLine] {
        // Most of a file stays: what is alike at both ends need not be compared.
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed()).prefix { $0 == $1 }.count
        let before = Array(old.dropFirst(head).dropLast(tail))
        let after = Array(new.dropFirst(head).dropLast(tail))
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var lines = old.prefix(head).map { ChangeState.DiffLine(.same, String($0)) }
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if removed.contains(left) {
                lines.append(.init(.removed, String(before[left])))
                left += 1
            } else if added.contains(right) {
                lines.append(.init(.added, String(after[right])))
                right += 1
            } else {
                lines.append(.init(.same, String(after[right])))
                left += 1
                right += 1
            }
        }
        return lines + old.suffix(tail).map { ChangeState.DiffLine(.same, String($0)) }
    }

    private static func shortened(_ lines: [ChangeState.DiffLine], context: Int) -> [ChangeState.DiffLine] {
        let changed = lines.indices.filter { lines[$0].kind != .same }
        var kept: Set<Int> = []
        for at in changed { kept.formUnion(max(0, at - context)...min(lines.count - 1, at + context)) }
        var result: [ChangeState.DiffLine] = []
        var skipped = 0
        for at in lines.indices {
            if kept.contains(at) {
                if skipped > 0 { result.append(.init(.skipped, "\(skipped) lines")) }
                skipped = 0
                let text = ScrubbedText(scrubbing: Secrets.hidden(in: lines[at].text)).text
                result.append(.init(lines[at].kind, text))
            } else {
                skipped += 1
            }
        }
        if skipped > 0, !result.isEmpty { result.append(.init(.skipped, "\(skipped) lines")) }
        return result
    }
}
