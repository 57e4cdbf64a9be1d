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
        driver.type("x")
        #expect(driver.foot.contains("does nothing here"))
        driver.type("\u{1B}")
        #expect(driver.foot.contains("nothing to go back to"))
    }

    @Test func everyActionEitherActsOrSaysWhyNot() {
        for action in ActionRegistry.actions where action.id != "quit" {
            for place in action.places {
                guard let key = action.keys.first, place != .help else { continue }
                let driver = ConsoleDriver(start: .peers)
                switch place {
                case .overview: driver.type("1")
                case .devices: driver.type("8")
                case .peer: driver.press(.enter)
                case .device: driver.type("d")
                case .provenance: driver.type("!")
                case .peers, .help: break
                }
                driver.press(key)
                let refused = driver.loop?.situation().state.message != nil
                #expect(refused || driver.screen.lastFrame != nil, "\(action.id) in \(place)")
                #expect(driver.state.visits.isEmpty == false)
            }
        }
    }
}
