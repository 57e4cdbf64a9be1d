// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// The one list of everything a key or a command can do.
///
/// Keys, the `:` palette, `?`, the hints at the foot, the man page and the tests are made from it, so none can tell of
/// something that another does not know.
public enum ActionRegistry {
    public static let actions: [Action] =
        ScreenActions.all + MoveActions.all + ListActions.all + SubjectActions.all + ChangeActions.all + NoteActions.all
        + ReplayActions.all

    /// What a key does in a place.
    public static func action(for key: Key, in place: Place.Kind) -> Action? {
        actions.first { $0.places.contains(place) && $0.keys.contains(key) }
    }

    /// What stands behind `:name`.
    public static func action(named name: String) -> Action? { actions.first { $0.names.contains(name) } }

    public static func action(id: String) -> Action? { actions.first { $0.id == id } }

    /// The keys worth naming in a place, best first.
    public static func hints(in place: Place.Kind, replaying: Bool) -> [KeyHint] {
        // A recording can be played and not be written to.
        let others = replaying ? NoteActions.all + ChangeActions.all : ReplayActions.all
        return actions.filter { action in
            action.hint != nil && action.places.contains(place) && !others.contains { $0.id == action.id }
        }
        .sorted { ($0.hint ?? 0) < ($1.hint ?? 0) }
        .compactMap { action in action.keys.first.map { KeyHint(key: $0.name, title: action.title) } }
    }

    /// The keys worth naming that would do something now.
    static func hints(_ situation: Situation) -> [KeyHint] {
        let replaying = situation.context.replay != nil
        return hints(in: situation.state.place.kind, replaying: replaying).filter { hint in
            actions.first {
                $0.places.contains(situation.state.place.kind) && $0.keys.first?.name == hint.key
                    && $0.title == hint.title
            }?.refusal(situation) == nil
        }
    }

    /// What `?` lists in a situation: the actions of the place one came from, then the others; `search` narrows.
    public static func help(_ situation: Situation, search: String) -> [HelpLine] {
        var from = situation
        from.state.visits = situation.state.visits.filter { $0.place != .help }
        let here = from.state.place.kind
        let words = search.lowercased().split(separator: " ")
        let ordered = actions.filter { $0.places.contains(here) } + actions.filter { !$0.places.contains(here) }
        return ordered.compactMap { action in
            let line = HelpLine(
                id: action.id, keys: action.keys.prefix(3).map(\.name).joined(separator: " "),
                command: ":"
                    + ([action.names.first ?? action.id, action.argument].compactMap { $0 }).joined(separator: " "),
                text: action.help,
                refusal: action.places.contains(here)
                    ? action.refusal(from) : "it belongs to \(Self.list(action.places))")
            let text = "\(line.keys) \(line.command) \(line.text)".lowercased()
            return words.allSatisfy { text.contains($0) } ? line : nil
        }
    }

    static func list(_ places: Set<Place.Kind>) -> String {
        Place.Kind.allCases.filter(places.contains).map(\.rawValue).joined(separator: ", ")
    }

    /// The part of the man page that lists keys and commands, in man(7).
    public static var manual: String {
        actions.map { action in
            let keys = action.keys.map { "\\fB\(escape($0.name))\\fR" }.joined(separator: ", ")
            let argument = action.argument.map { " \\fI\($0)\\fR" } ?? ""
            let names = action.names.map { "\\fB:\(escape($0))\\fR\(argument)" }.joined(separator: ", ")
            let places =
                action.places.count == Place.Kind.allCases.count ? "" : " (\(Self.list(action.places)))"
            return
                ".TP\n\([keys, names].filter { !$0.isEmpty }.joined(separator: "; "))\n\(escape(action.help))\(places)\n"
        }.joined()
    }

    private static func escape(_ text: String) -> String {
        let safe = text.map { $0 == "\\" ? "\\e" : $0 == "-" ? "\\-" : String($0) }.joined()
        return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
    }
}

extension Set where Element == Place.Kind {
    static let everywhere = Set(Place.Kind.allCases)
    static let lists: Set = [.overview, .peers, .anycast, .guests, .timeline, .devices]
    static let tables: Set = [.peers, .devices]
    static let subjects: Set = [.overview, .peers, .anycast, .guests, .devices, .peer, .device, .provenance]
}

enum Refusals {
    static let none: @Sendable (Situation) -> String? = { _ in nil }

    static let row: @Sendable (Situation) -> String? = { situation in
        if situation.subject != nil { return nil }
        if situation.identities.isEmpty { return "there is no row here" }
        guard let cursor = situation.state.list.cursor else { return "no row is chosen; j or k chooses one" }
        return "\(cursor.title) is not in the list any more; j or k chooses another"
    }

    /// A row that is a device or on one: not a path that many share.
    static let device: @Sendable (Situation) -> String? = { situation in
        if let refusal = row(situation) { return refusal }
        return situation.subject?.device == nil ? "this row is a path, not a device" : nil
    }
}
