// SPDX-License-Identifier: Apache-2.0

import NocturneModel
@_spi(Reading) import NocturneTransport

/// The one way for bytes that change something to reach a device: a command line for the shell that a link holds.
///
/// It is a target of its own, so that a program that must not write does not even link it: `.ci/proof` looks for this
/// name in the wall's binary. Only `NocturneDriversWrite` may open it, which `.ci/walls` checks.
@_spi(Writing)
@NetworkActor
public struct WritingDoor {
    private let link: any Link

    /// - Parameter link: one of the writer's own; never the one that a reading driver holds.
    public init(_ link: any Link) { self.link = link }

    /// Runs `command` and returns what it printed and its exit status; climbs first when no shell is held.
    ///
    /// - Parameters:
    ///   - deadline: for the command, the climb apart. When it passes, nobody knows whether the command has run.
    ///   - limit: bytes of the answer; a longer one is an error here, for half an answer proves nothing.
    public func run(_ command: String, deadline: Duration, limit: Int = 8 << 20) async throws(Fault) -> ShellResult {
        _ = try await link.open(progress: { _ in })
        let framing = ShellFraming()
        let answer = try await link.ask(command, framing: framing, deadline: deadline, limit: limit)
        guard !answer.truncated, let result = ShellResult(answer, framing: framing) else {
            throw Fault(
                rung: .prompt, code: "answer-cut", place: "",
                message: "the answer was longer than \(limit) bytes and was cut", retries: false)
        }
        return result
    }
}
