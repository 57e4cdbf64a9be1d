// SPDX-License-Identifier: Apache-2.0

import CNcurses

/// One thing `wget_wch` can say.
enum CursesEvent: Hashable, Sendable {
    /// A key that terminfo knows: a `KEY_` code, or one of ours.
    case code(Int32)
    case character(Unicode.Scalar)
}

/// Turns what ncurses reads into ``Input``.
///
/// Three things are kept from becoming actions: what stands inside a paste, escape sequences that terminfo does not
/// know (ncurses hands them over character by character, and the `C` of an unknown ctrl-arrow would confirm a change),
/// and bytes that mean nothing.
///
/// ```
///          ESC, more there             [ or O                 final byte
///  ground ────────────────▶ escape ──────────────▶ sequence ─────────────▶ ground   (swallowed)
///     │ ▲                      └─ other ─▶ Escape, then that key
///     ▼ │ end of paste, or silence
///   paste
/// ```
struct CursesKeys {
    /// Codes given to `define_key` for the two ends of a bracketed paste (xterm, "Bracketed Paste Mode"); above every
    /// code that ncurses and terminfo's extensions use.
    static let pasteStart: Int32 = 20_000
    static let pasteEnd: Int32 = 20_001

    /// What is kept of one paste, in UTF-8 bytes; the rest is read and dropped.
    static let pasteLimit = 65_536
    /// A paste whose end never comes is over after this much silence.
    static let pasteSilence: Int64 = 1000
    /// Longer than any sequence a terminal sends.
    private static let sequenceLimit = 64

    private var paste: String?
    private var lastAt: Int64 = 0
    private var held: CursesEvent?

    var isPasting: Bool { paste != nil }
    /// A key was read ahead and not told yet.
    var isHolding: Bool { held != nil }

    /// The next input.
    ///
    /// - Parameters:
    ///   - now: milliseconds of a steady clock.
    ///   - read: the next event that is already there, nil when there is none.
    mutating func next(now: Int64, read: () -> CursesEvent?) -> Input? {
        // So much and no more per call: somebody pasting a disk image must not keep the frame from being drawn.
        for _ in 0..<4096 {
            guard let event = take(read) else { return endSilentPaste(now: now) }
            lastAt = now
            if paste != nil {
                if let input = collect(event) { return input }
                continue
            }
            switch event {
            case .code(Self.pasteStart): paste = ""
            case .code(let code): if let key = Self.key(code: code) { return .key(key) }
            case .character("\u{1B}"): if let input = escape(read) { return input }
            case .character(let scalar): if let key = Self.key(scalar) { return .key(key) }
            }
        }
        return nil
    }

    private mutating func take(_ read: () -> CursesEvent?) -> CursesEvent? {
        defer { held = nil }
        return held ?? read()
    }

    private mutating func collect(_ event: CursesEvent) -> Input? {
        guard var text = paste else { return nil }
        switch event {
        case .code(Self.pasteEnd):
            paste = nil
            return .paste(text)
        case .code: return nil
        case .character(let scalar):
            guard text.utf8.count < Self.pasteLimit else { return nil }
            switch scalar {
            // Terminals send a pasted line end as the return key.
            case "\r": text.unicodeScalars.append("\n")
            case "\n": if text.unicodeScalars.last != "\n" { text.unicodeScalars.append("\n") }
            case "\t": text.unicodeScalars.append("\t")
            case _ where scalar.properties.generalCategory == .control: break
            default: text.unicodeScalars.append(scalar)
            }
            paste = text
            return nil
        }
    }

    private mutating func endSilentPaste(now: Int64) -> Input? {
        guard let text = paste, now - lastAt >= Self.pasteSilence else { return nil }
        paste = nil
        return .paste(text)
    }

    private mutating func escape(_ read: () -> CursesEvent?) -> Input? {
        switch read() {
        case .character("["):
            for _ in 0..<Self.sequenceLimit {
                guard case .character(let scalar)? = read() else { break }
                // ECMA-48, 5.4: parameters and intermediates, then one final byte.
                if !(0x20...0x3F).contains(scalar.value) { break }
            }
            return nil
        case .character("O"):
            _ = read()
            return nil
        case let other:
            held = other
            return .key(.escape)
        }
    }
}

extension CursesKeys {
    static func key(_ scalar: Unicode.Scalar) -> Key? {
        switch scalar.value {
        case 0x0A, 0x0D: .enter
        case 0x09: .tab
        case 0x1B: .escape
        case 0x08, 0x7F: .backspace
        case 0x00: .control(" ")
        // A letter is what ctrl was held with; 0x1C…0x1F are ctrl with \ ] ^ _.
        case 0x01...0x1A: .control(Character(Unicode.Scalar(UInt8(scalar.value) + 0x60)))
        case 0x1C...0x1F: .control(Character(Unicode.Scalar(UInt8(scalar.value) + 0x40)))
        case 0x80...0x9F: nil
        default: .character(Character(scalar))
        }
    }

    static func key(code: Int32) -> Key? {
        switch code {
        case KEY_UP: .up
        case KEY_DOWN: .down
        case KEY_LEFT: .left
        case KEY_RIGHT: .right
        case KEY_HOME: .home
        case KEY_END: .end
        case KEY_PPAGE: .pageUp
        case KEY_NPAGE: .pageDown
        case KEY_BACKSPACE: .backspace
        case KEY_DC: .delete
        case KEY_IC: .insert
        case KEY_BTAB: .backTab
        case KEY_ENTER: .enter
        case nc_key_f(1)...nc_key_f(63): .function(Int(code - nc_key_f(0)))
        default: nil
        }
    }
}
