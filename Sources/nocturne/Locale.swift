// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the environment says of text (POSIX: LC_ALL wins over LC_CTYPE, and that over LANG).
enum Locale {
    static var isUnicode: Bool {
        let told = ["LC_ALL", "LC_CTYPE", "LANG"].map { (name: String) in getenv(name).map { String(cString: $0) } ?? ""
        }
        let codeset = (told.first { !$0.isEmpty } ?? "").lowercased()
        return codeset.contains("utf-8") || codeset.contains("utf8")
    }
}
