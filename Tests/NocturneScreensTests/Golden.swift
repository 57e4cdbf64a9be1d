// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Screens as text files: `UPDATE_GOLDEN=1` writes them, otherwise they are compared.
enum Golden {
    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let here = #filePath
        let folder = here.dropLast(here.reversed().prefix { $0 != "/" }.count) + "Golden/"
        let path = "\(folder)\(name).txt"
        if getenv("UPDATE_GOLDEN") != nil {
            guard let file = fopen(path, "w") else {
                Issue.record("cannot write \(path)", sourceLocation: sourceLocation)
                return
            }
            fputs(text + "\n", file)
            fclose(file)
            return
        }
        guard let stored = read(path) else {
            Issue.record("no golden file \(name).txt; UPDATE_GOLDEN=1 writes it", sourceLocation: sourceLocation)
            return
        }
        #expect(text + "\n" == stored, "differs from Golden/\(name).txt:\n\(text)", sourceLocation: sourceLocation)
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
