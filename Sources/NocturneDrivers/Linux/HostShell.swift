// SPDX-License-Identifier: Apache-2.0

import NocturneModel
@_spi(Reading) import NocturneTransport

/// Questions to a host's own shell, each with its own deadline and its own rest after it hung.
///
/// A question that hangs costs its deadline once; then it rests, so that it does not make what else is asked late in
/// every sweep. While it rests, the fault it ended with is the answer.
@NetworkActor
final class HostShell {
    struct Result: Sendable {
        var text: String
        var status: Int
        var answer: Answer
        var command: String
    }

    private let link: any Link
    private let clock: @Sendable () -> UTC
    private var resting: [String: (fault: Fault, until: UTC)] = [:]
    /// The key of a shell that could not even be opened.
    private static let all = ""
    static let rest: Duration = .seconds(30)
    private static let limit = 1 << 20

    /// Bytes read since it was last asked for.
    private var bytes = 0

    init(link: any Link, clock: @escaping @Sendable () -> UTC) {
        self.link = link
        self.clock = clock
    }

    /// - Parameter key: what rests when this hangs.
    func ask(_ command: String, key: String, deadline: Duration) async throws(Fault) -> Result {
        for key in [Self.all, key] {
            guard let rest = resting[key] else { continue }
            if clock() < rest.until { throw rest.fault }
            resting[key] = nil
        }
        do throws(Fault) {
            let (result, answer) = try await link.run(command, deadline: deadline, limit: Self.limit)
            bytes += answer.bytes
            return Result(text: result.text, status: result.status, answer: answer, command: command)
        } catch {
            switch error.code {
            case "no-answer", "no-end": resting[key] = (error, clock() + Self.rest)
            case "channel-timeout": resting[Self.all] = (error, clock() + Self.rest)
            default: break
            }
            throw error
        }
    }

    func takeBytes() -> Int {
        defer { bytes = 0 }
        return bytes
    }

    /// A person asked: nothing rests any more.
    func wake() { resting = [:] }

    /// As a held session looks: prompt, command, what it printed.
    static func transcript(_ results: [Result]) -> String {
        results.map { "$ \($0.command)\n\($0.text)" + ($0.text.isEmpty || $0.text.hasSuffix("\n") ? "" : "\n") }
            .joined()
    }
}
