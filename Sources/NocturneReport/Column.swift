// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One column of a list: what stands in it, how it sorts, and when it is left out.
///
/// Screens and plain output are made of the same columns, so that a number read in one can be found in the other.
///
/// ```
/// DEVICE   PEER          AS    STATE        SINCE  RX      ACC    TX
/// bkk00  ✖ iptx-hk-2519  9304  active       2m41s  –       –      –
/// └ key "device"               └ priority 0: never left out   └ priority 6: the first to go
/// ```
public struct Column<Row: Sendable>: Sendable {
    public enum Alignment: Hashable, Sendable { case left, right }

    /// The stable name, as `:sort` takes it.
    public var key: String
    public var title: String
    /// The least width it makes sense at, in columns.
    public var minimum: Int
    /// The width it may grow to when there is room.
    public var maximum: Int
    /// The width a column that is never left out takes before others are let in.
    public var reserve: Int
    /// 0 is never left out; the higher, the wider the terminal has to be.
    public var priority: Int
    public var alignment: Alignment
    /// The text of a row.
    public var text: @Sendable (Row, CellContext) -> String
    /// What stands where ``text`` does not fit, instead of the beginning of it; nil for the beginning.
    public var short: (@Sendable (Row) -> String?)?
    /// What it sorts by; nil for a column that has no order, such as the mark.
    public var order: (@Sendable (Row, UTC) -> SortKey)?
    /// The width one row wants, where it is cheap to tell; nil takes `minimum`.
    public var measure: (@Sendable (Row) -> Int)?

    public init(
        _ key: String, _ title: String, minimum: Int, maximum: Int? = nil, reserve: Int? = nil, priority: Int,
        alignment: Alignment = .left,
        measure: (@Sendable (Row) -> Int)? = nil, order: (@Sendable (Row, UTC) -> SortKey)?,
        short: (@Sendable (Row) -> String?)? = nil, text: @escaping @Sendable (Row, CellContext) -> String
    ) {
        self.key = key
        self.title = title
        self.minimum = minimum
        self.maximum = maximum ?? minimum
        self.reserve = reserve ?? maximum ?? minimum
        self.priority = priority
        self.alignment = alignment
        self.text = text
        self.short = short
        self.order = order
        self.measure = measure
    }
}

/// What the text of a cell depends on beside its row.
public struct CellContext: Hashable, Sendable {
    public var now: UTC
    public var marks: Marks
    /// On a screen: ages in steps.
    public var terse: Bool

    public init(now: UTC, marks: Marks, terse: Bool = false) {
        self.now = now
        self.marks = marks
        self.terse = terse
    }

    /// An age as this context shows it.
    public func age(_ since: UTC) -> String {
        terse ? AgeText.coarse(now - since) : AgeText.exact(now - since)
    }
}

/// The few signs that a list needs, each one column wide.
public struct Marks: Hashable, Sendable {
    public let unicode: Bool
    public init(unicode: Bool) { self.unicode = unicode }

    public func callAsFunction(_ health: Health) -> String {
        switch health {
        case .down: unicode ? "✖" : "X"
        case .degraded: "!"
        case .dark: "?"
        case .up: unicode ? "✔" : "+"
        }
    }

    /// What the device does not tell.
    public var missing: String { unicode ? "–" : "-" }
    /// Where text was cut.
    public var ellipsis: String { unicode ? "…" : "~" }
    public var step: String { unicode ? "▸" : ">" }
    /// Neither good nor bad: what is not there and ought not to be.
    public var bullet: String { unicode ? "·" : "." }
}

/// Which columns fit into a width, and how wide each is then.
public struct ColumnLayout: Hashable, Sendable {
    /// Positions in the list of columns, and widths, in order.
    public var columns: [(index: Int, width: Int)] { zip(indexes, widths).map { ($0, $1) } }
    public private(set) var indexes: [Int] = []
    public private(set) var widths: [Int] = []

    /// Takes columns by priority while their least widths fit, then lets them grow to what their content wants.
    ///
    /// Room that nobody wants stays empty: wider terminals get more columns, not bigger gaps.
    public init<Row>(_ columns: [Column<Row>], wanted: [Int], width: Int) {
        let byPriority = columns.indices.sorted { (columns[$0].priority, $0) < (columns[$1].priority, $1) }
        var chosen: Set<Int> = []
        var used = 0
        // What is never left out gets its room before others are let in.
        let first = byPriority.filter { columns[$0].priority == 0 }
        var left = width - first.reduce(-1) { $0 + columns[$1].minimum + 1 }
        var reserved: [Int: Int] = [:]
        for index in first {
            let more = max(0, min(wanted[index], columns[index].reserve) - columns[index].minimum)
            reserved[index] = min(more, max(0, left))
            left -= reserved[index] ?? 0
        }
        used = reserved.values.reduce(0, +)
        for index in byPriority {
            let need = columns[index].minimum + (chosen.isEmpty ? 0 : 1)
            if columns[index].priority > 0, used + need > width { break }
            chosen.insert(index)
            used += need
        }
        var size = Dictionary(uniqueKeysWithValues: chosen.map { ($0, columns[$0].minimum) })
        for (index, more) in reserved where chosen.contains(index) { size[index, default: 0] += more }
        for index in byPriority where chosen.contains(index) {
            let missing = max(0, wanted[index] - (size[index] ?? 0))
            let room = max(0, width - used)
            // A column with a short form has no use for half the room.
            let more = columns[index].short != nil && missing > room ? 0 : min(missing, room)
            size[index, default: 0] += more
            used += more
        }
        for index in columns.indices where chosen.contains(index) {
            indexes.append(index)
            widths.append(size[index] ?? 0)
        }
    }
}

extension Column {
    /// The width each column wants for these rows: the widest it can cheaply tell, within its bounds.
    public static func wanted(_ columns: [Column], rows: some Sequence<Row>) -> [Int] {
        var widths = columns.map(\.minimum)
        let measured = columns.indices.compactMap { index in columns[index].measure.map { (index, $0) } }
        for row in rows {
            for (index, measure) in measured { widths[index] = max(widths[index], measure(row)) }
        }
        for index in columns.indices { widths[index] = min(widths[index], columns[index].maximum) }
        return widths
    }
}
