// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Why a command could not do its work: for a person, or for a program.
public struct ErrorReport: Hashable, Sendable {
    public var status: ExitStatus
    /// What happened, in a sentence.
    public var message: String
    /// `file:line:column`, or the place on the path to a device.
    public var place: String?
    /// What the reader can do.
    public var hint: String?

    public init(_ status: ExitStatus, message: String, place: String? = nil, hint: String? = nil) {
        self.status = status
        self.message = message
        self.place = place
        self.hint = hint
    }

    public init(_ status: ExitStatus, _ fault: Fault) {
        self.init(status, message: fault.message, place: fault.place, hint: fault.hint)
    }

    /// `{"error":{"code":78,"message":"…","where":"…","hint":"…"}}`, on stderr with `--format json`.
    public var json: String {
        JSONValue.object([
            (
                "error",
                .object([
                    ("code", .int(Int(status.rawValue))), ("message", .string(message)), ("where", JSONValue(place)),
                    ("hint", JSONValue(hint)),
                ])
            )
        ]).text
    }

    /// Place and message, and the hint on a line of its own.
    public var plain: String {
        (place.map { "\($0): " } ?? "") + message + (hint.map { "\n  \($0)" } ?? "")
    }
}
