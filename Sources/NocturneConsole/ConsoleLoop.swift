// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal
import NocturneTheme

/// Where the console gets what it shows. Must answer at once: it is asked between a key and its frame.
public protocol SnapshotSource: AnyObject {
    func latest() -> Snapshot
}

/// A recording being played.
public protocol ReplayControl: AnyObject {
    var status: ReplayStatus { get }
    func togglePlaying()
    /// Steps forward or, with a negative number, back; stops at the ends.
    func step(by steps: Int)
}

/// What blocks until something happens: the terminal's ``Reactor``, or a script in tests.
public protocol Waiter: AnyObject {
    func wait(timeoutMilliseconds: Int?) -> Reactor.Wakeup
}

extension Reactor: Waiter {}

/// The console: keys in, frames out, until somebody leaves.
///
/// ```
///        ┌─────────────── wait: key, doorbell, signal, or the next age that changes ◀─┐
///        ▼                                                                            │
///  all input ─▶ reduce ─▶ effects ─▶ settle ─▶ draw ─▶ show (only what differs) ──────┘
/// ```
///
/// Nothing here waits for the network, and nothing is drawn that is not news: the loop sleeps until an input, a new
/// snapshot, or the moment at which an age on the screen would read differently.
public final class ConsoleLoop {
    public struct Options {
        public var theme: Theme
        /// The time; in tests whatever the test says.
        public var now: () -> UTC
        /// What the inventory says of a device, for command lines to copy.
        public var device: (DeviceName) -> Device?
        /// Forget back-off and try a device now.
        public var retry: (DeviceName) -> Void
        public var replay: (any ReplayControl)?
        /// Who carries changes out; nil where nothing may be changed.
        public var desk: (any ChangeDesk)?
        /// Who writes notes down; nil where there is no journal.
        public var notes: (any NoteDesk)?
        /// What the world answers; whoever posts into it rings the doorbell.
        public var inbox: MessageInbox?
        /// The words of the editor that plans are edited with; the file comes behind them.
        public var editor: [String]
        public var start: Place

        public init(
            theme: Theme = .standard, now: @escaping () -> UTC,
            device: @escaping (DeviceName) -> Device? = { _ in nil },
            retry: @escaping (DeviceName) -> Void = { _ in }, replay: (any ReplayControl)? = nil,
            desk: (any ChangeDesk)? = nil, notes: (any NoteDesk)? = nil, inbox: MessageInbox? = nil,
            editor: [String] = ChildProgram.editor(), start: Place = .overview
        ) {
            self.theme = theme
            self.now = now
            self.device = device
            self.retry = retry
            self.replay = replay
            self.desk = desk
            self.notes = notes
            self.inbox = inbox
            self.editor = editor
            self.start = start
        }
    }

    /// Snapshots come as fast as devices answer; the eye and the line need no more than this.
    static let frameInterval = 100

    public private(set) var state: ViewState
    private var reducer = Reducer()
    private let screen: any Screen
    private let source: any SnapshotSource
    private let options: Options
    private let lists = Lists()
    private var snapshot: Snapshot
    private var shown: Frame?
    private var leaving = false

    public init(screen: any Screen, source: any SnapshotSource, options: Options) {
        self.screen = screen
        self.source = source
        self.options = options
        state = ViewState(options.start)
        snapshot = source.latest()
    }

    /// Runs until somebody leaves or the terminal is gone; gives the terminal back either way.
    public func run(waiter: some Waiter) {
        defer { screen.close() }
        draw()
        var drawnAt = options.now()
        var owed = false
        while !leaving {
            var pressed = handleInput()
            if leaving { break }
            if pressed {
                draw()
                drawnAt = options.now()
                owed = false
            }
            let since = Int((options.now() - drawnAt).milliseconds)
            let timeout = owed ? max(0, Self.frameInterval - since) : max(1, nextChange())
            let woken = waiter.wait(timeoutMilliseconds: timeout)
            if woken.mustLeave { break }
            if woken.suspend { screen.suspend() }
            if woken.resized || woken.suspend {
                screen.resized()
                shown = nil
                pressed = true
            }
            if woken.input { continue }
            // A burst of snapshots is one frame; a key is never held up by them.
            owed = owed || woken.doorbell
            let due = Int((options.now() - drawnAt).milliseconds) >= Self.frameInterval
            if woken.resized || woken.suspend || woken.timedOut || (owed && due) {
                draw()
                drawnAt = options.now()
                owed = false
            }
        }
    }

    /// Reads everything typed so far; whether there was anything.
    func handleInput() -> Bool {
        var any = false
        while !leaving, let input = screen.nextInput() {
            any = true
            if case .resize = input { shown = nil }
            let situation = situation()
            for effect in reducer.reduce(input, &state, situation) { perform(effect) }
            // The next key acts on what this one left.
            Reducer.settle(&state, self.situation())
        }
        return any
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .quit: leaving = true
        case .retry(let name): options.retry(name)
        case .suspend:
            screen.suspend()
            shown = nil
        case .redraw:
            screen.resized()
            shown = nil
        case .copy(let text, let what):
            let sent = screen.copy(text)
            if !sent { screen.bell() }
            state.message =
                sent
                ? Message("copied: \(what)", .good)
                : Message("the terminal takes no clipboard text; it was: \(text)", .warning)
        case .change(let order): perform(order)
        case .edit(let session, let file): edit(session, file)
        case .note(let note): options.notes?.write(note)
        case .export(let request): options.notes?.export(request)
        case .replayToggle:
            options.replay?.togglePlaying()
            snapshot = source.latest()
        case .replayStep(let steps):
            options.replay?.step(by: steps)
            snapshot = source.latest()
        }
    }

    private func perform(_ order: ChangeOrder) {
        switch order {
        case .open(let request): options.desk?.open(request)
        case .apply(let session): options.desk?.apply(session)
        case .confirm(let session): options.desk?.confirm(session)
        case .rollBack(let session): options.desk?.rollBack(session)
        case .cancel(let session): options.desk?.cancel(session)
        }
    }

    /// The network goes on meanwhile, on its own thread.
    private func edit(_ session: String, _ file: String) {
        let end = screen.run(options.editor + [file])
        shown = nil
        if let problem = end.problem {
            state.message = Message("\(options.editor.first ?? "editor") \(problem); the plan is as it was", .warning)
        } else {
            state.message = Message("reading the plan")
            options.desk?.planned(session)
        }
    }

    func situation() -> Situation {
        var situation = Situation(
            snapshot: state.frozen ?? snapshot, live: snapshot, state: state, context: context(),
            inventory: options.device)
        if options.replay != nil {
            situation.changeRefusal = "this is a recording"
            situation.noteRefusal = "this is a recording"
        } else {
            if options.desk == nil { situation.changeRefusal = "nothing can be changed from here" }
            if options.notes == nil { situation.noteRefusal = "there is no journal to write it into" }
        }
        if options.notes == nil { situation.exportRefusal = "there is no journal to write down" }
        if state.place == .help { situation.context.help = ActionRegistry.help(situation, search: state.search) }
        return situation
    }

    private func context() -> DrawContext {
        let wall = options.now()
        let now = state.frozen?.at ?? (options.replay == nil ? wall : snapshot.at)
        return DrawContext(
            size: screen.size, tier: screen.tier, glyphs: Glyphs(unicode: screen.unicode), theme: options.theme,
            now: now,
            wall: wall, replay: options.replay?.status, lists: lists)
    }

    /// Draws what is now; shows it only when it differs.
    func draw() {
        let before = snapshot
        snapshot = source.latest()
        if options.replay == nil, snapshot.number != before.number,
            let news = ChangeNews.between(before, snapshot)
        {
            state.message = news.message
            if news.rings { screen.bell() }
        }
        for letter in options.inbox?.take() ?? [] { NoteActions.receive(letter, &state) }
        Reducer.settle(&state, self.situation())
        var situation = self.situation()
        situation.context.hints = ActionRegistry.hints(situation)
        let frame = Screens.draw(snapshot, state, situation.context)
        guard frame != shown else { return }
        screen.show(frame)
        shown = frame
    }

    /// Milliseconds until the screen may read differently though nothing happened: ages move in steps of five seconds,
    /// the time left of an open change every second.
    func nextChange() -> Int {
        let counting = SafeLine.find(snapshot, context())?.left != nil
        let step: Int64 = counting ? 1000 : 5000
        return Int(step - options.now().milliseconds % step)
    }
}
