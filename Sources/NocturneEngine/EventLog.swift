// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// The latest events, bounded twice: in all, and per subject.
///
/// The second bound is what keeps one flapping session from pushing everything else out: it may fill its own twenty
/// places and no more. Twenty is what the detail of a peer shows. What people did and said is not bound so: a night of
/// thirty notes on one device is thirty notes.
struct EventLog: Sendable {
    private(set) var events: [Event] = []
    private(set) var lastSequence = 0
    private var perSubject: [Subject: Int] = [:]
    private let capacity: Int
    private let subjectCapacity: Int

    init(capacity: Int = 2000, perSubject: Int = 20) {
        self.capacity = capacity
        self.subjectCapacity = perSubject
    }

    /// Numbers the event, keeps it and returns it as kept.
    mutating func append(_ event: Event) -> Event {
        var event = event
        lastSequence += 1
        event.sequence = lastSequence
        events.append(event)
        if event.isBounded {
            let count = perSubject[event.subject, default: 0] + 1
            perSubject[event.subject] = count
            if count > subjectCapacity,
                let oldest = events.firstIndex(where: { $0.isBounded && $0.subject == event.subject })
            {
                remove(at: oldest)
            }
        }
        if events.count > capacity { remove(at: 0) }
        return event
    }

    /// The last transitions of one subject, oldest first.
    func history(of subject: Subject) -> [Event] { events.filter { $0.subject == subject } }

    /// The newest `count` events, oldest first.
    func tail(_ count: Int) -> [Event] { Array(events.suffix(count)) }

    private mutating func remove(at index: Int) {
        let event = events.remove(at: index)
        guard event.isBounded else { return }
        let subject = event.subject
        let left = perSubject[subject, default: 1] - 1
        perSubject[subject] = left == 0 ? nil : left
    }
}

extension Event {
    /// A machine made it, and may make very many of them.
    fileprivate var isBounded: Bool {
        switch source {
        case .observed, .stream, .deviceLog: true
        case .operator, .change, .note: false
        }
    }
}
