// SPDX-License-Identifier: Apache-2.0

/// The version of this program, as `--version`, `info` and recordings tell it.
enum Version {
    static let text = "0.1.0"
}
