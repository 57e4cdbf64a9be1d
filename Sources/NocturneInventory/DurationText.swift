// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Durations as people write them: `500ms`, `2s`, `5m`, `1h`.
///
/// A number without a unit is refused, since half of its readers would take it for milliseconds.
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// The duration a person wrote; nil when it is none.
    public static func parse(_ text: String) -> Duration? {
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let name = text.dropFirst(number.count).drop { $0 == " " }
        guard let unit = units.first(where: { $0.name == name }), number.first != ".", number.last != ".",
            let value = Double(number)
        else { return nil }
        let milliseconds = value * Double(unit.milliseconds)
        // A century is more than anybody means and far from overflow.
        guard milliseconds <= 3_155_760_000_000 else { return nil }
        return .milliseconds(Int64(milliseconds.rounded()))
    }

    /// The shortest form without a fraction.
    public static func print(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        let unit = units.last { milliseconds >= $0.milliseconds && milliseconds % $0.milliseconds == 0 } ?? units[0]
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
}
