// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import NocturneModel

/// A place in a recording, and the snapshot that was on the screens there.
///
/// ```swift
/// var cursor = ReplayCursor(try RecordingReader(path: file))
/// cursor.seek(to: incident)                          // as it was then
/// while let snapshot = cursor.next() { show(snapshot) }
/// cursor.advance(by: .seconds(1) * 4)                // playing, four times as fast
/// ```
///
/// Lines that cannot be used are passed over and stand in ``problems``; after one, snapshots begin again with the next
/// full line, because a change to something unknown says nothing.
public struct ReplayCursor: Sendable {
    public private(set) var reader: RecordingReader
    /// The snapshot at this place; nil before the first.
    public private(set) var snapshot: Snapshot?
    private var state: RecordedState?
    /// A line could not be used: changes say nothing until the next full line.
    private var broken = false
    private var index = -1
    /// The time of playing, which goes on between snapshots.
    private var clock: UTC?
    private var unreadable: [Int: RecordingProblem] = [:]

    public init(_ reader: RecordingReader) { self.reader = reader }

    /// What could not be used so far, in the order of lines.
    public var problems: [RecordingProblem] {
        (reader.problems + unreadable.values).sorted { ($0.line ?? 0) < ($1.line ?? 0) }
    }

    /// The time of this place: that of its snapshot, or later when playing has gone on from there.
    public var time: UTC? { clock ?? snapshot?.at }

    /// Which snapshot of the recording this is, counted from 1; 0 before the first.
    public var position: Int { index + 1 }

    /// Whether this is the last snapshot there is.
    public var atEnd: Bool { index >= reader.entries.count - 1 }

    /// Goes to the next snapshot and returns it; nil, staying where it is, at the end.
    public mutating func next() -> Snapshot? {
        let found = step()
        if found != nil { clock = nil }
        return found
    }

    /// Goes to the snapshot before this one and returns it; nil, staying where it is, at the beginning.
    public mutating func previous() -> Snapshot? {
        guard index > 0 else { return nil }
        clock = nil
        return go(to: index - 1)
    }

    /// Goes to the snapshot that was on the screens at `time`: the last one not after it, or else the first.
    @discardableResult
    public mutating func seek(to time: UTC) -> Snapshot? {
        let place = reader.entries.lastIndex { $0.at <= time } ?? 0
        let found = go(to: place)
        clock = time
        return found
    }

    /// Goes to the last snapshot.
    @discardableResult
    public mutating func seekToEnd() -> Snapshot? {
        clock = nil
        return go(to: reader.entries.count - 1)
    }

    /// Lets time pass and returns the snapshot that is then on the screens; nil when it is still the same one.
    public mutating func advance(by duration: Duration) -> Snapshot? {
        guard let now = time else { return next() }
        let then = now + duration
        var found: Snapshot?
        while let snapshot = step(limit: then) { found = snapshot }
        clock = then
        return found
    }

    /// Takes in what was written since; says whether there is more to go to.
    public mutating func refresh() throws(RecordingProblem) -> Bool {
        try reader.refresh()
        return !atEnd
    }

    /// The next usable snapshot not after `limit`; stays where it is when there is none.
    private mutating func step(limit: UTC? = nil) -> Snapshot? {
        var place = index + 1
        while place < reader.entries.count {
            if let limit, reader.entries[place].at > limit { return nil }
            index = place
            if load(place), let state {
                snapshot = state.snapshot
                return snapshot
            }
            place += 1
        }
        return nil
    }

    /// Builds the snapshot at a place from the full line before it. Where that cannot be had, the nearest usable
    /// snapshot before it is shown, else the first one after it.
    private mutating func go(to place: Int) -> Snapshot? {
        guard reader.entries.indices.contains(place) else { return snapshot }
        let begin = reader.entries[...place].lastIndex { $0.isFull && unreadable[$0.line] == nil } ?? 0
        if state == nil || broken || index < begin || index > place {
            state = nil
            index = begin - 1
        }
        var usable = index
        while index < place {
            index += 1
            if load(index) { usable = index }
        }
        guard let state else { return step() ?? snapshot }
        index = usable
        snapshot = state.snapshot
        return snapshot
    }

    /// Takes one line into the state; false when it could not be used, with the state as it was.
    private mutating func load(_ place: Int) -> Bool {
        let entry = reader.entries[place]
        if entry.afterGap { broken = true }
        guard entry.isFull || (state != nil && !broken) else { return false }
        do {
            let data = try reader.data(entry)
            if entry.isFull {
                state = RecordedState(try JSONDecoder().decode(RecordingLine.Full.self, from: data).snapshot)
                broken = false
            } else {
                let change = try JSONDecoder().decode(RecordingLine.Change.self, from: data)
                if state?.apply(change, number: entry.number, at: entry.at) != true {
                    throw reader.problem(entry.line, "speaks of a device that is not there")
                }
            }
            return true
        } catch let problem as RecordingProblem {
            unreadable[entry.line] = problem
        } catch {
            unreadable[entry.line] = reader.problem(
                entry.line, "cannot be understood (\(error)); what follows is used from the next full snapshot on")
        }
        broken = true
        return false
    }
}
