// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the environment says of text (POSIX: LC_ALL wins over LC_CTYPE, and that over LANG).
enum Locale {
    static var isUnicode: Bool {
        let told = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { getenv($0).map { String(cString: $0) } }
            .first { !$0.isEmpty }
        let codeset = (told ?? "").lowercased()
        return codeset.contains("utf-8") || codeset.contains("utf8")
    }
}
