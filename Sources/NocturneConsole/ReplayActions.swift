// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal

/// Playing a recording.
enum ReplayActions {
    private static let refusal: @Sendable (Situation) -> String? = {
        $0.context.replay == nil ? "this is the live network, not a recording" : nil
    }

    static let all: [Action] = [
        Action(
            id: "replay-pause", keys: [.character(" ")], names: ["pause", "play"], title: "play/pause",
            help: "Play the recording, or hold it.", argument: nil, places: .everywhere, hint: 2, refusal: refusal,
            perform: { _, _, _ in [.replayToggle] }),
        Action(
            id: "replay-back", keys: [.left], names: ["step-back"], title: "step back",
            help: "Go one step back in the recording.", argument: nil, places: .everywhere, hint: 2, refusal: refusal,
            perform: { _, _, _ in [.replayStep(-1)] }),
        Action(
            id: "replay-forward", keys: [.right], names: ["step"], title: "step",
            help: "Go one step on in the recording.", argument: nil, places: .everywhere, hint: 2, refusal: refusal,
            perform: { _, _, _ in [.replayStep(1)] }),
    ]
}
