// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneReport
import NocturneScreens
import NocturneTerminal

/// What can be done with the row under the cursor, or with the subject of a page.
enum SubjectActions {
    static let all: [Action] = [
        Action(
            id: "open", keys: [.enter], names: ["open"], title: "open", help: "Open the row under the cursor.",
            argument: nil, places: .lists, hint: 0, refusal: Refusals.row,
            perform: { state, situation, _ in
                switch situation.subject {
                case .peer(let id): state.visits.append(Visit(.peer(id)))
                case .device(let name): state.visits.append(Visit(.device(name)))
                case .cause(let key):
                    // A path that failed is seen where all that stands behind it is listed.
                    state.visits.append(Visit(.devices))
                    state.filter = Filter("dark")
                    state.message = Message("\(key): these devices are behind it")
                case .anycast(let name, _): state.visits.append(Visit(.device(name)))
                case .guest(let ref): state.visits.append(Visit(.device(ref.device)))
                case .event(let sequence), .incident(let sequence): openEvent(sequence, &state, situation)
                case .service, .change, .action, nil: break
                }
                return []
            }),
        Action(
            id: "run", keys: [.enter], names: ["run"], title: "run", help: "Do what the line says.", argument: nil,
            places: [.help], hint: 0,
            refusal: { situation in
                guard case .action(let id) = situation.state.list.cursor else {
                    return "no line is chosen; j or k chooses one"
                }
                return situation.context.help.first { $0.id == id }?.refusal
            },
            perform: { state, situation, _ in
                guard case .action(let id) = state.list.cursor, let action = ActionRegistry.action(id: id) else {
                    return []
                }
                state.visits.removeAll { $0.place == .help }
                var there = situation
                there.state = state
                return action.perform(&state, there, "")
            }),
        Action(
            id: "device", keys: [.character("d")], names: ["device"], title: "device",
            help: "Open the device that the row is on, or the one named.", argument: "[DEVICE]",
            places: .subjects, hint: nil, refusal: Refusals.none,
            perform: { state, situation, argument in
                guard let name = named(argument, situation, &state) else { return [] }
                if state.place == .device(name) {
                    state.message = Message("this is \(name)")
                } else {
                    state.visits.append(Visit(.device(name)))
                }
                return []
            }),
        Action(
            id: "provenance", keys: [.character("!")], names: ["provenance"], title: "source",
            help: "Show where it comes from: the question, when, how long it took, the raw lines.", argument: nil,
            places: Set.subjects.subtracting([.provenance]), hint: 7, refusal: Refusals.device,
            perform: { state, situation, _ in
                guard let subject = situation.subject else { return [] }
                var visit = Visit(.provenance(subject))
                visit.scroll = Screens.provenanceScroll(subject, situation.snapshot, situation.context)
                state.visits.append(visit)
                return []
            }),
        Action(
            id: "copy", keys: [.character("y")], names: ["copy"], title: "copy",
            help: "Copy the row as text to the clipboard.", argument: nil, places: .subjects, hint: nil,
            refusal: Refusals.row,
            perform: { _, situation, _ in CopyText.value(situation).map { [.copy($0.text, what: $0.what)] } ?? [] }),
        Action(
            id: "copy-command", keys: [.character("Y")], names: ["copy-command"], title: "copy command",
            help: "Copy a command line that asks the device the same, through the jump host.", argument: nil,
            places: .subjects, hint: nil, refusal: Refusals.device,
            perform: { _, situation, _ in CopyText.command(situation).map { [.copy($0, what: $0)] } ?? [] }),
        Action(
            id: "retry", keys: [.character("r")], names: ["retry"], title: "retry",
            help: "Try a dark device again now, without waiting for its next attempt.", argument: "[DEVICE]",
            places: .subjects, hint: nil,
            refusal: { $0.context.replay == nil ? nil : "a recording has no devices to try" },
            perform: { state, situation, argument in
                guard let name = named(argument, situation, &state) else { return [] }
                guard let device = situation.live[name], device.isDark(at: situation.context.wall) else {
                    state.message = Message("\(name) answers: there is nothing to try again", .info)
                    return []
                }
                state.message = Message("trying \(name) again now")
                return [.retry(name)]
            }),
    ]

    /// What an event is about, where that can be opened.
    private static func openEvent(_ sequence: Int, _ state: inout ViewState, _ situation: Situation) {
        let subject = situation.event(sequence)?.subject
        guard let subject, let name = subject.device, let device = situation.snapshot[name] else {
            state.message = Message("this is on no device: all there is stands below", .info)
            return
        }
        let peer = device.peers?.value.first { $0.name == subject.name }
        switch subject.kind {
        case .change: state.visits.append(Visit(.changes))
        case .peer where peer != nil:
            if let peer { state.visits.append(Visit(.peer(PeerID(device: name, key: peer.key)))) }
        default: state.visits.append(Visit(.device(name)))
        }
    }

    /// The device a command names, or else the one the cursor is on; says so when there is neither.
    private static func named(_ argument: String, _ situation: Situation, _ state: inout ViewState) -> DeviceName? {
        if argument.isEmpty {
            if let refusal = Refusals.device(situation) { state.message = Message(refusal, .warning) }
            return Refusals.device(situation) == nil ? situation.subject?.device : nil
        }
        if situation.snapshot[DeviceName(argument)] != nil { return DeviceName(argument) }
        state.message = Message("the inventory has no device \"\(argument)\"", .warning)
        return nil
    }
}

/// What `y` and `Y` put into the clipboard.
enum CopyText {
    static func value(_ situation: Situation) -> (text: String, what: String)? {
        let context = CellContext(now: situation.context.now, marks: situation.context.marks)
        guard let subject = situation.subject else { return nil }
        switch subject {
        case .peer:
            let every = situation.context.lists.everyPeer(situation.snapshot, at: situation.context.now)
            guard let entry = every.first(where: { $0.id == subject }) else { return nil }
            return (row(PeerEntry.columns, entry, context), subject.title)
        case .device(let name):
            guard let device = situation.snapshot[name] else { return nil }
            return (row(DeviceEntry.columns, DeviceEntry(device, at: situation.context.now), context), subject.title)
        case .cause:
            let items = situation.context.lists.overview(situation.snapshot, at: situation.context.now)
            guard let item = items.first(where: { $0.id == subject }) else { return nil }
            return ("\(item.health.rawValue) \(item.place): \(item.detail)", item.place)
        case .anycast, .service, .guest, .event, .incident, .change, .action: return nil
        }
    }

    private static func row<Row>(_ columns: [Column<Row>], _ row: Row, _ context: CellContext) -> String {
        columns.filter { $0.key != "health" }.map { ($0.key, $0.text(row, context)) }
            .filter { $0.1 != context.marks.missing }.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    }

    /// `ssh -J ops@jump.example.net ops@10.1.1.1 birdc -r show protocols all NAME`
    static func command(_ situation: Situation) -> String? {
        guard let subject = situation.subject, let name = subject.device, let state = situation.snapshot[name] else {
            return nil
        }
        let device = situation.inventory(name)
        let path = situation.snapshot.paths.first { $0.name == state.reach.path } ?? situation.snapshot.paths.first
        var words = ["ssh"]
        let hops = (path?.hops ?? []).map { $0.hasSuffix(":22") ? String($0.dropLast(3)) : $0 }
        if !hops.isEmpty { words += ["-J", hops.joined(separator: ",")] }
        if let endpoint = device?.endpoint {
            if endpoint.port != 22 { words += ["-p", String(endpoint.port)] }
            words.append("\(endpoint.user)@\(endpoint.host)")
        } else {
            words.append(state.address)
        }
        var remote = device?.become.map { [$0] } ?? []
        if case .peer(let id) = subject, let peer = situation.peer(id) {
            remote += question(peer)
        } else if state.status?.value.platform == .bird {
            remote += ["birdc -r show status"]
        }
        let asked = remote.joined(separator: " ")
        // The far shell reads it once more; what is not plain is quoted for both.
        return (words.map(quoted) + (asked.isEmpty ? [] : [isPlain(asked, blanks: true) ? asked : quoted(asked)]))
            .joined(separator: " ")
    }

    private static func question(_ peer: Peer) -> [String] {
        switch peer.platform {
        case .bird: ["birdc -r show protocols all", quoted(peer.name)]
        case .frr: ["vtysh -c", quoted("show bgp neighbors \(peer.remoteAddress ?? peer.name)")]
        case .openbgpd: ["bgpctl show neighbor", quoted(peer.remoteAddress ?? peer.name)]
        default: []
        }
    }

    private static func isPlain(_ text: String, blanks: Bool = false) -> Bool {
        text.unicodeScalars.allSatisfy {
            ($0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil))
                || "_@%+=:,./-".unicodeScalars.contains($0)
                || (blanks && $0 == " ")
        }
    }

    private static func quoted(_ word: String) -> String {
        if !word.isEmpty, isPlain(word) { return word }
        return "'" + word.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
    }
}
