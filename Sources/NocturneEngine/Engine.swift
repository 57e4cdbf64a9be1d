// SPDX-License-Identifier: Apache-2.0

import NocturneDrivers
import NocturneJournal
import NocturneModel
import Synchronization

/// Asks every device at its own pace, keeps what they said, and publishes it: the only owner of mutable state.
///
/// It exists so that nothing else needs to be careful. Drivers answer when they can, screens read whole snapshots, and
/// between them stands one actor on one executor: the network's, when it is given that, so that a sweep's report
/// reaches it without changing threads.
///
/// ```
///  driver bkk00 ─ sweep every 2 s ─┐
///  driver bkk20 ─ sweep every 2 s ─┼─▶ World ─▶ pacer ─▶ sink (recording) ─▶ SnapshotBox ─▶ screens
///  driver hgc   ─ in back-off …    │     │                   ▲
///  paths        ─ alive, lost ─────┘     └─▶ events ─▶ ledger (journal)
///  people       ─ notes, changes ────────────────────────┘
/// ```
///
/// ```swift
/// let engine = Engine(inventory: inventory, drivers: drivers, executor: network)
/// engine.box.onChange { doorbell.ring() }
/// await engine.start()
/// ```
///
/// - Each device has a task of its own. A device that answers late delays itself and nobody else.
/// - A snapshot is handed to the sink before it is published. A sink that has not answered after half a second
///   is not waited for, since an old screen would be the bigger lie; after five seconds the recording is called failed.
/// - A device without a driver is dark with the reason, not left out.
public actor Engine {
    public nonisolated let box: SnapshotBox

    private nonisolated let executor: any SerialExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let clock: any EngineClock
    let drivers: [any DeviceDriver]
    let polls: [DeviceName: Duration]
    private let sink: (any SnapshotSink)?
    let ledger: (any EventLedger)?
    private let climbs = Mailbox()

    var world: World
    private var pacer = PublishPacer()
    private var recorder: RecorderState
    var journal: RecorderState
    var queue = LedgerQueue()
    /// Why the ledger did not take the last batch; nil while it does.
    var refusal: String?
    private(set) var sinkBusy = false
    private var sinkSince = Duration.zero
    var naps = Naps()
    private var tasks: [Task<Void, Never>] = []
    private var publisher: Task<Void, Never>?
    private var lastPublished = 0
    private(set) var stopped = false

    /// - Parameters:
    ///   - drivers: one for each device to be observed.
    ///   - sink: what records; nil for nothing.
    ///   - recorder: what the recorder is said to be until the sink has answered.
    ///   - ledger: what keeps events for good; nil for nothing.
    ///   - history: events of former runs, oldest first; they are known from the start and not written again.
    ///   - changesBy: `user@host` whose change sessions are told by whoever runs them; see ``World``.
    ///   - executor: whose thread the engine lives on; nil for one of its own.
    public init(
        inventory: Inventory, drivers: [any DeviceDriver], clock: any EngineClock = SystemClock(),
        sink: (any SnapshotSink)? = nil, recorder: RecorderState = .off, ledger: (any EventLedger)? = nil,
        history: [Event] = [], changesBy: String? = nil, executor: (any SerialExecutor)? = nil
    ) {
        self.clock = clock
        self.drivers = drivers
        self.sink = sink
        self.recorder = recorder
        self.ledger = ledger
        journal = ledger?.state ?? .off
        self.executor = executor ?? QueueExecutor(label: "nocturne.engine")
        polls = Dictionary(inventory.devices.map { ($0.name, $0.poll) }, uniquingKeysWith: { first, _ in first })
        var world = World(inventory: inventory, history: history, changesBy: changesBy)
        // Before anything has an event: what is seen now is on disk first.
        box = SnapshotBox(world.snapshot(at: clock.now, recorder: recorder, journal: journal))
        var events: [Event] = []
        let driven = Set(drivers.map(\.device))
        for device in inventory.devices where !driven.contains(device.name) {
            let fault = Fault(
                rung: .daemon, code: "platform-unread", place: "\(device.name)",
                message: "this version does not read the platform \(device.daemon.rawValue)",
                hint: "take it out of the inventory, or leave it here as a reminder", retries: false)
            events += world.refuse(device.name, fault, at: clock.now)
        }
        self.world = world
        if ledger != nil { queue.add(events) }
        if !events.isEmpty { pacer.note(.transition, at: clock.monotonic) }
    }

    /// Begins to observe. The first sweeps are spread over one interval so that a jump host is not met by all at once.
    ///
    /// - Parameter spread: false for a single look, which would rather have everything now.
    public func start(spread: Bool = true) {
        guard tasks.isEmpty, !stopped else { return }
        let began = clock.monotonic
        for (slot, driver) in drivers.enumerated() {
            let poll = polls[driver.device] ?? .seconds(2)
            // Evenly, with a little chance inside each slot so that several consoles do not march in step.
            let share = (Double(slot) + Double.random(in: 0..<1)) / Double(max(1, drivers.count))
            let first = spread ? began + poll * share : began
            tasks.append(Task { await self.observe(with: driver, poll: poll, first: first) })
        }
        handOver()
        publisher = Task { await self.publishing() }
        tasks.append(Task { await self.ticking() })
    }

    /// Forgets back-off for one device and tries it now.
    public func retryNow(_ device: DeviceName) async {
        guard !stopped, let driver = drivers.first(where: { $0.device == device }) else { return }
        await driver.retryNow()
        naps.wake(.device(device))
    }

    /// Forgets back-off for every device.
    public func retryNow() async {
        for driver in drivers { await retryNow(driver.device) }
    }

    /// Takes in how the ways in are. Devices that only waited for a path to come back are tried at once.
    public func receive(paths: [PathState]) {
        guard !stopped else { return }
        let before = world.paths
        let events = world.receive(paths: paths, at: clock.now)
        observed(events)
        for event in events where event.subject.kind == .path && event.after == "alive" {
            for device in world.waiting(for: event.subject.name) { Task { await self.retryNow(device) } }
        }
        if !events.isEmpty { changed(.transition) } else if world.paths != before { changed(.content) }
    }

    /// Takes in how a change session of this process is, for screens; it replaces what was known of it.
    public func receive(change: ChangeState) {
        world.receive(change: change)
        changed(.transition)
    }

    /// All events kept, oldest first: more than the tail that snapshots carry.
    public var events: [Event] { world.events }

    /// The last transitions of one subject, oldest first; at most twenty.
    public func history(of subject: Subject) -> [Event] { world.history(of: subject) }

    /// Ends observation: lets go of all devices, records and publishes what is known, closes the recording.
    public func stop() async {
        guard !stopped else { return }
        stopped = true
        for task in tasks { task.cancel() }
        naps.wakeAll()
        await withTaskGroup(of: Void.self) { group in
            for driver in drivers { group.addTask { await driver.close() } }
        }
        // The publisher may be in the middle of a snapshot; the last one comes after it.
        await publisher?.value
        handOver()
        await journalled(within: .seconds(2))
        await publish()
        if let sink, !sinkBusy {
            // A disk that hangs must not keep anybody from leaving.
            naps.forget(.sink)
            let closing = Task {
                await sink.close()
                self.naps.wake(.sink)
            }
            await nap(.sink, until: clock.monotonic + .seconds(2))
            closing.cancel()
        }
        box.finish()
    }
}

extension Engine {
    /// Merges one report.
    func receive(_ report: SweepReport) {
        guard !stopped else { return }
        climbs.discard(report.device)
        let before = world[report.device]
        let events = world.receive(report)
        observed(events)
        if !events.isEmpty {
            changed(.transition)
        } else if let before, let after = world[report.device] {
            changed(before.differsOnlyInAge(from: after) ? .age : .content)
        }
        naps.wake(.firstLook)
    }

    /// Called from any thread by a climb; the newest rung wins and a busy engine is told once.
    nonisolated func climbing(_ device: DeviceName, _ reach: Reach) {
        guard climbs.put(device, reach) else { return }
        Task { await self.takeClimbs() }
    }

    private func takeClimbs() {
        guard !stopped else {
            _ = climbs.take()
            return
        }
        for (device, reach) in climbs.take() { world.progress(reach, of: device) }
        changed(.content)
    }

    func changed(_ urgency: PublishPacer.Urgency) {
        pacer.note(urgency, at: clock.monotonic)
        naps.wake(.publisher)
    }

    private func ticking() async {
        while !stopped {
            await nap(.ticker, until: clock.monotonic + .seconds(1))
            if sinkBusy, clock.monotonic - sinkSince >= .seconds(5) {
                note(.failed("the disk has not taken the last write for 5 s; observation goes on"))
            }
            tendLedger()
            guard !stopped else { return }
            let events = world.tick(clock.now)
            observed(events)
            if !events.isEmpty { changed(.transition) }
        }
    }

    private func publishing() async {
        while !stopped {
            let now = clock.monotonic
            guard let due = pacer.due(at: now) else {
                await nap(.publisher, until: now + .seconds(3600))
                continue
            }
            if due > now { await nap(.publisher, until: due) } else { await publish() }
        }
    }

    /// Makes the next snapshot, has its events journalled, records it, publishes it: in this order.
    func publish() async {
        pacer.published(at: clock.monotonic)
        let snapshot = world.snapshot(at: clock.now, recorder: recorder, journal: journal)
        await journalled(within: .milliseconds(500))
        // What a busy sink misses is in the next snapshot it takes: recordings hold differences to what they have.
        if let sink, !sinkBusy {
            sinkBusy = true
            sinkSince = clock.monotonic
            naps.forget(.sink)
            Task {
                let state = await sink.record(snapshot)
                self.recorded(state)
            }
            await nap(.sink, until: clock.monotonic + .milliseconds(500))
        }
        // While one waited for the disk a later one may have gone ahead: numbers only ever go up.
        guard snapshot.number > lastPublished else { return }
        lastPublished = snapshot.number
        box.publish(snapshot)
    }

    private func recorded(_ state: RecorderState) {
        sinkBusy = false
        note(state)
        naps.wake(.sink)
    }

    private func note(_ state: RecorderState) {
        guard state != recorder else { return }
        recorder = state
        changed(.content)
    }
}
