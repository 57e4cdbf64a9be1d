// SPDX-License-Identifier: Apache-2.0

import NocturneModel

/// What a device's clock is off by, and in which zone it tells the time.
///
/// A daemon prints its wall clock without a zone. Zones differ from UTC by whole quarters of an hour (IANA tz
/// database), and a clock that is wrong by that much to within a minute and a half is not to be expected: what is near
/// such a multiple is taken for a zone, the rest for an error of the clock.
struct DeviceClock: Hashable {
    /// Added to UTC by the device; zero for a device on UTC.
    var zone: Duration
    /// Its clock minus ours, the zone apart.
    var offset: Duration

    /// - Parameters:
    ///   - told: the device's time, read as if it were UTC.
    ///   - asked: when it was told, by our clock: the middle of question and answer.
    init(told: UTC, asked: UTC) {
        let difference = (told - asked).milliseconds
        let quarter: Int64 = 15 * 60_000
        let half = difference < 0 ? -quarter / 2 : quarter / 2
        let nearest = (difference + half) / quarter * quarter
        // UTC−12:00 … UTC+14:00.
        let isZone = nearest != 0 && abs(difference - nearest) <= 90_000 && (-12 * 4...14 * 4) ~= nearest / quarter
        zone = .milliseconds(isZone ? nearest : 0)
        offset = .milliseconds(isZone ? difference - nearest : difference)
    }

    /// An instant the device told, as UTC.
    func utc(_ told: UTC?) -> UTC? { told.map { $0 - zone } }
}
