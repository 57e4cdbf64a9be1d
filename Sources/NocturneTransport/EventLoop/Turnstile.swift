// SPDX-License-Identifier: Apache-2.0

/// Lets tasks through one at a time, in order of arrival, those marked last behind all others.
@NetworkActor
final class Turnstile {
    private var isBusy = false
    private var first: [CheckedContinuation<Void, Never>] = []
    private var last: [CheckedContinuation<Void, Never>] = []

    nonisolated init() {}

    var waiting: Int { first.count + last.count }

    func enter(last isLast: Bool = false) async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { continuation in
            if isLast { last.append(continuation) } else { first.append(continuation) }
        }
    }

    func leave() {
        if !first.isEmpty {
            first.removeFirst().resume()
        } else if !last.isEmpty {
            last.removeFirst().resume()
        } else {
            isBusy = false
        }
    }
}
