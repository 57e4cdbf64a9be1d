// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneTerminal
import NocturneTheme

/// Every screen is a function of the snapshot, the view state and the terminal's properties.
///
/// ```swift
/// let frame = Screens.draw(snapshot, ViewState(.peers), DrawContext(size: size, now: now))
/// ```
public enum Screens {
    public static func draw(_ snapshot: Snapshot, _ state: ViewState, _ context: DrawContext) -> Frame {
        var painter = Painter(context)
        let live = snapshot
        let snapshot = state.frozen ?? snapshot
        guard Chrome.fits(context.size) else {
            tooSmall(&painter, snapshot, live, state)
            return painter.frame
        }
        let body = Chrome.draw(&painter, snapshot, live: live, state)
        guard body.count > 0 else { return painter.frame }
        switch state.place {
        case .overview: OverviewScreen.draw(&painter, body, snapshot, state)
        case .peers: PeersScreen.draw(&painter, body, snapshot, state)
        case .anycast: AnycastScreen.draw(&painter, body, snapshot, state)
        case .guests: GuestsScreen.draw(&painter, body, snapshot, state)
        case .timeline: TimelineScreen.draw(&painter, body, snapshot, state)
        case .devices: DevicesScreen.draw(&painter, body, snapshot, state)
        case .help: HelpScreen.draw(&painter, body, state)
        case .changes, .peer, .device, .provenance:
            PageScreen.draw(&painter, body: body, lines: page(snapshot, state, context), scroll: state.visit.scroll)
        }
        return painter.frame
    }

    /// The text of a place that is a page; empty for lists.
    static func page(_ snapshot: Snapshot, _ state: ViewState, _ context: DrawContext) -> [StyledLine] {
        text(snapshot, state, context).flatMap { $0.wrapped(context.size.columns - 2) }
    }

    private static func text(_ snapshot: Snapshot, _ state: ViewState, _ context: DrawContext) -> [StyledLine] {
        switch state.place {
        case .peer(let id): PeerDetailScreen.lines(id, snapshot, context)
        case .device(let name): DeviceDetailScreen.lines(name, snapshot, context)
        case .provenance(let subject): ProvenanceScreen.lines(subject, snapshot, context)
        case .changes: ChangesScreen.lines(snapshot, context)
        case .overview, .peers, .anycast, .guests, .timeline, .devices, .help: []
        }
    }

    /// How far a page can be scrolled.
    public static func scrollLimit(_ snapshot: Snapshot, _ state: ViewState, _ context: DrawContext) -> Int {
        let body = Chrome.bodyHeight(context, state.frozen ?? snapshot, live: snapshot, state)
        return max(0, page(state.frozen ?? snapshot, state, context).count - body)
    }

    /// How many rows of a list, or lines of a page, are in sight: what a page key moves by.
    public static func pageHeight(_ snapshot: Snapshot, _ state: ViewState, _ context: DrawContext) -> Int {
        let body = Chrome.bodyHeight(context, state.frozen ?? snapshot, live: snapshot, state)
        switch state.place.kind {
        case .peers: return max(1, body - 1 - PeersScreen.stripHeight(body))
        case .anycast: return AnycastScreen.pageHeight(body)
        case .guests: return GuestsScreen.pageHeight(body)
        case .timeline: return TimelineScreen.pageHeight(body)
        case .devices: return max(1, body - 1 - DevicesScreen.stripHeight(body))
        case .overview: return max(1, body - OverviewScreen.head(snapshot, state, context, height: body).count - 1)
        case .help, .changes, .peer, .device, .provenance: return body
        }
    }

    /// Whether the terminal is large enough to show what a key would act on.
    public static func fits(_ size: Size) -> Bool { Chrome.fits(size) }

    private static func tooSmall(
        _ painter: inout Painter, _ snapshot: Snapshot, _ live: Snapshot, _ state: ViewState
    ) {
        let context = painter.context
        let size = "\(context.size.columns)x\(context.size.rows)"
        var lines = ["\(size) is too small: 40x10 at least. q leaves."]
        if let prompt = state.prompt { lines.append(prompt.sign(at: context.wall) + prompt.text) }
        if let item = context.lists.overview(snapshot, at: context.now).first {
            lines.insert("\(painter.mark(item.health)) \(item.place) \(item.name) \(item.health.rawValue)", at: 0)
        }
        if let safe = SafeLine.find(live, context) {
            let left = safe.left.map { " \(CountdownText.of($0)) left" } ?? ""
            lines.insert("SAFE \(safe.device)\(left), R rolls back", at: 0)
        }
        for (row, line) in lines.enumerated() where row < painter.height {
            painter.put(painter.fit(line, painter.width), row: row, column: 0)
        }
    }
}
