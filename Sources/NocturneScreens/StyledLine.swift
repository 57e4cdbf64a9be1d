// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal
import NocturneTheme

/// A line of text in several roles.
public struct StyledLine: Hashable, Sendable {
    public var spans: [Span]

    public struct Span: Hashable, Sendable {
        public var text: String
        public var role: Role
    }

    public init(_ text: String = "", _ role: Role = .text) { spans = [Span(text: text, role: role)] }

    /// The line with more text behind it.
    public func then(_ text: String, _ role: Role = .text) -> StyledLine {
        var line = self
        line.spans.append(Span(text: text, role: role))
        return line
    }

    func then(_ other: StyledLine) -> StyledLine {
        var line = self
        line.spans += other.spans
        return line
    }

    public var text: String { spans.map(\.text).joined() }

    /// The line broken at blanks into lines of `width`; what follows the first stands under the value, not the label.
    func wrapped(_ width: Int) -> [StyledLine] {
        guard TextWidth.of(text) > width, width > 20 else { return [self] }
        let label = spans.count > 1 ? spans.first.map { TextWidth.of($0.text) } ?? 0 : 0
        let indent = label < width / 2 ? label : 0
        var lines: [[(Character, Role)]] = [[]]
        var used = 0
        for (character, role) in spans.flatMap({ span in span.text.map { ($0, span.role) } }) {
            let wide = TextWidth.of(character)
            if used + wide > width {
                var line = lines.removeLast()
                var rest: [(Character, Role)] = []
                // Break behind the last blank, if there is one in the value; a word that fills the line is cut.
                if character != " ", let blank = line.lastIndex(where: { $0.0 == " " }), blank > indent {
                    rest = Array(line[(blank + 1)...])
                    line = Array(line[...blank])
                }
                lines.append(line)
                lines.append(Array(repeating: (" ", Role.text), count: indent) + rest)
                used = indent + rest.reduce(0) { $0 + TextWidth.of($1.0) }
                if character == " " { continue }
            }
            lines[lines.count - 1].append((character, role))
            used += wide
        }
        return lines.map(Self.joined)
    }

    private static func joined(_ characters: [(Character, Role)]) -> StyledLine {
        var line = StyledLine()
        for (character, role) in characters {
            if line.spans[line.spans.count - 1].role == role {
                line.spans[line.spans.count - 1].text.append(character)
            } else {
                line.spans.append(Span(text: String(character), role: role))
            }
        }
        return line
    }
}
