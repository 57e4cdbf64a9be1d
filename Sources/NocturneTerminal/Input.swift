// SPDX-License-Identifier: Apache-2.0

/// What comes from the keyboard, or from the terminal itself.
public enum Input: Hashable, Sendable {
    case key(Key)
    /// Text pasted in one piece (bracketed paste): never an action.
    case paste(String)
    case resize(Size)
}

/// A key press.
public enum Key: Hashable, Sendable {
    case character(Character)
    case control(Character)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
}

/// A terminal to draw on: the real one, or the embedded twin of the tests.
public protocol Screen: AnyObject {
    var size: Size { get }
    var tier: ColorTier { get }
    /// Whether glyphs beyond ASCII can be shown.
    var unicode: Bool { get }
    /// Shows the frame; only what differs from the last one is sent.
    func show(_ frame: Frame)
    /// The next input that is already there; nil when there is none. Never waits.
    func nextInput() -> Input?
    /// Puts text into the user's clipboard where the terminal can (OSC 52); whether it was sent.
    func copy(_ text: String) -> Bool
    /// Rings or flashes.
    func bell()
    /// The window has another size, or the program was continued after a stop (SIGWINCH, SIGCONT): the next input is
    /// `resize`, and the next frame is sent whole.
    func resized()
    /// Gives the terminal back, stops the process as ctrl-z does, and takes the terminal again when it is continued.
    func suspend()
    /// Gives the terminal to a program and takes it again when that has ended; waits until then.
    func run(_ program: [String]) -> ChildProgram.End
    /// Gives the terminal back as it was found. Safe to call twice.
    func close()
}

extension Screen {
    public func resized() {}
    public func suspend() {}
    public func run(_ program: [String]) -> ChildProgram.End { .failed("this screen is no terminal") }
}
