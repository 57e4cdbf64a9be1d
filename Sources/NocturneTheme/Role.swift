// SPDX-License-Identifier: Apache-2.0

/// What a piece of text is, as opposed to how it looks.
///
/// Screens speak only in roles; a theme says for each role and each colour tier how it looks. Colour is never the only
/// carrier: what a role means also stands in a glyph and a word.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// Ordinary text.
    case text
    /// What may be overlooked: units, separators, hints.
    case muted
    /// The name of a field on a detail page.
    case label
    /// A value older than it should be.
    case stale
    /// The first line: site and path.
    case title
    /// A screen that is not the current one, in the list of screens.
    case tab
    /// The current screen in the list of screens.
    case tabActive = "tab-active"
    /// Column headings.
    case header
    /// Rules and frames.
    case border
    /// The row under the cursor.
    case selected
    /// A key that can be pressed.
    case key
    /// What is being typed, and its prompt.
    case prompt
    /// The filter in force.
    case filter
    /// The part of a row that the filter matched.
    case match
    /// What changed since the baseline or the last look.
    case changed
    /// Loud lines across the screen: RECORDING, FROZEN.
    case banner
    /// The recorder's mark.
    case recording
    /// Curves in a cell.
    case sparkline

    /// Health of a subject. "Dark" is not observed: neither up nor down.
    case up, degraded, down, dark
    /// Severity of an event or a message.
    case info, good, warning, bad
}
