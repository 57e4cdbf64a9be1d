// SPDX-License-Identifier: Apache-2.0

import NocturneConsole
import NocturneEngine
import NocturneJournal
import NocturneModel
import NocturneReport
import NocturneScreens
import NocturneWiring

/// What the console writes down: notes into the journal, incidents into documents; off the keyboard's thread.
final class JournalDesk: NoteDesk {
    private let watched: Watched
    private let file: String
    private let inbox: MessageInbox

    /// - Parameter file: the journal, read for exports: it reaches further back than the screen does.
    init(_ watched: Watched, file: String, inbox: MessageInbox) {
        self.watched = watched
        self.file = file
        self.inbox = inbox
    }

    func write(_ note: NoteRequest) {
        Task { [watched, inbox] in
            do throws(LedgerError) {
                // Exports find what is to be done by its mark.
                try await watched.note(
                    note.isActionItem ? "! \(note.text)" : note.text, by: Journal.person, about: note.about)
                inbox.post(.noteWritten(note))
            } catch {
                inbox.post(.noteFailed(note, reason: error.message))
            }
        }
    }

    func export(_ request: ExportRequest) {
        Task { [inbox, file, site = watched.inventory.site] in
            do {
                let written = try Self.export(request, site: site, journal: file)
                inbox.post(.message(Message(written.message, .good)))
            } catch let problem as PostmortemFile.Problem {
                inbox.post(.message(Message(problem.message, .bad)))
            } catch let problem as LedgerError {
                inbox.post(.message(Message(problem.message, .bad)))
            }
        }
    }

    private static func export(
        _ request: ExportRequest, site: String, journal: String
    ) throws -> PostmortemFile.Written {
        let events = try JournalReader(path: journal).all()
        let now = SystemClock().now
        let incidents = Incident.all(in: events, at: now)
        let chosen = request.firstSymptom.flatMap { symptom in
            incidents.last { $0.first.subject == symptom.subject && $0.first.instant == symptom.instant }
        }
        guard let incident = chosen ?? incidents.last else {
            throw PostmortemFile.Problem(message: "there is no incident to export: nothing was lost so far")
        }
        guard let file = request.file else {
            return try PostmortemFile.write(
                incident: incident, events: events, site: site, now: now, folder: Places.postmortems)
        }
        let text = Postmortem(incident: incident, events: events, site: site, now: now).markdown
        return try PostmortemFile.write(text, to: file)
    }
}
