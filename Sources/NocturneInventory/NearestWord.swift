// SPDX-License-Identifier: Apache-2.0

/// Finds the word somebody most likely meant, by edit distance (Levenshtein 1966).
enum NearestWord {
    /// The candidate nearest to `word`, or nil when none is near enough to be worth proposing.
    static func to(_ word: String, among candidates: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().unicodeScalars)
        // Past half the word changed, a proposal is noise.
        let limit = max(1, min(4, (typed.count + 1) / 2))
        return candidates.map { (word: $0, distance: distance(typed, Array($0.lowercased().unicodeScalars))) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }?
            .word
    }

    private static func distance(_ from: [Unicode.Scalar], _ to: [Unicode.Scalar]) -> Int {
        // A key of a thousand letters is no misspelling; its cost would be the product of the lengths.
        guard from.count <= 64, to.count <= 64 else { return .max }
        var row = Array(0...to.count)
        for (i, a) in from.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in to.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[to.count]
    }
}
