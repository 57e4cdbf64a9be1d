// SPDX-License-Identifier: Apache-2.0

import CCrypto
import CLibSSH2

/// The versions of the libraries in use, as they tell them at run time.
public enum LibraryVersions {
    public static var ssh2: String { libssh2_version(0).map { String(cString: $0) } ?? "unknown" }
    public static var crypto: String { OpenSSL_version(OPENSSL_VERSION).map { String(cString: $0) } ?? "unknown" }
}
