// SPDX-License-Identifier: Apache-2.0

/// Keeps keys out of what is shown, recorded and exported: a difference is read by more people than a configuration.
///
/// In BIRD a key stands in quotes behind `password` (MD5 of BGP, authentication of OSPF, BFD and RIP) or, for TCP-AO,
/// `secret` (BIRD manual, "Password section" and BGP). The plan itself is untouched: only its lines for people are.
enum Secrets {
    private static let words = ["password", "secret"]

    /// The line with three dots in place of every key.
    static func hidden(in line: String) -> String {
        var shown = ""
        var rest = line[...]
        while let (word, at) = next(in: rest) {
            let after = rest[rest.index(at, offsetBy: word.count)...]
            let value = after.drop { $0 == " " || $0 == "\t" }
            guard let quote = value.first, quote == "\"" || quote == "'" else {
                shown += rest[..<after.startIndex]
                rest = after
                continue
            }
            // A key that goes on behind the line's end is hidden to the line's end.
            let end = value.dropFirst().firstIndex(of: quote).map { value.index(after: $0) } ?? value.endIndex
            shown += rest[..<value.startIndex] + "\(quote)…\(quote)"
            rest = rest[end...]
        }
        return shown + rest
    }

    private static func next(in text: Substring) -> (word: String, at: Substring.Index)? {
        words.compactMap { word in text.firstRange(of: word).map { (word, $0.lowerBound) } }.min { $0.at < $1.at }
    }
}

extension Substring {
    /// Whatever the letters' case.
    fileprivate func firstRange(of word: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            let end = index(at, offsetBy: word.count, limitedBy: endIndex)
            guard let end else { return nil }
            if self[at..<end].lowercased() == word { return at..<end }
            at = index(after: at)
        }
        return nil
    }
}
