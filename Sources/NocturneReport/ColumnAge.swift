// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// Durations as a person reads them, in at most two units.
public enum AgeText {
    /// To the second: `42s`, `2m41s`, `5h12m`, `31d`.
    public static func exact(_ age: Duration) -> String { text(seconds: max(0, age.milliseconds / 1000)) }

    /// For lists that stand on a screen: the same in steps of five or ten seconds below ten minutes.
    ///
    /// A console that repaints every age every second is the loudest thing on a slow line, and tells nothing more.
    public static func coarse(_ age: Duration) -> String {
        let seconds = max(0, age.milliseconds / 1000)
        switch seconds {
        case ..<60: return text(seconds: seconds / 5 * 5)
        case ..<600: return text(seconds: seconds / 10 * 10)
        default: return text(seconds: seconds)
        }
    }

    /// The age of an observation: `<5s` while it is as fresh as polling makes it.
    public static func observed(_ age: Duration) -> String {
        age < .seconds(5) ? "<5s" : coarse(age)
    }

    private static func text(seconds: Int64) -> String {
        let days = seconds / 86_400
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return seconds < 600 ? "\(seconds / 60)m\(two(seconds % 60))s" : "\(seconds / 60)m"
        case ..<86_400: return "\(seconds / 3600)h\(two(seconds / 60 % 60))m"
        default: return days < 10 ? "\(days)d\(two(seconds / 3600 % 24))h" : "\(days)d"
        }
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Milliseconds in steps a reader can use and a screen need not repaint for: `<1ms`, `7ms`, `25ms`, `1.2s`.
    public static func milliseconds(_ value: Double) -> String {
        switch value {
        case ..<1: return "<1ms"
        case ..<20: return "\(Int(value.rounded()))ms"
        case ..<1000: return "\(Int((value / 5).rounded()) * 5)ms"
        default:
            let tenths = Int((value / 100).rounded())
            return "\(tenths / 10).\(tenths % 10)s"
        }
    }

    /// Bytes: `870B`, `14kB`, `1.2MB`.
    public static func bytes(_ value: Int) -> String {
        switch value {
        case ..<1000: return "\(value)B"
        case ..<1_000_000: return "\((value + 500) / 1000)kB"
        default: return "\(value / 1_000_000).\(value / 100_000 % 10)MB"
        }
    }
}
