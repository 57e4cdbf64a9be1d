// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// One anycast prefix on one node, in a list.
public final class AnycastEntry: Sendable {
    public let row: AnycastRow
    public let group: String?
    /// What it shows was seen, but is not known to be so now.
    public let isHistory: Bool
    public let pollMilliseconds: Int64

    public init(_ row: AnycastRow, device: DeviceState?, at now: UTC) {
        self.row = row
        group = device?.group
        pollMilliseconds = device?.pollMilliseconds ?? 2000
        let patience = device?.darkAfter ?? .seconds(10)
        isHistory = device?.isDark(at: now) ?? true || row.observed.map { now - $0.at > patience } ?? true
    }

    /// Every prefix on every node that takes part, in the order of the inventory.
    public static func entries(of snapshot: Snapshot, at now: UTC) -> [AnycastEntry] {
        snapshot.anycastRows(at: now).map { AnycastEntry($0, device: snapshot[$0.device], at: now) }
    }

    public var sighting: AnycastSighting? { row.sighting }
    /// What is known to be so now; nil where it is history.
    public var present: AnycastSighting? { isHistory ? nil : row.sighting }

    /// Older than two polls: shown dim.
    public func isStale(at now: UTC) -> Bool {
        row.observed.map { (now - $0.at).milliseconds > 2 * pollMilliseconds } ?? false
    }

    /// Health as a mark: what is neither wanted nor there is neither good nor bad.
    func mark(_ marks: Marks) -> String { row.isSubject ? marks(row.health) : marks.bullet }

    /// The worst verdict is written so that it is found without colour.
    var word: String { row.verdict == .blackhole ? row.verdict.rawValue.uppercased() : row.verdict.rawValue }

    /// A value of the sighting; what is history is marked as such.
    func seen(_ text: String?, _ context: CellContext) -> String {
        text.map { (isHistory ? "~" : "") + $0 } ?? context.marks.missing
    }

    var interface: String? { sighting?.local.map { $0 ? sighting?.interface ?? "yes" : "no" } }

    /// `2 peers`, `1 peer`, `no`.
    var exported: String? {
        sighting?.exportedTo.map { $0.isEmpty ? "no" : "\($0.count) peer\($0.count == 1 ? "" : "s")" }
    }

    func answers(_ context: CellContext) -> String? {
        switch sighting?.answer {
        case .answered(_, let milliseconds):
            // In steps, so that a screen on which nothing happens stands still.
            context.terse ? AgeText.milliseconds(milliseconds) : AgeText.tenths(milliseconds)
        case .silent(let reason): "no: \(reason)"
        case nil: sighting?.faults[.answer] == nil ? nil : "not asked"
        }
    }

    public var answeredBy: String? {
        if case .answered(let by, _) = sighting?.answer { by } else { nil }
    }

    /// The columns of anycast, in the order they stand.
    public static let columns: [Column<AnycastEntry>] =
        [
            Column(
                "prefix", "PREFIX", minimum: 18, maximum: 43, priority: 0, measure: { $0.row.prefix.utf8.count },
                order: { entry, _ in .address(entry.row.prefix) }, text: { entry, _ in entry.row.prefix }),
            Column(
                "name", "NAME", minimum: 8, maximum: 20, priority: 0, measure: { $0.row.name.utf8.count },
                order: { entry, _ in .text(entry.row.name) }, text: { entry, _ in entry.row.name }),
        ] + nodeColumns

    /// What stands of one node, below the heading that names the prefix.
    public static let nodeColumns: [Column<AnycastEntry>] = [
        Column(
            "device", "DEVICE", minimum: 6, maximum: 16, priority: 0, measure: { $0.row.device.rawValue.utf8.count },
            order: { entry, _ in .text(entry.row.device.rawValue) }, text: { entry, _ in entry.row.device.rawValue }),
        Column(
            "health", " ", minimum: 1, priority: 0, order: { entry, _ in .number(entry.row.health.rank) },
            text: { entry, context in entry.mark(context.marks) }),
        Column(
            "verdict", "VERDICT", minimum: 12, priority: 0, order: { entry, _ in .text(entry.row.verdict.rawValue) },
            text: { entry, _ in entry.word }),
        Column(
            "wanted", "WANTED", minimum: 6, priority: 1, order: { entry, _ in .number(entry.row.wanted ? 0 : 1) },
            text: { entry, _ in entry.row.wanted ? "yes" : "no" }),
        Column(
            "interface", "IFACE", minimum: 6, maximum: 15, priority: 1,
            measure: { ($0.interface?.utf8.count ?? 0) + ($0.isHistory ? 1 : 0) },
            order: { entry, _ in .text(entry.interface) },
            text: { entry, context in entry.seen(entry.interface, context) }),
        Column(
            "path", "BEST PATH", minimum: 12, priority: 2,
            order: { entry, _ in .text(entry.sighting?.bestPath?.rawValue) },
            text: { entry, context in entry.seen(entry.sighting?.bestPath?.rawValue, context) }),
        Column(
            "exported", "EXPORTED", minimum: 8, priority: 1,
            order: { entry, _ in .number(entry.sighting?.exportedTo?.count) },
            text: { entry, context in entry.seen(entry.exported, context) }),
        Column(
            "answers", "ANSWERS", minimum: 8, maximum: 34, priority: 1,
            measure: { entry in
                if case .silent(let reason) = entry.sighting?.answer { reason.count + 5 } else { 9 }
            },
            order: { entry, _ in
                if case .answered(_, let took) = entry.sighting?.answer { .number(took) } else { .missing }
            },
            text: { entry, context in entry.seen(entry.answers(context), context) }),
        Column(
            "by", "ANSWERED BY", minimum: 12, maximum: 28, priority: 4,
            measure: { ($0.answeredBy?.utf8.count ?? 0) + ($0.isHistory ? 1 : 0) },
            order: { entry, _ in .text(entry.answeredBy) },
            text: { entry, context in entry.seen(entry.answeredBy, context) }),
        Column(
            "seen", "SEEN", minimum: 6, priority: 5,
            order: { entry, now in entry.row.observed.map { .number(Double((now - $0.at).milliseconds)) } ?? .missing },
            text: { entry, context in
                guard let at = entry.row.observed?.at else { return "never" }
                let age = context.terse ? AgeText.observed(context.now - at) : AgeText.exact(context.now - at)
                return entry.isHistory ? "~" + age : age
            }),
        Column(
            "reason", "REASON", minimum: 20, maximum: 64, priority: 6, measure: { $0.row.reason?.count ?? 0 },
            order: { entry, _ in .text(entry.row.reason) },
            text: { entry, context in PeerEntry.text(entry.row.reason, context) }),
    ]
}

extension AgeText {
    /// Milliseconds with one decimal: `0.4ms`.
    public static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)ms"
    }
}
