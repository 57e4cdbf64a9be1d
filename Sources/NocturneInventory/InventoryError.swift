// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One thing that is wrong with an inventory file, and where.
public struct InventoryProblem: Hashable, Sendable {
    /// Counted from 1; nil when the file as a whole is meant.
    public var line: Int?
    /// Counted from 1, in Unicode scalars as an editor counts them.
    public var column: Int?
    /// What is wrong, in a sentence without a full stop.
    public var message: String
    /// What to do about it; nil when the message says it.
    public var hint: String?

    public init(line: Int? = nil, column: Int? = nil, message: String, hint: String? = nil) {
        self.line = line
        self.column = column
        // Messages quote the file, and a file may hold anything.
        self.message = ScrubbedText(scrubbing: message).text
        self.hint = hint.map { ScrubbedText(scrubbing: $0).text }
    }
}

/// Why an inventory cannot be used: everything that is wrong with it, in the order of the file.
///
/// A person gets one message, the first, because the others often follow from it:
///
/// ```
/// inventory.yaml:7:5: unknown key "adress" in device "bkk00"; the nearest known key is "address"
/// ```
///
/// `nocturne inventory check` lists ``problems``. The program ends with ``exitCode`` (`EX_CONFIG` of sysexits.h).
public struct InventoryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named.
    public var file: String
    /// Never empty.
    public let problems: [InventoryProblem]

    public static let exitCode: Int32 = 78

    public init(file: String, first: InventoryProblem, others: [InventoryProblem] = []) {
        self.file = ScrubbedText(scrubbing: file).text
        self.problems = [first] + others
        self.first = first
    }

    /// The one that is told when only one is.
    public let first: InventoryProblem

    public var message: String { first.message }
    public var hint: String? { first.hint }

    /// `file:line:column`, as compilers write it, so that editors can jump there.
    public var location: String { location(of: first) }

    /// The place of one of the problems.
    public func location(of problem: InventoryProblem) -> String {
        ([file] + [problem.line, problem.column].compactMap { $0 }.map(String.init)).joined(separator: ":")
    }

    /// The whole of one problem: place and message, and the hint on a line of its own.
    public func sentence(for problem: InventoryProblem) -> String {
        "\(location(of: problem)): \(problem.message)" + (problem.hint.map { "\n  \($0)" } ?? "")
    }

    public var description: String {
        let more = problems.count - 1
        guard more > 0 else { return sentence(for: first) }
        return sentence(for: first)
            + "\n  and \(more) more problem\(more == 1 ? "" : "s"): `nocturne inventory check` lists all"
    }
}
