// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import NocturneModel
import NocturneParsers
import NocturneReport

/// `nocturne parse`: a captured answer to JSON, by the parsers the drivers use and without any network.
struct ParseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse", abstract: "A device's captured output as JSON; no network at all.",
        discussion: "Exit status: 0, 1 when something was not understood or was cut, 65 when it is no such answer.")

    @Option(help: ArgumentHelp("Whose output it is: \(Self.platforms).", valueName: "platform"))
    var platform: String

    @Option(help: ArgumentHelp("Which question it answers: \(Self.queries).", valueName: "query"))
    var query: String

    @Argument(help: "The file; standard input when it is left out or -.")
    var file: String?

    private static let platforms = ParserEntry.supported.keys.map(\.rawValue).sorted().joined(separator: ", ")
    private static let queries = Query.allCases.map(\.rawValue).joined(separator: ", ")

    func run() throws {
        guard let platform = Platform(rawValue: platform), let known = ParserEntry.supported[platform] else {
            throw ValidationError("there is no parser for the platform \"\(platform)\"; there is: \(Self.platforms)")
        }
        guard let query = Query(rawValue: query), known.contains(query) else {
            throw ValidationError(
                "there is no query \"\(query)\" for \(platform.rawValue); there are: "
                    + known.map(\.rawValue).joined(separator: ", "))
        }
        let text = ScrubbedText(scrubbing: try read())
        switch ParserEntry.parse(platform: platform, query: query, text: text) {
        case .parsed(let parsed):
            try Output.print(
                ParseRows.json(rows(parsed.rows), unparsed: parsed.unparsed, truncated: parsed.truncated))
            let status = ExitStatus.parsed(unparsed: parsed.unparsed, truncated: parsed.truncated)
            if status != .healthy { throw Failure(status) }
        case .cannotAnswer(let reason):
            throw Failure(.notThatPlatform, reason, where: place, asJSON: true)
        case .notThisPlatform(let reason):
            throw Failure(
                .notThatPlatform, "no answer of \(platform.rawValue) to \(query.rawValue): \(reason)", where: place,
                hint: "check --platform and --query, and that the capture holds the command's own output",
                asJSON: true)
        }
    }

    private var place: String { file.map { $0 == "-" ? "standard input" : $0 } ?? "standard input" }

    private func rows(_ rows: Rows) -> [JSONValue] {
        switch rows {
        case .peers(let rows): rows.map(ParseRows.row)
        case .bfd(let rows): rows.map(ParseRows.row)
        case .ospf(let rows): rows.map(ParseRows.row)
        case .routes(let rows): rows.map(ParseRows.row)
        case .status(let rows): rows.map(ParseRows.row)
        case .guests(let rows): rows.map(ParseRows.row)
        case .addresses(let rows): rows.map(ParseRows.row)
        }
    }

    private func read() throws -> [UInt8] {
        var descriptor: Int32 = 0
        if let file, file != "-" {
            descriptor = open(file, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw Failure(.usage, "cannot read the file: " + String(cString: strerror(errno)), where: file)
            }
        }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw Failure(.usage, "cannot read: " + String(cString: strerror(errno)), where: place)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }
}
