// SPDX-License-Identifier: Apache-2.0

import Glibc
import NocturneTerminal
import Themes

/// How every role looks at every colour tier.
///
/// A theme is a base with layers on top: the user's file need name only what it wants different. Each tier is written
/// down by itself, so that a terminal without colour is designed for rather than left with what remains.
///
/// ```swift
/// let theme = try Theme.load("/home/ops/.config/nocturne/my.theme")
/// frame.put("down", row: 3, column: 1, style: theme.style(.down, tier: screen.tier))
/// ```
///
/// The file format is described at ``ThemeParser``.
public struct Theme: Hashable, Sendable {
    public var name: String
    private var styles: [Look: Style] = [:]

    struct Look: Hashable, Sendable {
        var role: Role
        var tier: ColorTier
    }

    /// A theme that says nothing: everything is plain.
    init(name: String) { self.name = name }

    /// How `role` looks at `tier`; plain where neither the theme nor its base says anything.
    public func style(_ role: Role, tier: ColorTier) -> Style { styles[Look(role: role, tier: tier)] ?? .plain }

    /// What the theme says, nil where it says nothing.
    func stated(_ role: Role, tier: ColorTier) -> Style? { styles[Look(role: role, tier: tier)] }

    mutating func set(_ style: Style, role: Role, tier: ColorTier) { styles[Look(role: role, tier: tier)] = style }
}

extension Theme {
    /// The theme used when none is asked for: the terminal's own colours and the sixteen named ones.
    public static let standard: Theme = (try? builtIn("default")) ?? Theme(name: "plain")

    /// The names `builtIn` knows.
    public static var builtInNames: [String] { Themes.all.map(\.name) }

    /// A theme that is part of the program.
    ///
    /// - Throws: ``ThemeError`` when there is none of that name.
    public static func builtIn(_ name: String) throws(ThemeError) -> Theme {
        guard let found = Themes.all.first(where: { $0.name == name }) else {
            throw ThemeError(
                file: nil, problem: "there is no theme \"\(name)\"",
                hint: Nearest.hint(name, among: builtInNames, else: "built in are"))
        }
        let base = name == "default" ? Theme(name: name) : standard
        return try ThemeParser.parse(found.text, file: "\(name).theme (built in)", name: name, over: base)
    }

    /// Reads a theme file as a layer over `base`.
    ///
    /// - Throws: ``ThemeError`` with file and line when it cannot be read or is not a theme.
    public static func load(_ path: String, over base: Theme = .standard) throws(ThemeError) -> Theme {
        try ThemeParser.parse(ThemeFile.read(path), file: path, name: path, over: base)
    }

    /// The theme a user names: one of the built-in ones, or a file when the name has a slash or ends in `.theme`.
    public static func named(_ name: String) throws(ThemeError) -> Theme {
        name.contains("/") || name.hasSuffix(".theme") ? try load(name) : try builtIn(name)
    }
}

enum ThemeFile {
    /// A theme has some hundred lines; what is larger is some other file.
    static let limit = 1 << 18

    static func read(_ path: String) throws(ThemeError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { _ = Glibc.close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { break }
            bytes += chunk[..<count]
            guard bytes.count <= limit else {
                throw ThemeError(file: path, problem: "is larger than 256 kB: not a theme", hint: nil)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func failure(_ path: String) -> ThemeError {
        ThemeError(
            file: path, problem: "cannot be read: \(String(cString: strerror(errno)))",
            hint: "give the path of a theme file, or one of the built-in names: "
                + Theme.builtInNames.joined(separator: ", "))
    }
}
