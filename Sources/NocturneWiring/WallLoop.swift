// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import NocturneScreens
import NocturneTerminal
import NocturneTheme

/// The wallboard's life: newest snapshot in, page out, and one key.
///
/// It never shows anything but what `latest` says now; when nothing comes, the page grows old by itself, because the
/// loop wakes at least once a second to look at the clock. The terminal gets bytes only when the page changes.
public struct WallLoop {
    private let screen: CursesScreen
    private let reactor: Reactor
    private let theme: Theme
    private let every: Duration
    private let latest: () -> Snapshot
    private let now: () -> UTC

    /// - Parameter every: how long a page stands.
    public init(
        screen: CursesScreen, reactor: Reactor, theme: Theme, every: Duration = WallScreen.turn,
        latest: @escaping () -> Snapshot, now: @escaping () -> UTC
    ) {
        self.screen = screen
        self.reactor = reactor
        self.theme = theme
        self.every = every
        self.latest = latest
        self.now = now
    }

    /// Returns when somebody presses `q`, or the process is told to end.
    public func run() {
        while true {
            let context = DrawContext(
                size: screen.size, tier: screen.tier, glyphs: Glyphs(unicode: screen.unicode), theme: theme, now: now())
            screen.show(WallScreen.draw(latest(), context, every: every))
            while let input = screen.nextInput() {
                if input == .key(.character("q")) || input == .key(.control("c")) { return }
            }
            let woken = reactor.wait(timeoutMilliseconds: 1000)
            if woken.mustLeave { return }
            if woken.resized { screen.resized() }
            if woken.suspend { screen.suspend() }
        }
    }
}
