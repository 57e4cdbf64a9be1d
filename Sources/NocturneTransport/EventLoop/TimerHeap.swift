// SPDX-License-Identifier: Apache-2.0

/// Pending timers, the earliest on top: a binary heap with lazy cancellation.
struct TimerHeap {
    typealias Instant = ContinuousClock.Instant

    private struct Entry {
        var due: Instant
        var id: UInt64
    }

    private var heap: [Entry] = []
    private var actions: [UInt64: () -> Void] = [:]
    private var lastID: UInt64 = 0

    /// When the earliest live timer is due.
    var next: Instant? {
        mutating get {
            while let top = heap.first, actions[top.id] == nil { _ = removeTop() }
            return heap.first?.due
        }
    }

    mutating func add(at due: Instant, _ action: @escaping () -> Void) -> UInt64 {
        lastID += 1
        actions[lastID] = action
        heap.append(Entry(due: due, id: lastID))
        var child = heap.count - 1
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
        return lastID
    }

    mutating func cancel(_ id: UInt64) { actions[id] = nil }

    /// Takes the earliest timer when it is due.
    mutating func popDue(at now: Instant) -> (() -> Void)? {
        while let top = heap.first, top.due <= now {
            let entry = removeTop()
            if let action = actions.removeValue(forKey: entry.id) { return action }
        }
        return nil
    }

    private mutating func removeTop() -> Entry {
        heap.swapAt(0, heap.count - 1)
        let top = heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { break }
            let right = left + 1
            let least = right < heap.count && heap[right].due < heap[left].due ? right : left
            guard heap[least].due < heap[parent].due else { break }
            heap.swapAt(least, parent)
            parent = least
        }
        return top
    }
}
