// SPDX-License-Identifier: Apache-2.0

/// When the next snapshot is due: at once for a transition, soon for new numbers, lazily for mere age.
///
/// A transition spends one of ten tokens, which come back ten a second: a network at peace has them all, so its first
/// transitions go out without delay, and a network on fire still publishes ten times a second at most. Age alone is
/// worth one snapshot a second, which keeps an idle console and its recording nearly silent.
struct PublishPacer: Sendable {
    enum Urgency: Int, Comparable, Sendable {
        case age, content, transition
        static func < (lhs: Urgency, rhs: Urgency) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    private static let burst = 10.0
    private static let perSecond = 10.0

    private var pending: (urgency: Urgency, since: Duration)?
    private var tokens = burst
    private var last: Duration?

    /// Notes that something waits to be published.
    mutating func note(_ urgency: Urgency, at now: Duration) {
        guard let pending else {
            self.pending = (urgency, now)
            return
        }
        self.pending = (max(pending.urgency, urgency), pending.since)
    }

    /// When to publish what is pending; nil when nothing is.
    func due(at now: Duration) -> Duration? {
        guard let pending else { return nil }
        guard let last else { return pending.since }
        let spare = min(Self.burst, tokens + (now - last).seconds * Self.perSecond)
        let afterToken =
            spare >= 1 ? now : now + .milliseconds(Int64(((1 - spare) / Self.perSecond * 1000).rounded(.up)))
        switch pending.urgency {
        case .transition: return afterToken
        case .content: return max(afterToken, last + .milliseconds(100))
        case .age: return max(afterToken, last + .seconds(1))
        }
    }

    /// Notes that a snapshot went out with everything that was pending.
    mutating func published(at now: Duration) {
        if let last { tokens = min(Self.burst, tokens + (now - last).seconds * Self.perSecond) }
        tokens = max(0, tokens - 1)
        last = now
        pending = nil
    }
}
