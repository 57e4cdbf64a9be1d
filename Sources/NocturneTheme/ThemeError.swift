// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a theme: where, what, and what to do.
///
/// The description is one sentence for a person: `my.theme:7:1: unknown role "donw": did you mean "down"?`
public struct ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String?
    /// Counted from 1; nil when the fault is not in a line.
    public var line: Int?
    public var column: Int?
    public var problem: String
    public var hint: String?

    public init(file: String?, line: Int? = nil, column: Int? = nil, problem: String, hint: String?) {
        self.file = file
        self.line = line
        self.column = column
        self.problem = problem
        self.hint = hint
    }

    /// `my.theme:7:1`, nil when there is no file.
    public var place: String? {
        guard let file else { return nil }
        return [file, line.map(String.init), column.map(String.init)].compactMap { $0 }.joined(separator: ":")
    }

    public var description: String {
        [place, problem, hint].compactMap { $0 }.joined(separator: ": ")
    }
}

/// Suggestions for a mistyped word.
enum Nearest {
    /// `did you mean "down"?`, or the whole list when nothing is near.
    static func hint(_ word: String, among known: [String], else listed: String) -> String {
        let best = known.map { ($0, distance(word.lowercased(), $0)) }.min { $0.1 < $1.1 }
        if let best, best.1 <= max(2, word.count / 3) { return "did you mean \"\(best.0)\"?" }
        return "\(listed) \(known.joined(separator: ", "))"
    }

    /// Optimal string alignment distance: insert, delete, replace and swap of neighbours each cost one.
    static func distance(_ first: String, _ second: String) -> Int {
        let a = Array(first)
        let b = Array(second)
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
