// SPDX-License-Identifier: Apache-2.0

import NocturneModel
import Testing

@Suite struct UTCTests {
    @Test func writesISO8601() {
        #expect(UTC(milliseconds: 0).description == "1970-01-01T00:00:00Z")
    }
}
