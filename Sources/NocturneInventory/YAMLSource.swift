// SPDX-License-Identifier: Apache-2.0

import Yams

/// The text of an inventory as a tree in which every node knows its line and column.
///
/// Yams gives up at the first key that stands twice in a mapping, and tells only the first of the two places. So such
/// a key is marked in a copy of the text (its first letter becomes a private-use character, which moves no column)
/// and the copy is read instead, until nothing stands twice: the reader then sees both keys, each in its place, and
/// can go on to find what else is wrong.
struct YAMLSource {
    let root: Node?
    private var marked: [Unicode.Scalar: Unicode.Scalar] = [:]

    private static let firstMark: UInt32 = 0xE000
    /// More than so many doubled keys are not a slip of the hand; the rest is reported without their other place.
    private static let mostMarks = 64

    init(_ text: String) throws(InventoryProblem) {
        var scalars = Array(text.unicodeScalars)
        while true {
            var copy = String.UnicodeScalarView()
            copy.append(contentsOf: scalars)
            do {
                root = try Yams.compose(yaml: String(copy))
                return
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context)
                where marked.count < Self.mostMarks
            {
                guard let at = Self.offset(of: context.mark, in: scalars),
                    let mark = Unicode.Scalar(Self.firstMark + UInt32(marked.count))
                else {
                    throw InventoryProblem(
                        line: context.mark.line, column: context.mark.column,
                        message: "key stands twice: \(duplicates.joined(separator: ", "))")
                }
                marked[mark] = scalars[at]
                scalars[at] = mark
            } catch {
                throw Self.problem(error, in: text)
            }
        }
    }

    /// The key as it was written, and whether it stands again further down in the same mapping.
    func key(_ text: String) -> (name: String, isRepeated: Bool) {
        guard let first = text.unicodeScalars.first, let original = marked[first] else { return (text, false) }
        return (String(original) + String(text.unicodeScalars.dropFirst()), true)
    }

    /// The place in `scalars` of the first letter of the key at `mark`, inside its quotes if it has any.
    private static func offset(of mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        var line = 1
        var at = 0
        while line < mark.line, at < scalars.count {
            if scalars[at] == "\n" || (scalars[at] == "\r" && (at + 1 == scalars.count || scalars[at + 1] != "\n")) {
                line += 1
            }
            at += 1
        }
        at += mark.column - 1
        guard at >= 0, at < scalars.count else { return nil }
        if scalars[at] == "\"" || scalars[at] == "'" { at += 1 }
        // A key that is itself a list, an alias or empty has no letter to mark.
        guard at < scalars.count, scalars[at].properties.isAlphabetic || scalars[at].properties.numericType != nil,
            !(0xE000...0xF8FF).contains(scalars[at].value)
        else { return nil }
        return at
    }
}

extension YAMLSource {
    /// A syntax error in our words, with the line it stands on looked at for the usual causes.
    private static func problem(_ error: any Error, in text: String) -> InventoryProblem {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let since = context.map { $0.mark.line == mark.line ? "" : " (begun in line \($0.mark.line))" } ?? ""
            let context = context.map { $0.text + since + ": " } ?? ""
            return InventoryProblem(
                line: mark.line, column: mark.column, message: "not valid YAML: \(context)\(problem)",
                hint: hint(for: problem, context: context, line: line(mark.line, of: text)))
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = (before.lastIndex { $0.isNewline }.map { before[$0...].dropFirst() } ?? before).unicodeScalars
            return InventoryProblem(
                line: line, column: column.count + 1, message: "not valid YAML: \(problem)",
                hint: "The file must be plain UTF-8 text without control characters.")
        case .duplicatedKeysInMapping(let duplicates, let context):
            return InventoryProblem(
                line: context.mark.line, column: context.mark.column,
                message: "key stands twice: \(duplicates.joined(separator: ", "))")
        default:
            return InventoryProblem(message: "not valid YAML: \(error)")
        }
    }

    private static func line(_ number: Int, of text: String) -> Substring {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return number >= 1 && number <= lines.count ? lines[number - 1] : ""
    }

    private static func hint(for problem: String, context: String, line: Substring) -> String {
        if line.prefix(while: \.isWhitespace).contains("\t") {
            return "This line is indented with a tab; YAML wants spaces."
        }
        if problem.contains("mapping values are not allowed") || problem.contains("did not find expected key")
            || problem.contains("expected <block end>") || problem.contains("did not find expected '-'")
        {
            return context.contains("flow")
                ? "Is a comma, or the closing } or ], missing?"
                : "Look at the indentation of this line and the one above: keys of one entry begin in one column."
        }
        if problem.contains("could not find expected ':'") {
            return "Is the colon after a key missing, or the blank after the colon?"
        }
        if context.contains("quoted scalar") { return "Is a closing quote missing?" }
        if context.contains("flow") || problem.contains("',' or") {
            return "Is a comma, or the closing } or ], missing?"
        }
        return "Text with : # { [ & * ! | > % @ or ` in it is safest in quotes."
    }
}
