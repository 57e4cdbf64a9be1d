// SPDX-License-Identifier: Apache-2.0

import NocturneTransport

/// One at a time, in the order of asking: a held channel answers one question after the other.
@NetworkActor
final class Turn {
    private var taken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init() {}

    func take() async {
        guard taken else {
            taken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        if waiting.isEmpty { taken = false } else { waiting.removeFirst().resume() }
    }
}
