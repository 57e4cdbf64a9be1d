// SPDX-License-Identifier: Apache-2.0

import NocturneTerminal
import NocturneTheme
import Testing

@Test func standardThemeIsTheDefaultOne() { #expect(Theme.standard.name == "default") }
