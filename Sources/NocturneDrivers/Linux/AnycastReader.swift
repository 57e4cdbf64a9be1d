// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneParsers
import NocturneProbes
@_spi(Reading) import NocturneTransport

/// What one node says of every anycast prefix, part by part; what cannot be seen is a fault of that part alone.
///
/// ```
/// ip -j addr ───────────────────────▶ local, interface
/// show route PREFIX all ────────────▶ best path         the daemon's questions first
/// show route PREFIX export SESSION ─▶ exported to       established sessions that carry the family, at most 32
/// id.server at the address, TCP ────▶ answer            only where the address is local: elsewhere another node answers
/// ```
@NetworkActor
struct AnycastReader {
    let prefixes: [AnycastPrefix]
    let device: Device
    let place: String
    let link: any Link
    let shell: HostShell
    let bird: BirdDriver?

    private static let mostSessions = 32

    struct Reading {
        var sightings: [AnycastSighting]
        var transcript: Transcript
        var bytes: Int
    }

    /// - Parameter report: what the sweep has brought so far: the sessions, or why there are none.
    func read(after report: SweepReport, clock: @Sendable () -> UTC) async -> Reading {
        let began = clock()
        var sightings: [AnycastSighting] = []
        var notes = Notes()
        var daemon = DaemonState(report: report, hasDaemon: bird != nil)
        for prefix in prefixes {
            var sighting = AnycastSighting(prefix: prefix.prefix)
            await ask(&daemon, prefix, &sighting, &notes)
            sightings.append(sighting)
        }
        let addresses = await addresses(&notes)
        for (index, prefix) in prefixes.enumerated() {
            switch addresses {
            case .success(let rows):
                let row = rows.first { !$0.disabled && NetworkPrefix.holds(prefix.prefix, $0.host) }
                sightings[index].local = row != nil
                sightings[index].interface = row?.interface
            case .failure(let fault): sightings[index].faults[.local] = fault
            }
            guard prefix.asksIdentity, sightings[index].local == true else { continue }
            await probe(prefix, &sightings[index], &notes)
        }
        let ended = clock()
        let transcript = Transcript(
            query: "anycast", platform: device.platform, question: notes.questions.joined(separator: "; "), at: ended,
            tookMilliseconds: Double((ended - began).milliseconds), text: notes.text)
        return Reading(sightings: sightings, transcript: transcript, bytes: notes.bytes)
    }

    private struct Notes {
        var questions: [String] = []
        var text = ""
        var bytes = 0
    }

    // MARK: The daemon

    /// The sessions a prefix may be announced on, and the first fault: after it the daemon is asked no more this time.
    private struct DaemonState {
        var sessions: [Peer]?
        var fault: Fault?

        init(report: SweepReport, hasDaemon: Bool) {
            sessions = report.peers?.value.filter { $0.state == .established }
            fault = report.reach.fault
            if !hasDaemon {
                fault = Fault(
                    rung: .daemon, code: "no-daemon", place: "",
                    message: "no routing daemon that we read runs here, by the inventory",
                    hint: "Add `bird` to the device's `runs`.", retries: true)
            } else if sessions == nil, fault == nil {
                fault = report.refused[Query.bgpPeers.rawValue]
            }
        }
    }

    private func ask(
        _ daemon: inout DaemonState, _ prefix: AnycastPrefix, _ sighting: inout AnycastSighting, _ notes: inout Notes
    ) async {
        do throws(Fault) {
            if let fault = daemon.fault { throw fault }
            guard let bird else { return }
            let paths = try await paths(bird, "show route \(prefix.prefix) all", &notes)
            sighting.bestPath = Self.best(paths)
        } catch {
            daemon.fault = error
            sighting.faults[.bestPath] = error
            sighting.faults[.exported] = error
            return
        }
        do throws(Fault) {
            guard let bird else { return }
            let family = prefix.prefix.contains(":") ? "ipv6" : "ipv4"
            let sessions = (daemon.sessions ?? []).filter {
                ($0.families.isEmpty || $0.families.contains(family)) && BirdInstances.isName($0.name)
            }
            var exported: [String] = []
            var refusal: Fault?
            for session in sessions.prefix(Self.mostSessions) {
                let question = "show route \(prefix.prefix) export \(BirdInstances.quoted(session.name))"
                do throws(Fault) {
                    if !(try await paths(bird, question, &notes)).isEmpty { exported.append(session.name) }
                } catch {
                    // A session that is just going down has no table to be asked about; the others do.
                    guard error.code == "refused" else { throw error }
                    refusal = error
                }
            }
            if exported.isEmpty, let refusal { throw refusal }
            if exported.isEmpty, sessions.count > Self.mostSessions {
                throw Fault(
                    rung: .daemon, code: "too-many-sessions", place: place,
                    message: "announced on none of the first \(Self.mostSessions) of \(sessions.count) sessions; "
                        + "the others are not asked", retries: true)
            }
            sighting.exportedTo = exported
        } catch {
            if error.code != "refused", error.code != "too-many-sessions" { daemon.fault = error }
            sighting.faults[.exported] = error
        }
    }

    private func paths(_ bird: BirdDriver, _ question: String, _ notes: inout Notes) async throws(Fault) -> [Route] {
        let (rows, transcript) = try await bird.paths(
            BirdQuestionLine(query: .routes, text: question), deadline: .seconds(3))
        notes.questions.append(question)
        notes.text += transcript.text
        notes.bytes += transcript.text.utf8.count
        return rows.value
    }

    private static func best(_ paths: [Route]) -> AnycastSighting.BestPath {
        guard let best = paths.first(where: \.best) else { return .nothing }
        return AnycastSighting.BestPath(rawValue: best.kind.rawValue) ?? .nothing
    }

    // MARK: The host

    private func addresses(_ notes: inout Notes) async -> Result<[InterfaceAddress], Fault> {
        do throws(Fault) {
            let result = try await shell.ask(HostQuestions.addresses, key: "addresses", deadline: .seconds(2))
            notes.questions.append(result.command)
            notes.text += HostShell.transcript([result])
            let text = ScrubbedText(scrubbing: result.text)
            switch ParserEntry.parse(platform: .linux, query: .addresses, text: text) {
            case .parsed(let parsed):
                guard case .addresses(let rows) = parsed.rows, !parsed.truncated else { fallthrough }
                return .success(rows)
            case .cannotAnswer, .notThisPlatform:
                let said = result.text.split(separator: "\n").last.map { String($0.prefix(160)) } ?? "nothing"
                let missing = result.status == 127
                return .failure(
                    Fault(
                        rung: .daemon, code: missing ? "ip-not-found" : "addresses-refused", place: place,
                        message: missing
                            ? "there is no `ip` on \(device.name), so its addresses are not known"
                            : "`ip -j addr` did not answer on \(device.name): \(said)",
                        hint: missing ? "Install iproute2 there." : "It needs iproute2 4.11 or later.", retries: true))
            }
        } catch {
            return .failure(error)
        }
    }

    private func probe(_ prefix: AnycastPrefix, _ sighting: inout AnycastSighting, _ notes: inout Notes) async {
        let question = "id.server TXT CH at \(prefix.address) over TCP"
        notes.questions.append(question)
        do throws(Fault) {
            let answer = try await IdentityProbe(link: link).ask(prefix.address)
            sighting.answer = answer
            switch answer {
            case .answered(let by, _): notes.text += "# \(question): \(by)\n"
            case .silent(let reason): notes.text += "# \(question): no answer, \(reason)\n"
            }
        } catch {
            sighting.faults[.answer] = error
            notes.text += "# \(question): \(error.message)\n"
        }
    }
}
