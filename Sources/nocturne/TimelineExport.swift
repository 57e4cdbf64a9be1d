// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneReport
import NocturneWiring

/// The two halves of `nocturne timeline` that hand something over: an export, and the word that nothing was changed.
extension TimelineCommand {
    enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
        case md, json, jsonl, html, asciicast
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "An incident as a postmortem in Markdown, or its events as JSON.",
            discussion: """
                A file that a person has edited is never written over: the export goes beside it, and says so.
                """)
        @OptionGroup var place: Place
        @Option(help: "Its number in the list, or last.")
        var incident = "last"
        @Option(help: "md, json or jsonl.")
        var format = ExportFormat.md
        @Option(help: "The file to write; standard output without it.")
        var output: String?

        func run() throws {
            guard format != .html, format != .asciicast else {
                throw Failure(
                    .usage, "--format: this version does not export \(format.rawValue)", hint: "it does md, json and jsonl")
            }
            let asJSON = format != .md
            let read = try place.read(asJSON: asJSON)
            let chosen = try TimelineCommand.incident(incident, of: read.events, in: read.file, asJSON: asJSON)
            let rows = chosen.events.map(TimelineRows.row)
            let text =
                switch format {
                case .json: JSONValue.array(rows).text + "\n"
                case .jsonl: TimelineCommand.lines(rows)
                default:
                    Postmortem(incident: chosen, events: read.events, site: read.site, now: SystemClock().now).markdown
                }
            guard let output else { return try Output.print(text) }
            do {
                let written =
                    asJSON ? try PostmortemFile.writeNew(text, to: output) : try PostmortemFile.write(text, to: output)
                try Output.print(written.message)
            } catch let problem as PostmortemFile.Problem {
                throw Failure(.cannotWrite, problem.message, asJSON: asJSON)
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute the hash chain of every writer.",
            discussion: """
                A chain shows what was changed, taken out or put in between. It cannot show that its newest events are \
                missing: compare how far each writer got with what you know.
                """)
        @OptionGroup var place: Place

        func run() throws {
            let file = try place.find().file
            let reports: [ChainReport]
            do {
                reports = try JournalReader(path: file).verify()
            } catch {
                throw Failure(.configuration, error.message, hint: Place.hint)
            }
            let lines = reports.map { report in
                let events = report.count == 1 ? "1 event" : "\(report.count) events"
                let verdict = report.broken.map { "broken: \($0.message)" } ?? "ok"
                return "\(report.writer)  \(events), \(report.first) to \(report.last)  \(verdict)"
            }
            try Output.print(lines.isEmpty ? "no events" : lines.joined(separator: "\n"))
            if !reports.allSatisfy(\.isWhole) { throw Failure(.unhealthy) }
        }
    }
}
