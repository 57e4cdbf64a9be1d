// SPDX-License-Identifier: Apache-2.0

/// An instant in UTC, to the millisecond.
///
/// The model carries its own instant so that it needs no Foundation and reads no clock: whoever observes something
/// passes the time in. Text is ISO 8601 with `Z`; milliseconds are written only when they are not zero, so that a
/// device which tells whole seconds is not given a precision it did not have.
///
/// ```swift
/// UTC(iso8601: "2026-11-21T02:14:05Z")?.clock   // "02:14:05"
/// ```
public struct UTC: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (lhs: UTC, rhs: UTC) -> Bool { lhs.milliseconds < rhs.milliseconds }

    public static func + (lhs: UTC, rhs: Duration) -> UTC { UTC(milliseconds: lhs.milliseconds + rhs.milliseconds) }
    public static func - (lhs: UTC, rhs: Duration) -> UTC { UTC(milliseconds: lhs.milliseconds - rhs.milliseconds) }
    public static func - (lhs: UTC, rhs: UTC) -> Duration { .milliseconds(lhs.milliseconds - rhs.milliseconds) }
}

extension Duration {
    /// The duration in whole milliseconds, rounded towards zero.
    public var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }

    /// The duration in seconds as a floating point number.
    public var seconds: Double { Double(milliseconds) / 1000 }
}

extension UTC: CustomStringConvertible {
    /// `2026-11-21T02:14:05Z`, or `2026-11-21T02:14:05.250Z` when there are milliseconds.
    public var description: String {
        let fraction = Int(milliseconds - secondsFloor * 1000)
        return "\(date)T\(clock)" + (fraction == 0 ? "" : "." + Self.pad(fraction, 3)) + "Z"
    }

    /// `2026-11-21`
    public var date: String {
        let (year, month, day) = Self.civil(days: Self.floorDivide(secondsFloor, 86_400))
        return "\(Self.pad(year, 4))-\(Self.pad(month, 2))-\(Self.pad(day, 2))"
    }

    /// `02:14:05`
    public var clock: String { "\(clockMinutes):\(Self.pad(secondOfDay % 60, 2))" }

    /// `02:14`
    public var clockMinutes: String { "\(Self.pad(secondOfDay / 3600, 2)):\(Self.pad(secondOfDay / 60 % 60, 2))" }

    private var secondsFloor: Int64 { Self.floorDivide(milliseconds, 1000) }
    private var secondOfDay: Int { Int(secondsFloor - Self.floorDivide(secondsFloor, 86_400) * 86_400) }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        value >= 0 ? value / by : -((-value + by - 1) / by)
    }
}

extension UTC {
    /// Reads `2026-11-21T02:11:26Z`, `2026-11-21 02:11:26.953` and the like; a text without a date is not an instant.
    ///
    /// An offset other than `Z` is refused: callers that know a device's zone shift the value themselves.
    public init?(iso8601 text: some StringProtocol) {
        var digits: [Int] = []
        var rest = Substring(text)
        func number(_ width: Int) -> Int? {
            guard rest.count >= width, let value = Int(rest.prefix(width)), rest.first != "+", rest.first != "-" else {
                return nil
            }
            rest = rest.dropFirst(width)
            return value
        }
        func skip(_ characters: String) -> Bool {
            guard let first = rest.first, characters.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        for (width, separator) in [(4, "-"), (2, "-"), (2, "T "), (2, ":"), (2, ":"), (2, "")] {
            guard let value = number(width) else { return nil }
            digits.append(value)
            if !separator.isEmpty, !skip(separator) { return nil }
        }
        var fraction = 0
        if skip(".") {
            let text = rest.prefix { $0.isNumber }
            guard !text.isEmpty, let value = Int((text + "00").prefix(3)) else { return nil }
            fraction = value
            rest = rest.dropFirst(text.count)
        }
        guard rest.isEmpty || rest == "Z", (1...12).contains(digits[1]), (1...31).contains(digits[2]),
            digits[3] < 24, digits[4] < 60, digits[5] < 61
        else { return nil }
        let days = Self.days(year: digits[0], month: digits[1], day: digits[2])
        // 31 February is no day, though the arithmetic would make one of it.
        guard Self.civil(days: days) == (digits[0], digits[1], digits[2]) else { return nil }
        let seconds = days * 86_400 + Int64(digits[3] * 3600 + digits[4] * 60 + digits[5])
        self.init(milliseconds: seconds * 1000 + Int64(fraction))
    }

    // Proleptic Gregorian calendar in eras of 400 years, each beginning on 1 March.
    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int64(era) * 146_097 + Int64(dayOfEra) - 719_468
    }

    private static func civil(days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension UTC: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = UTC(iso8601: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an instant in UTC: \(text)"))
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
