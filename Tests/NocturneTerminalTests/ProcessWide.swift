// SPDX-License-Identifier: Apache-2.0

import Testing

/// Tests that use what a process has only one of (the locale, ncurses), and therefore run one after the other.
@Suite(.serialized) enum ProcessWide {}
