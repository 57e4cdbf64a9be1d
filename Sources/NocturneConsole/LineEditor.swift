// SPDX-License-Identifier: Apache-2.0

import NocturneScreens
import NocturneTerminal

/// Editing of the line at the foot of the screen, with the keys of readline.
enum LineEditor {
    /// Applies a key; whether it was one for editing.
    static func edit(_ prompt: inout Prompt, _ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(&prompt, String(character))
        case .backspace, .control("h"): if prompt.cursor > 0 { remove(&prompt, (prompt.cursor - 1)..<prompt.cursor) }
        case .delete, .control("d"):
            if prompt.cursor < prompt.text.count { remove(&prompt, prompt.cursor..<(prompt.cursor + 1)) }
        case .left, .control("b"): prompt.cursor = max(0, prompt.cursor - 1)
        case .right, .control("f"): prompt.cursor = min(prompt.text.count, prompt.cursor + 1)
        case .home, .control("a"): prompt.cursor = 0
        case .end, .control("e"): prompt.cursor = prompt.text.count
        case .control("u"): remove(&prompt, 0..<prompt.cursor)
        case .control("k"): remove(&prompt, prompt.cursor..<prompt.text.count)
        case .control("w"):
            let before = prompt.text.prefix(prompt.cursor)
            let trimmed = before.reversed().drop { $0 == " " }.drop { $0 != " " }
            remove(&prompt, trimmed.count..<prompt.cursor)
        default: return false
        }
        return true
    }

    /// What a paste becomes: one line, without anything a key could mean.
    static func insert(_ prompt: inout Prompt, _ text: String) {
        let line = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
            .filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) } }
        let room = max(0, 1000 - prompt.text.count)
        let index = prompt.text.index(prompt.text.startIndex, offsetBy: prompt.cursor)
        prompt.text.insert(contentsOf: line.prefix(room), at: index)
        prompt.cursor += min(room, line.count)
        prompt.historyPosition = nil
    }

    private static func remove(_ prompt: inout Prompt, _ range: Range<Int>) {
        let start = prompt.text.index(prompt.text.startIndex, offsetBy: range.lowerBound)
        let end = prompt.text.index(prompt.text.startIndex, offsetBy: range.upperBound)
        prompt.text.removeSubrange(start..<end)
        prompt.cursor = range.lowerBound
        prompt.historyPosition = nil
    }
}
