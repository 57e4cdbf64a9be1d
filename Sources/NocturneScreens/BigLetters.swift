// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal

/// Letters five rows high, for words that are read across a room.
enum BigLetters {
    private static let shapes: [Character: [String]] = [
        "A": [" ### ", "#   #", "#####", "#   #", "#   #"], "D": ["#### ", "#   #", "#   #", "#   #", "#### "],
        "E": ["#####", "#    ", "###  ", "#    ", "#####"], "G": [" ####", "#    ", "#  ##", "#   #", " ####"],
        "K": ["#   #", "#  # ", "###  ", "#  # ", "#   #"], "L": ["#    ", "#    ", "#    ", "#    ", "#####"],
        "N": ["#   #", "##  #", "# # #", "#  ##", "#   #"], "O": [" ### ", "#   #", "#   #", "#   #", " ### "],
        "P": ["#### ", "#   #", "#### ", "#    ", "#    "], "R": ["#### ", "#   #", "#### ", "#  # ", "#   #"],
        "U": ["#   #", "#   #", "#   #", "#   #", " ### "], "W": ["#   #", "#   #", "# # #", "## ##", "#   #"],
    ]

    static func rows(_ word: String, block: String, gap: Int = 2) -> [String] {
        (0..<5).map { row in
            word.compactMap { shapes[$0]?[row] }.joined(separator: String(repeating: " ", count: gap))
                .map { $0 == "#" ? block : String($0) }.joined()
        }
    }

    /// The word as large as the width and `rows` allow; nil when not even the smallest letters fit.
    static func fitting(_ word: String, _ painter: Painter, rows height: Int) -> [String]? {
        let block = painter.context.glyphs.block
        for (scale, gap) in (1...max(1, height / 5)).reversed().map({ ($0, 2) }) + [(1, 1)] {
            let letters = rows(word, block: block, gap: gap)
            guard TextWidth.of(letters.first ?? "") * scale + 2 <= painter.width else { continue }
            return letters.flatMap { line in
                Array(
                    repeating: line.map { String(repeating: String($0), count: scale) }.joined(), count: scale)
            }
        }
        return nil
    }
}
