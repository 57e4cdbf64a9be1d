// SPDX-License-Identifier: Apache-2.0

/// Where a change session stands. The machine that moves it is `NocturneChange`; this is what everybody may know.
///
/// ```
///  planned ─▶ snapshot ─▶ checked ─▶ armed ─▶ armedVerified ─▶ applied ─▶ gated ─▶ reconnected ─▶ confirming ─▶ disarmedVerified
///      └─ refused ─┴──────────┘         └──────────┴──── failure, R, deadline, loss ────┴─▶ reverting ─▶ revertedVerified
///                                                                                                └────▶ stuck
/// ```
public enum ChangePhase: String, Hashable, Sendable, Codable, CaseIterable {
    case planned, snapshot, checked, armed, armedVerified, applied, gated, reconnected, confirming, disarmedVerified
    case refused, reverting, revertedVerified, stuck

    /// As the journal, the timeline and exports call it.
    public var word: String {
        switch self {
        case .armedVerified: "armed, read back"
        case .disarmedVerified: "confirmed"
        case .revertedVerified: "reverted"
        case .stuck: "STUCK"
        default: rawValue
        }
    }

    /// The phase of an event's word; nil for what is none, such as what a device told by itself.
    public init?(word: String) {
        guard let phase = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = phase
    }

    /// The session is over: nothing of it is armed any more, or it is stuck and says so.
    public var isEnd: Bool {
        switch self {
        case .refused, .disarmedVerified, .revertedVerified, .stuck: true
        default: false
        }
    }

    /// The device would revert by itself, or is doing so.
    public var isGuarded: Bool {
        switch self {
        case .armed, .armedVerified, .applied, .gated, .reconnected, .confirming, .reverting: true
        default: false
        }
    }
}

/// A change session as screens show it; published by whoever runs it with every step.
public struct ChangeState: Hashable, Sendable, Codable {
    /// Something found before anything was sent.
    public struct Finding: Hashable, Sendable, Codable {
        public enum Weight: String, Hashable, Sendable, Codable { case good, warning, blocking }
        public var weight: Weight
        public var text: String
        public init(_ weight: Weight, _ text: String) {
            self.weight = weight
            self.text = text
        }
    }

    /// One line of the difference between what is and what is planned.
    public struct DiffLine: Hashable, Sendable, Codable {
        public enum Kind: String, Hashable, Sendable, Codable { case same, removed, added, skipped }
        public var kind: Kind
        public var text: String
        public init(_ kind: Kind, _ text: String) {
            self.kind = kind
            self.text = text
        }
    }

    /// What happened, newest last.
    public struct Step: Hashable, Sendable, Codable {
        public var at: UTC
        public var text: String
        public var severity: Event.Severity
        public init(at: UTC, text: String, severity: Event.Severity = .info) {
            self.at = at
            self.text = text
            self.severity = severity
        }
    }

    /// How far the state is back at what it was.
    public struct Gate: Hashable, Sendable, Codable {
        /// Subjects of the baseline, and how many of them are as they were.
        public var wanted: Int
        public var held: Int
        /// Those that are not, in words.
        public var missing: [String]
        /// Since when all of them have been; nil while one is not.
        public var since: UTC?
        public init(wanted: Int, held: Int, missing: [String] = [], since: UTC? = nil) {
            self.wanted = wanted
            self.held = held
            self.missing = missing
            self.since = since
        }
    }

    /// Unique on the device and in the journal, such as `20261121-021310-bkk20`.
    public var id: String
    public var device: DeviceName
    public var by: String
    public var phase: ChangePhase
    public var startedAt: UTC
    /// The plan, as an unedited file to be changed; nil when it came as a file.
    public var draftFile: String?
    public var diff: [DiffLine]
    public var findings: [Finding]
    /// What holds it: `device timer 300 s + BIRD timer`.
    public var guardText: String
    public var confirmWithinSeconds: Int
    public var holdSeconds: Int
    /// When the device undoes it by itself, by our clock.
    public var deadline: UTC?
    public var gate: Gate?
    public var steps: [Step]
    /// What a person is waited for, in a sentence; nil when nobody is.
    public var asks: String?
    public var endedAt: UTC?

    public init(
        id: String, device: DeviceName, by: String, phase: ChangePhase = .planned, startedAt: UTC,
        draftFile: String? = nil, diff: [DiffLine] = [], findings: [Finding] = [], guardText: String = "",
        confirmWithinSeconds: Int = 300, holdSeconds: Int = 180, deadline: UTC? = nil, gate: Gate? = nil,
        steps: [Step] = [], asks: String? = nil, endedAt: UTC? = nil
    ) {
        self.id = id
        self.device = device
        self.by = by
        self.phase = phase
        self.startedAt = startedAt
        self.draftFile = draftFile
        self.diff = diff
        self.findings = findings
        self.guardText = guardText
        self.confirmWithinSeconds = confirmWithinSeconds
        self.holdSeconds = holdSeconds
        self.deadline = deadline
        self.gate = gate
        self.steps = steps
        self.asks = asks
        self.endedAt = endedAt
    }

    public var subject: Subject { Subject(kind: .change, device: device, name: id) }
    /// A blocking finding stands.
    public var isBlocked: Bool { findings.contains { $0.weight == .blocking } }
}

/// A change session as the device itself tells of it: read by anybody who looks, whoever began it, and still there
/// after its console is gone.
public struct DeviceGuard: Hashable, Sendable, Codable {
    public enum State: String, Hashable, Sendable, Codable { case armed, reverting, reverted, confirmed, stuck }

    public var session: String
    public var by: String
    public var what: String
    public var state: State
    /// By the device's clock.
    public var armedAt: UTC
    public var deadline: UTC
    /// Until the device undoes the change by itself, when it was asked; nil when nothing is armed.
    public var remainingSeconds: Int?
    /// The timer's process is there.
    public var alive: Bool
    /// When it ended, by the device's clock.
    public var endedAt: UTC?
    /// What it said at its end.
    public var detail: String?

    public init(
        session: String, by: String, what: String, state: State, armedAt: UTC, deadline: UTC,
        remainingSeconds: Int? = nil, alive: Bool, endedAt: UTC? = nil, detail: String? = nil
    ) {
        self.session = session
        self.by = by
        self.what = what
        self.state = state
        self.armedAt = armedAt
        self.deadline = deadline
        self.remainingSeconds = remainingSeconds
        self.alive = alive
        self.endedAt = endedAt
        self.detail = detail
    }

    public var isOpen: Bool { state == .armed || state == .reverting }
}
