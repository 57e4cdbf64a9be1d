// SPDX-License-Identifier: Apache-2.0

import CNcurses
import Glibc

/// What the terminal at the other end is able to do, as far as it can be known without asking it.
///
/// Asking (DA1, XTGETTCAP) costs a round trip through bad Wi-Fi before the first frame and answers that arrive as
/// keys, so only the environment and the terminal database are read.
public struct TerminalProfile: Hashable, Sendable {
    /// The name ncurses is opened with; not always the one in TERM, see ``ColorTier/direct``.
    public var term: String
    public var tier: ColorTier
    /// Whether glyphs beyond ASCII arrive: the locale is UTF-8 and the terminal has a font for them.
    public var unicode: Bool
    public var clipboard: ClipboardRoute

    /// What the terminal database says about one name.
    public struct Entry: Hashable, Sendable {
        public var colors: Int
        /// Colour numbers are red, green and blue (`RGB` in terminfo's user capabilities).
        public var direct: Bool
        public init(colors: Int, direct: Bool) {
            self.colors = colors
            self.direct = direct
        }
    }

    /// What the user asked for, above what is found.
    public struct Wishes: Hashable, Sendable {
        public var ascii: Bool
        public var noColor: Bool
        /// At most this; nil for what there is.
        public var tier: ColorTier?
        public init(ascii: Bool = false, noColor: Bool = false, tier: ColorTier? = nil) {
            self.ascii = ascii
            self.noColor = noColor
            self.tier = tier
        }
    }

    /// Works out the profile. Pure, so that every combination can be tested.
    ///
    /// - Parameters:
    ///   - environment: looks up a variable.
    ///   - codesetIsUTF8: what the locale says.
    ///   - entry: looks up a terminal type; nil when the database has none.
    /// - Throws: ``TerminalError/termUnset`` or ``TerminalError/termUnknown(_:)``.
    public static func detect(
        wishes: Wishes = Wishes(), environment: (String) -> String?, codesetIsUTF8: Bool, entry: (String) -> Entry?
    ) throws(TerminalError) -> TerminalProfile {
        guard let term = environment("TERM"), !term.isEmpty else { throw .termUnset }
        guard let found = entry(term) else { throw .termUnknown(term) }
        // The Linux console has room for 512 glyphs, and ✔ and ▁ are not among them.
        let console = term == "linux" || term.hasPrefix("linux-") || term.hasPrefix("vt")
        var profile = TerminalProfile(
            term: term, tier: .mono, unicode: codesetIsUTF8 && !wishes.ascii && !console,
            clipboard: console ? .none : ClipboardRoute.detect(environment: environment))
        // https://no-color.org: present and not empty, whatever its value.
        if wishes.noColor || environment("NO_COLOR")?.isEmpty == false { return profile }
        switch found.colors {
        case ..<8: profile.tier = .mono
        case ..<256: profile.tier = .sixteen
        default: profile.tier = found.direct ? .direct : .indexed
        }
        if let wanted = wishes.tier { profile.tier = lesser(profile.tier, wanted) }
        if profile.tier == .direct || wishes.tier.map({ $0 != .direct }) == true { return profile }
        // terminfo has no way to say "256 colours and direct ones too": the direct entry is one of its own.
        guard profile.tier == .indexed, ["truecolor", "24bit"].contains(environment("COLORTERM") ?? "") else {
            return profile
        }
        let directName = (term.hasSuffix("-256color") ? String(term.dropLast(9)) : term) + "-direct"
        if let direct = entry(directName), direct.direct {
            profile.term = directName
            profile.tier = .direct
        }
        return profile
    }

    private static func lesser(_ a: ColorTier, _ b: ColorTier) -> ColorTier {
        let order = ColorTier.allCases
        return (order.firstIndex(of: a) ?? 0) < (order.firstIndex(of: b) ?? 0) ? a : b
    }
}

extension TerminalProfile {
    /// Sets the locale's character type and tells whether it is UTF-8.
    ///
    /// Two environments that mean UTF-8 and do not get it are put right: none at all (containers, `sudo`, `cron`), and
    /// a UTF-8 locale sent along by ssh which this machine has not generated. Both get `C.UTF-8`, which every current
    /// glibc has. `LANG=C` is taken at its word.
    static func useLocale(environment: (String) -> String?) -> Bool {
        let asked = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty }
        let name = asked ?? "C.UTF-8"
        if setlocale(LC_CTYPE, name) == nil {
            let folded = name.lowercased()
            let meansUTF8 = folded.hasSuffix("utf-8") || folded.hasSuffix("utf8")
            setlocale(LC_CTYPE, meansUTF8 ? "C.UTF-8" : "C")
        }
        guard let codeset = nl_langinfo(nl_item(CODESET)) else { return false }
        return String(cString: codeset) == "UTF-8"
    }

    /// Reads the terminal database.
    static func entry(_ term: String) -> Entry? {
        var code: Int32 = 0
        guard setupterm(term, STDOUT_FILENO, &code) == OK else { return nil }
        defer { nc_forget_terminal() }
        return Entry(colors: Int(nc_number("colors")), direct: nc_flag("RGB") > 0 || nc_number("RGB") > 0)
    }

    /// What a full screen needs and `term` lacks, as the end of "it cannot …".
    static func lacking(_ term: String) -> String? {
        var code: Int32 = 0
        guard setupterm(term, STDOUT_FILENO, &code) == OK else { return nil }
        defer { nc_forget_terminal() }
        if nc_capability("cup") == nil { return "place the cursor" }
        if nc_capability("clear") == nil, nc_capability("ed") == nil { return "clear the screen" }
        return nil
    }
}
