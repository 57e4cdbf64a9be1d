// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// `show route [for] PREFIX [all]`: one line a path, next hops and attributes below it (nest/rt-show.c).
///
/// ```
/// Table master4:
/// 198.51.100.81/32     unicast [direct1 01:55:36.790] * (240)              2.x, 3.x
///         dev lo
///                      unreachable [anycast4 01:49:26.953] (200)           another path of the same prefix
/// 192.0.2.0/24       via 192.0.2.2 on eth0 [hgc 2019-01-23] * (100) [AS64510i]     1.x
/// ```
///
/// `*` marks the best path, `!` the best path that the kernel refused. `(150/20)` is preference and metric. A path
/// with several next hops gives a row for each. Attributes are `BGP.as_path` in 1.x and 2.x, `bgp_path` in 3.x.
struct BirdRoutesReader {
    private struct Path {
        var route: Route
        var hops: [(nextHop: String?, interface: String?)] = []
        /// A unicast path of 2.x and 3.x has its next hops on lines of their own.
        var wantsHop = false
    }

    private var paths: [Path] = []
    private(set) var seen = false
    private var prefix: String?
    private var lastLine: Substring = ""

    static func isHeading(_ line: Substring) -> Bool {
        line.hasPrefix("Table ") && line.utf8.last == 0x3A && line.fields.count == 2
    }

    /// `show route count` names no route.
    static func isCount(_ line: Substring) -> Bool {
        let fields = line.fields.drop { $0 == "Total:" }
        return fields.count >= 7 && fields.dropFirst().first == "of" && line.contains(" routes for ")
    }

    /// Whether a line without a heading before it begins a route: 1.x prints no table line.
    mutating func begins(_ line: BirdTranscript.Line) -> Bool {
        guard line.text.indent == 0, line.text.utf8.first != 0x09 else { return false }
        return consume(line)
    }

    mutating func consume(_ line: BirdTranscript.Line) -> Bool {
        lastLine = line.text
        guard let first = line.text.utf8.first else { return true }
        if first == 0x09 { return detail(line.text) }
        return path(line.text)
    }

    private mutating func path(_ text: Substring) -> Bool {
        guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else { return false }
        var head = text[..<open].fields[...]
        if text.indent == 0 {
            guard let word = head.popFirst(), Self.isPrefix(word) else { return false }
            prefix = String(word)
        }
        guard let prefix, let word = head.popFirst() else { return false }
        let source = text[text.index(after: open)..<close].fields
        var route = Route(prefix: prefix, kind: .unicast, best: false)
        route.protocol = source.first.map(String.init)
        var path = Path(route: route)
        switch word {
        case "unicast", "recursive": path.wantsHop = true
        case "via": path.hops = [Self.via(Array(head))]
        case "dev": path.hops = [(nil, head.first.map(String.init))]
        case "multipath": path.wantsHop = true
        case "unreachable": path.route.kind = .unreachable
        case "blackhole": path.route.kind = .blackhole
        case "prohibited": path.route.kind = .prohibit
        default: return false
        }
        let tail = text[text.index(after: close)...]
        guard Self.flags(tail, &path.route) else { return false }
        paths.append(path)
        seen = true
        return true
    }

    /// ` * I (150/10/10000) [203.0.113.2]`.
    private static func flags(_ tail: Substring, _ route: inout Route) -> Bool {
        guard let open = tail.firstIndex(of: "("), let close = tail[open...].firstIndex(of: ")") else { return false }
        let marks = tail[..<open].fields
        route.best = marks.contains("*") || marks.contains("!")
        let numbers = tail[tail.index(after: open)..<close].split(separator: "/")
        guard let preference = numbers.first.flatMap({ Int($0) }) else { return false }
        route.preference = preference
        // `?` is a next hop without a known distance.
        if numbers.count > 1 { route.metric = Int(numbers[1]) }
        return true
    }

    private mutating func detail(_ line: Substring) -> Bool {
        guard let last = paths.indices.last else { return false }
        let text = line.trimmed
        if line.hasPrefix("\t\t") { return true }
        if let rest = text.after("via ") {
            paths[last].hops.append(Self.via(rest.fields))
            paths[last].wantsHop = false
            return true
        }
        if let rest = text.after("dev ") {
            paths[last].hops.append((nil, rest.fields.first.map(String.init)))
            paths[last].wantsHop = false
            return true
        }
        if text.hasPrefix("recursive ") {
            paths[last].wantsHop = false
            return true
        }
        guard let (key, value) = line.keyAndValue, !key.isEmpty else { return false }
        if key == "BGP.as_path" || key == "bgp_path" { paths[last].route.asPath = String(value) }
        if key == "hostentry" || key == "Internal route handling values" { paths[last].wantsHop = false }
        return true
    }

    /// `192.0.2.2 on eth0 mpls 100/200 onlink weight 2`.
    private static func via(_ fields: [Substring]) -> (nextHop: String?, interface: String?) {
        let on = fields.firstIndex(of: "on").map { $0 + 1 }
        return (fields.first.map(String.init), on.flatMap { $0 < fields.count ? String(fields[$0]) : nil })
    }

    private static func isPrefix(_ text: Substring) -> Bool {
        guard let slash = text.lastIndex(of: "/"), let length = Int(text[text.index(after: slash)...]) else {
            return false
        }
        let address = text[..<slash]
        return (0...128).contains(length) && address.utf8.contains { $0 == 0x2E || $0 == 0x3A }
    }

    var rows: [Route] {
        paths.flatMap { path -> [Route] in
            if path.hops.isEmpty { return [path.route] }
            return path.hops.map { hop in
                var route = path.route
                route.nextHop = hop.nextHop
                route.interface = hop.interface
                return route
            }
        }
    }

    func isCut(endsMidLine: Bool) -> Bool {
        if paths.last?.wantsHop == true { return true }
        // 3.x ends every path with this line; without it a missing newline means a missing rest.
        return endsMidLine && !(lastLine.contains("Internal route handling values") && lastLine.contains(" id "))
    }
}
