// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneReport

/// An end that is not success: what there is to say, and in which form.
struct Failure: Error {
    /// Nil when everything has been said and only the status is left.
    var report: ErrorReport?
    var status: Int32
    var asJSON = false

    init(
        _ status: ExitStatus, _ message: String, where place: String? = nil, hint: String? = nil, asJSON: Bool = false
    ) {
        report = ErrorReport(status, message: message, place: place, hint: hint)
        self.status = status.rawValue
        self.asJSON = asJSON
    }

    /// The bare status.
    init(_ status: ExitStatus) { self.status = status.rawValue }

    func exit() -> Never {
        if let report { Output.error(asJSON ? report.json : "nocturne: " + report.plain) }
        Glibc.exit(status)
    }
}
