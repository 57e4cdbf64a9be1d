// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import Glibc
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneReport
import NocturneWiring
import Synchronization

/// `nocturne timeline list|show|note|export|verify`: what the journal of a site says, without any network.
struct TimelineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Incidents as the journal has them: list, show, note, export, verify.",
        discussion: """
            Exit status: 0, 1 when a chain does not hold, 64 usage, 74 could not write, 78 no journal that can be read.
            """,
        subcommands: [List.self, Show.self, Note.self, Export.self, Verify.self])

    /// Which journal.
    struct Place: ParsableArguments {
        @Option(help: ArgumentHelp("The inventory.", discussion: "Default: $XDG_CONFIG_HOME/nocturne/inventory.yaml"))
        var inventory: String?

        @Option(help: "The site whose journal it is, in place of the inventory's.")
        var site: String?

        @Option(help: "The journal's file, in place of the site's.")
        var journal: String?

        /// The site by name, and its journal.
        func find(asJSON: Bool = false) throws -> (site: String, file: String) {
            if let journal {
                let name = journal.split(separator: "/").last.map(String.init) ?? journal
                return (site ?? String(name.hasSuffix(".journal") ? name.dropLast(8) : name[...]), journal)
            }
            if let site { return (site, Places.journal(site: site)) }
            do {
                let site = try Start.inventory(file: inventory, only: nil).site
                return (site, Places.journal(site: site))
            } catch {
                throw Failure(.configuration, error.message, where: error.place, hint: error.hint, asJSON: asJSON)
            }
        }

        func read(asJSON: Bool) throws -> (site: String, file: String, events: [Event]) {
            let (site, file) = try find(asJSON: asJSON)
            do {
                return (site, file, try JournalReader(path: file).all())
            } catch {
                throw Failure(.configuration, error.message, hint: Self.hint, asJSON: asJSON)
            }
        }

        static let hint = "the console makes a site's journal with the first event; --site or --journal names another"
    }

    /// The one incident that is meant.
    static func incident(_ which: String, of events: [Event], in file: String, asJSON: Bool) throws -> Incident {
        let all = Incident.all(in: events, at: SystemClock().now)
        if let last = all.last, which == "last" { return last }
        if let number = Int(which), let one = all.first(where: { $0.number == number }) { return one }
        throw Failure(
            .usage,
            all.isEmpty
                ? "there is no incident in \(file)" : "--incident: there is no incident \"\(which)\" in \(file)",
            hint: all.isEmpty
                ? "timeline show --incident all has every event" : "give last, or a number from 1 to \(all.count)",
            asJSON: asJSON)
    }

    static func lines(_ rows: [JSONValue]) -> String { rows.map { $0.text + "\n" }.joined() }

    enum TimelineFormat: String, ExpressibleByArgument, CaseIterable {
        case plain, json, jsonl
        var isJSON: Bool { self != .plain }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Every incident, one line each.")
        @OptionGroup var place: Place
        @Option(help: "plain, json or jsonl.")
        var format = TimelineFormat.plain

        func run() throws {
            let now = SystemClock().now
            let read = try place.read(asJSON: format.isJSON)
            let incidents = Incident.all(in: read.events, at: now)
            switch format {
            case .plain: try Output.print(incidents.isEmpty ? "no incidents" : TimelineRows.text(incidents, now: now))
            case .json: try Output.print(JSONValue.array(incidents.map(TimelineRows.row)).text)
            case .jsonl where incidents.isEmpty: break
            case .jsonl: try Output.print(TimelineCommand.lines(incidents.map(TimelineRows.row)))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What happened in an incident, in order.")
        @OptionGroup var place: Place
        @Option(help: "Its number in the list, last, or all for every event there is.")
        var incident = "last"
        @Option(help: "plain, json or jsonl.")
        var format = TimelineFormat.plain

        func run() throws {
            let read = try place.read(asJSON: format.isJSON)
            let events =
                incident == "all"
                ? read.events
                : try TimelineCommand.incident(incident, of: read.events, in: read.file, asJSON: format.isJSON).events
            switch format {
            case .plain: try Output.print(events.isEmpty ? "no events" : TimelineText.columns(events))
            case .json: try Output.print(JSONValue.array(events.map(TimelineRows.row)).text)
            case .jsonl where events.isEmpty: break
            case .jsonl: try Output.print(TimelineCommand.lines(events.map(TimelineRows.row)))
            }
        }
    }

    struct Note: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a note into the journal; one that begins with ! becomes an action item.")
        @OptionGroup var place: Place
        @Argument(help: "What to note.")
        var text: String

        func run() throws {
            let text = ScrubbedText(scrubbing: Array(text.utf8)).text
            guard text.contains(where: { !$0.isWhitespace }) else {
                throw Failure(.usage, "the note is empty", hint: "give it a text")
            }
            let journal = Journal(path: try place.find().file)
            let event = Event(
                sequence: 0, at: SystemClock().now, subject: Subject(kind: .note), after: text, severity: .info,
                source: .note, by: Journal.person)
            let problem = Mutex<LedgerError?>(nil)
            let done = DispatchSemaphore(value: 0)
            Task {
                do throws(LedgerError) { try await journal.append([event]) } catch { problem.withLock { $0 = error } }
                await journal.close()
                done.signal()
            }
            done.wait()
            if let problem = problem.withLock({ $0 }) { throw Failure(.cannotWrite, problem.message) }
            try Output.print("noted in \(journal.path)")
        }
    }
}
