// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Yams

/// A value of the file and where it stands.
struct Written<Value> {
    var value: Value
    var line: Int
    var column: Int

    func map<Other>(_ transform: (Value) throws -> Other) rethrows -> Written<Other> {
        Written<Other>(value: try transform(value), line: line, column: column)
    }
}

extension Written: Equatable where Value: Equatable {}

/// Collects what is wrong, so that one run over the file finds everything.
final class Findings {
    private var wrong: [InventoryProblem] = []
    private var absent: [InventoryProblem] = []
    private(set) var notes: [InventoryProblem] = []

    /// What is wrong in the order of the file, then what is missing: a key that is missing here is most often the one
    /// that stands misspelled or misplaced there.
    var problems: [InventoryProblem] { Self.sorted(wrong) + Self.sorted(absent) }

    func add(_ problem: InventoryProblem) { wrong.append(problem) }

    func addMissing(_ message: String, hint: String? = nil, at place: (line: Int, column: Int)) {
        absent.append(InventoryProblem(line: place.line, column: place.column, message: message, hint: hint))
    }

    private static func sorted(_ problems: [InventoryProblem]) -> [InventoryProblem] {
        problems.enumerated().sorted {
            ($0.element.line ?? 0, $0.element.column ?? 0, $0.offset)
                < ($1.element.line ?? 0, $1.element.column ?? 0, $1.offset)
        }.map(\.element)
    }

    func add(_ message: String, hint: String? = nil, at place: (line: Int, column: Int)) {
        add(InventoryProblem(line: place.line, column: place.column, message: message, hint: hint))
    }

    /// Something that is not wrong but that its writer should know.
    func note(_ message: String, line: Int? = nil, column: Int? = nil) {
        notes.append(InventoryProblem(line: line, column: column, message: message))
    }
}

/// One mapping of the file whose keys have been checked against the known ones.
///
/// The typed accessors report a value of the wrong form and return nil, so that reading goes on.
struct Section {
    /// Such as `device "bkk00"`, for messages.
    var title: String
    let line: Int
    let column: Int
    private let values: [String: (key: (line: Int, column: Int), node: Node)]
    /// Known keys that an unknown one was probably meant to be.
    private let misspelled: Set<String>
    let findings: Findings

    /// Nil, and a finding, when the node is no mapping.
    init?(_ node: Node, title: String, keys known: [String], source: YAMLSource, findings: Findings) {
        let place = node.place
        guard case .mapping(let mapping) = node else {
            findings.add(
                "\(title) must be keys with values, not \(node.form)",
                hint: known.isEmpty ? nil : "Known keys: \(known.joined(separator: ", ")).", at: place)
            return nil
        }
        var values: [String: (key: (line: Int, column: Int), node: Node)] = [:]
        var repeated: [String: (line: Int, column: Int)] = [:]
        var misspelled: Set<String> = []
        // A title that names the entry tells more than its number.
        let name = mapping.first { $0.key.scalarText == "name" || $0.key.scalarText == "id" }?.value.scalarText
        self.title = name.map { "\(title.prefix { $0 != "#" }.trimmedEnd) \"\($0)\"" } ?? title
        for (keyNode, value) in mapping {
            let at = keyNode.place
            guard let text = keyNode.scalarText else {
                findings.add("a key of \(self.title) must be a word, not \(keyNode.form)", at: at)
                continue
            }
            let (key, isRepeated) = source.key(text)
            if let first = repeated[key] {
                findings.add(
                    "key \"\(key)\" stands twice in \(self.title): here and in line \(first.line), column \(first.column)",
                    hint: "Keep one of them.", at: at)
            }
            if isRepeated {
                repeated[key] = at
                continue
            }
            if known.contains(key) {
                values[key] = (at, value)
            } else {
                if let nearest = NearestWord.to(key, among: known) { misspelled.insert(nearest) }
                findings.add(Self.unknown(key, in: self.title, known: known, at: at))
            }
        }
        self.values = values
        self.misspelled = misspelled
        self.findings = findings
        line = place.line
        column = place.column
    }

    private static func unknown(
        _ key: String, in title: String, known: [String], at place: (line: Int, column: Int)
    ) -> InventoryProblem {
        var message = "unknown key \"\(key)\" in \(title)"
        var hint: String?
        if key == "<<" {
            hint = "Merge keys are not read; put what is common under `defaults`."
        } else if let home = InventoryKeys.home(of: key, otherThan: known) {
            message += "; it is a key of \(home)"
            hint = "Is this line indented too far, or not far enough?"
        } else if let nearest = NearestWord.to(key, among: known) {
            message += "; the nearest known key is \"\(nearest)\""
        } else {
            hint = "Known keys: \(known.joined(separator: ", "))."
        }
        return InventoryProblem(line: place.line, column: place.column, message: message, hint: hint)
    }

    // MARK: Values

    subscript(key: String) -> Node? { values[key]?.node }

    /// Whether the key is missing, and not just misspelled.
    func lacks(_ key: String) -> Bool { values[key] == nil && !misspelled.contains(key) }

    /// Where the key stands; the beginning of the section when it does not.
    func place(of key: String) -> (line: Int, column: Int) { values[key]?.key ?? (line, column) }

    func text(_ key: String) -> Written<String>? {
        guard let (at, node) = values[key] else { return nil }
        return text(node, called: "`\(key)` in \(title)", at: at)
    }

    /// A word or a list of words.
    func texts(_ key: String) -> [Written<String>]? {
        guard let (at, node) = values[key] else { return nil }
        guard case .sequence(let sequence) = node else { return text(key).map { [$0] } }
        return sequence.compactMap { text($0, called: "an entry of `\(key)` in \(title)", at: at) }
    }

    /// The entries of a list; a single mapping or word is no list.
    func list(_ key: String, of what: String) -> [Node]? {
        guard let (at, node) = values[key] else { return nil }
        guard case .sequence(let sequence) = node else {
            findings.add(
                "`\(key)` in \(title) must be a list of \(what), not \(node.form)",
                hint: "Entries of a list begin with a dash: `- …`.", at: node.isNothing ? at : node.place)
            return nil
        }
        return Array(sequence)
    }

    func integer(_ key: String, in range: ClosedRange<Int>) -> Written<Int>? {
        guard let text = text(key) else { return nil }
        guard let value = Int(text.value), range.contains(value) else {
            findings.add(
                "`\(key)` in \(title) must be a number from \(range.lowerBound) to \(range.upperBound), not \"\(text.value)\"",
                at: (text.line, text.column))
            return nil
        }
        return text.map { _ in value }
    }

    func flag(_ key: String) -> Written<Bool>? {
        guard let text = text(key) else { return nil }
        guard let value = ["true": true, "yes": true, "false": false, "no": false][text.value.lowercased()] else {
            findings.add(
                "`\(key)` in \(title) must be true or false, not \"\(text.value)\"", at: (text.line, text.column))
            return nil
        }
        return text.map { _ in value }
    }

    /// One of the words; with the nearest when it is another.
    func word(_ key: String, among words: [String]) -> Written<String>? {
        guard let text = text(key) else { return nil }
        return check(text, of: key, among: words) ? text : nil
    }

    func check(_ text: Written<String>, of key: String, among words: [String]) -> Bool {
        if words.contains(text.value) { return true }
        let nearest = NearestWord.to(text.value, among: words).map { "; the nearest is \"\($0)\"" } ?? ""
        findings.add(
            "`\(key)` in \(title) cannot be \"\(text.value)\"\(nearest)",
            hint: "Known: \(words.joined(separator: ", ")).",
            at: (text.line, text.column))
        return false
    }

    func duration(_ key: String, in range: ClosedRange<Duration>) -> Written<Duration>? {
        guard let text = text(key) else { return nil }
        guard let value = DurationText.parse(text.value) else {
            findings.add(
                "`\(key)` in \(title) must be a duration, not \"\(text.value)\"",
                hint: "A number with its unit: 500ms, 2s, 5m, 1h.", at: (text.line, text.column))
            return nil
        }
        guard range.contains(value) else {
            findings.add(
                "`\(key)` in \(title) must be between \(DurationText.print(range.lowerBound)) and "
                    + "\(DurationText.print(range.upperBound)), not \(text.value)",
                at: (text.line, text.column))
            return nil
        }
        return text.map { _ in value }
    }

    private func text(_ node: Node, called what: String, at key: (line: Int, column: Int)) -> Written<String>? {
        guard !node.isNothing else {
            findings.add("\(what) has no value", at: key)
            return nil
        }
        let place = node.place
        guard let text = node.scalarText else {
            findings.add("\(what) must be a word, not \(node.form)", at: place)
            return nil
        }
        let clean = ScrubbedText(scrubbing: text)
        guard clean.removed == 0, !text.contains(where: \.isNewline) else {
            findings.add("\(what) holds control characters or line breaks: \"\(clean.text)\"", at: place)
            return nil
        }
        return Written(value: text, line: place.line, column: place.column)
    }
}

extension Node {
    var place: (line: Int, column: Int) { (mark?.line ?? 1, mark?.column ?? 1) }

    var scalarText: String? {
        if case .scalar(let scalar) = self { scalar.string } else { nil }
    }

    /// A key without a value, or with YAML's null.
    var isNothing: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    /// What the node is, for "must be a list, not …".
    var form: String {
        switch self {
        case .mapping: "keys with values"
        case .sequence: "a list"
        case .scalar(let scalar): isNothing ? "nothing" : "\"\(scalar.string)\""
        case .alias: "an alias"
        }
    }
}

extension Substring {
    fileprivate var trimmedEnd: Substring {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
