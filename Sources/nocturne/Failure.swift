// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneReport

/// An end that is not success: a sentence for people or an object for programs, and the exit status of the contract.
struct Failure: Error {
    enum Code: Int32 {
        case unhealthy = 1
        case unobserved = 2
        case usage = 64
        case notThatPlatform = 65
        case software = 70
        case cannotWrite = 74
        case configuration = 78
    }

    var code: Int32
    var message: String
    /// File, line and column, or the place on the path.
    var place: String?
    /// What the reader can do.
    var hint: String?
    var asJSON = false

    init(_ code: Code, _ message: String, where place: String? = nil, hint: String? = nil, asJSON: Bool = false) {
        self.code = code.rawValue
        self.message = message
        self.place = place
        self.hint = hint
        self.asJSON = asJSON
    }

    /// The bare status: what there was to say has been said.
    init(status: Int32) {
        code = status
        message = ""
    }

    func exit() -> Never {
        if !message.isEmpty { Output.error(text) }
        Glibc.exit(code)
    }

    private var text: String {
        if asJSON { return ErrorReport.json(code: Int(code), message: message, place: place, hint: hint) }
        return "nocturne: " + (place.map { $0 + ": " } ?? "") + message + (hint.map { "\n  " + $0 } ?? "")
    }
}
