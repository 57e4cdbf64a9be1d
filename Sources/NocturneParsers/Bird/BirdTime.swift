// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The daemon's clock and the instants it prints.
///
/// `timeformat protocol` decides how `Since` looks (BIRD manual, "timeformat"). Only a full date with a time is an
/// instant: the default, `iso short ms`, prints a bare time for the last 20 hours and a bare date before that, and a
/// format of the owner's own may print a bare time for ever, so neither is guessed at.
enum BirdTime {
    static func instant(_ text: some StringProtocol) -> UTC? { UTC(iso8601: text) }

    /// Whole seconds from `since` to `now`; nil without either, never negative.
    static func seconds(since: UTC?, now: UTC?) -> Int? {
        guard let since, let now, now >= since else { return nil }
        return Int((now - since).milliseconds / 1000)
    }
}
