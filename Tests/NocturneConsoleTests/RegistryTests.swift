// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal
import Testing

@testable import NocturneConsole

@Suite struct RegistryTests {
    @Test func everyKeyMeansOneThingInAPlace() {
        for place in Place.Kind.allCases {
            let keys = ActionRegistry.actions.filter { $0.places.contains(place) }.flatMap(\.keys)
            #expect(Set(keys).count == keys.count, "\(place)")
        }
    }

    @Test func namesAndIdentitiesAreUnique() {
        let names = ActionRegistry.actions.flatMap(\.names)
        #expect(Set(names).count == names.count)
        let ids = ActionRegistry.actions.map(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test func everyActionHasHelpAndACommand() {
        for action in ActionRegistry.actions {
            #expect(!action.names.isEmpty, "\(action.id)")
            #expect(action.help.last == "." && action.help.first?.isUppercase == true, "\(action.id)")
            #expect(!action.places.isEmpty, "\(action.id)")
            #expect(action.hint == nil || !action.keys.isEmpty, "\(action.id)")
            #expect(
                ActionRegistry.manual.contains(":\(action.names[0].split(separator: "-").joined(separator: "\\-"))"))
        }
    }

    @Test func everyHintIsAKeyThatWorksThere() {
        for place in Place.Kind.allCases {
            for hint in ActionRegistry.hints(in: place, replaying: true) {
                let actions = ActionRegistry.actions.filter { $0.places.contains(place) }
                #expect(actions.contains { $0.keys.first?.name == hint.key && $0.title == hint.title })
            }
        }
    }

    @Test(arguments: [
        ("1", "overview"), ("2", "peers"), ("8", "devices"), ("j", "down"), ("k", "up"), ("g", "top"), ("G", "bottom"),
        ("/", "filter"), (":", "command"), ("s", "sort"), ("S", "reverse"), ("F", "follow"), ("Z", "freeze"),
        ("b", "baseline"), ("!", "provenance"), ("y", "copy"), ("Y", "copy-command"), ("?", "help"), ("q", "quit"),
        ("n", "note"), ("c", "change"), ("C", "confirm"), ("R", "roll-back"),
    ]) func grammarOfKeys(_ key: Character, _ id: String) {
        #expect(ActionRegistry.action(for: .character(key), in: .peers)?.id == id)
    }

    @Test func aRefusedKeySaysWhy() {
        let driver = ConsoleDriver(Snapshot(at: SampleNetwork.now, site: "bkk"))
        driver.press(.enter)
        #expect(driver.foot.contains("there is no row here"))
        driver.type(" ")
        #expect(driver.foot.contains("not a recording"))
        driver.type("s")
        #expect(driver.foot.contains("belongs to peers, devices"))
        driver.type("w")
        #expect(driver.foot.contains("does nothing here"))
        driver.type("x")
        #expect(driver.foot.contains("belongs to timeline"))
        driver.type("\u{1B}")
        #expect(driver.foot.contains("nothing to go back to"))
    }

    /// All that a person could notice of a view.
    private func look(_ state: ViewState) -> String {
        "\(state.visits) \(state.lists) \(state.filters.mapValues(\.text)) \(state.search) \(String(describing: state.prompt))"
            + " \(state.frozen != nil) \(String(describing: state.followed)) \(String(describing: state.baseline?.at))"
    }

    /// A console in a place with room to move either way.
    private func standing(in place: Place.Kind) -> ConsoleDriver {
        let driver = ConsoleDriver(size: Size(rows: 10, columns: 40), start: .peers)
        switch place {
        case .overview: driver.type("1")
        case .devices: driver.type("8")
        case .peer: driver.press(.enter)
        case .device: driver.type("d")
        case .provenance: driver.type("!")
        case .help: driver.type("?")
        case .anycast: driver.type("3")
        case .guests: driver.type("4")
        case .timeline: driver.type("5")
        case .changes: driver.type("6")
        case .peers: break
        }
        // The Timeline stands at its end.
        driver.type(place == .timeline ? "kk" : "jjj")
        return driver
    }

    /// No key is dead: each changes the view, asks the world for something, or says why it does not.
    @Test(arguments: Place.Kind.allCases) func everyActionEitherActsOrSaysWhyNot(_ place: Place.Kind) {
        for action in ActionRegistry.actions where action.places.contains(place) && action.id != place.rawValue {
            for key in action.keys {
                let driver = standing(in: place)
                guard let situation = driver.loop?.situation() else { return }
                #expect(situation.state.place.kind == place)
                var state = situation.state
                state.message = nil
                var reducer = Reducer()
                let effects = reducer.reduce(.key(key), &state, situation)
                #expect(
                    !effects.isEmpty || state.message != nil || look(state) != look(situation.state),
                    "\(key.name) (\(action.id)) is dead in \(place)")
            }
        }
    }
}
