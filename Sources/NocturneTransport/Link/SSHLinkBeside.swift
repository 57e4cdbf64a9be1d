// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What a session carries beside the channel that its reach is about: a second shell, and exchanges it forwards.
///
/// Nothing of it changes ``SSHLink/reach`` but the end of the whole session.
extension SSHLink {
    @_spi(Reading)
    public func run(_ command: String, deadline: Duration, limit: Int) async throws(Fault)
        -> (result: ShellResult, answer: Answer)
    {
        try await onSession { connection throws(TroubleError) in
            // It may have ended while another question was under way.
            if let shell, !shell.readAhead() { dropShell() }
            do throws(TroubleError) {
                let shell: HeldChannel
                if let held = self.shell {
                    shell = held
                } else {
                    shell = try await HeldChannel.open(on: connection, deadlines: deadlines, closing: closing)
                    self.shell = shell
                }
                let framing = ShellFraming()
                let answer = try await shell.ask(command, framing: framing, deadline: deadline, limit: limit)
                guard let result = ShellResult(answer, framing: framing) else {
                    throw TroubleError(.channelEnded(said: ""))
                }
                return (result, answer)
            } catch {
                dropShell()
                throw error
            }
        }
    }

    @_spi(Reading)
    public func exchange(
        with host: String, port: Int, sending bytes: [UInt8], deadline: Duration, limit: Int,
        isComplete: @Sendable ([UInt8]) -> Bool
    ) async throws(Fault) -> ForwardedAnswer {
        try await onSession { connection throws(TroubleError) in
            try await ForwardedExchange(
                connection: connection, host: host, port: port, deadline: deadline, limit: limit, closing: closing
            ).run(sending: bytes, isComplete: isComplete)
        }
    }

    /// What goes over the session beside the channel that ``reach`` is about: only the session's own end is told there.
    private func onSession<Value>(_ body: (SSHConnection) async throws(TroubleError) -> Value)
        async throws(Fault) -> Value
    {
        await turnstile.enter()
        defer { turnstile.leave() }
        guard let connection else { throw site.fault(.notOpen) }
        isDriven = true
        defer { isDriven = false }
        do throws(TroubleError) {
            return try await body(connection)
        } catch {
            let fault = carrier?.fault ?? site.fault(error.trouble)
            if connection.endReason != nil { fail(fault) }
            throw fault
        }
    }
}
